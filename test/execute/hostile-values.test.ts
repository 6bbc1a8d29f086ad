import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { showUnprintable } from '../../src/render/encode.js';
import type { ChangeParts } from '../support/change.js';
import { VERIFY } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { readReport, rowsUnder } from '../support/report-tables.js';
import { runQuick } from '../support/run-probatum.js';

const HOSTILE = [
  'a | b \\| c',
  '<script>alert(1)</script><b>bold</b>',
  '`code` **strong** _em_ ~~gone~~ [link](https://example.invalid) ![i](x)',
  'www.example.invalid https://example.invalid someone@example.invalid',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b2J',
  'first\nsecond\r\nthird\n\n| x | PASS |\n| --- | --- |',
  '| PASS |',
  '\u202ereversed\u202c',
  '  spaces  ',
  '{{ run.status }} {% raw %}',
  '&lt;entity&#124; &amp;',
];
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const WATCHED = `-- V-7: labels as they were
-- expect: baseline
SELECT b.label FROM app.base AS b WHERE b.id > 100 ORDER BY b.id;
`;

describe.skipIf(requirePostgres() === null)('values that want to be more than values', () => {
  const lane = postgresLane();
  const rows = HOSTILE.map((text, at) => `INSERT INTO app.base VALUES (${101 + at}, ${literal(text)});`).join(
    '\n',
  );
  const count = HOSTILE.length + 1;
  const preflight = `-- PF-1: rows of app.base
-- expect: ${count}
SELECT count(*) FROM app.base;
`;

  test('pass a check and stay in their cells', async () => {
    const change = await lane.make({ preflight, verify: `${VERIFY}\n${WATCHED}` }, rows);
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.checks.filter(({ id }) => id === 'V-7')[1]?.observed).toEqual(HOSTILE);
    const { tables, kinds } = readReport(report);
    const [inside, after] = rowsUnder(tables, 'ID', 'Check').filter(([id]) => id === 'V-7');
    const cell = showUnprintable(HOSTILE.join(' ⏎ '));
    expect(inside).toEqual(['V-7', 'labels as they were', cell, cell, 'PASS', 'SQL']);
    expect(after).toEqual(inside);
    for (const kind of ['html', 'image', 'emphasis', 'strong', 'delete']) expect(kinds).not.toContain(kind);
  });

  test('fail one and neither steer the terminal nor forge a row', async () => {
    const checks = HOSTILE.map(
      (_, at) => `-- PF-${at + 1}: label ${at + 1}
-- expect: harmless
SELECT b.label FROM app.base AS b WHERE b.id = ${101 + at};
`,
    ).join('\n');
    const change = await lane.make({ preflight: checks }, rows);
    const printed = await runQuick(change.root, change.url);
    const { report } = await expectRun(change.root, printed, { code: 1, status: 'aborted', outcome: 'none' });
    expect(printed.err.split('\n').filter((line) => line.startsWith('FAIL'))).toHaveLength(HOSTILE.length);
    const { tables } = readReport(report);
    const here = rowsUnder(
      tables.filter(({ section }) => section.startsWith('§5')),
      'ID',
      'Check',
    );
    expect(here.map(([, , , observed, result]) => [observed, result])).toEqual(
      HOSTILE.map((text) => [showUnprintable(text), 'FAIL']),
    );
  });

  test('come as names and notices of the server, and do no more', async () => {
    const name = 'x\u001b[2J\n| forged | PASS |';
    const change = await lane.make(
      {},
      `CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         RAISE NOTICE ${literal('<b>\u001b[31m| notice |\n## Forged')};
         EXECUTE ${literal(`SELECT * FROM app."${name}"`)};
         RETURN NEW;
       END $$;
       CREATE TRIGGER shout BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.shout();`,
    );
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    // A name that nobody reviewed may be a row's value.
    expect(record.migration?.refused?.message).toBe('SQLSTATE 42P01 (undefined_table)');
    expect(printed.out).not.toContain('forged');
    expect(report).not.toMatch(/^## Forged/m);
    const { tables } = readReport(report);
    expect(tables.flatMap(({ rows: all }) => all).filter((row) => row[0] === 'forged')).toEqual([]);
  });

  test.each<[string, ChangeParts, string, string]>([
    [
      'a cast of a check',
      {
        preflight:
          '-- PF-9: labels\n-- expect: 0\nSELECT count(CAST(b.label AS pg_catalog.regclass)) FROM app.base AS b;\n',
      },
      '',
      'SQLSTATE 42P01 (undefined_table)',
    ],
    [
      'a RAISE with the code of another error',
      {},
      `CREATE FUNCTION app.raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RAISE '%', (SELECT b.label FROM app.base AS b) USING ERRCODE = '42501'; END $$;
       CREATE TRIGGER raise BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.raise();`,
      'SQLSTATE 42501 (insufficient_privilege)',
    ],
  ])('are not told where %s puts them into an error', async (_, parts, prepare, message) => {
    const change = await lane.make(parts, `UPDATE app.base SET label = 'patient_4711_hiv';${prepare}`);
    const printed = await runQuick(change.root, change.url);
    const { record, folder } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: prepare === '' ? 'none' : 'not-committed',
    });
    expect(JSON.stringify(record)).toContain(message);
    const told = ['journal.jsonl', 'record.json', 'report.md'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(printed.out + printed.err + told.join('')).not.toContain('patient_4711');
  });

  test('come as notices of a migration that is committed', async () => {
    const change = await lane.make(
      {},
      `CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE NOTICE ${literal('<b>\u001b[31m| notice |\n## Forged\n\n---')}; RETURN NEW; END $$;
       CREATE TRIGGER shout BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.shout();`,
    );
    const { report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(report).toContain('- statement 2: NOTICE');
    expect(report).not.toMatch(/^## Forged/m);
    expect(readReport(report).kinds).not.toContain('html');
  });
});

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Nodes } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { createColors } from 'picocolors';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, test } from 'vitest';
import { runProgress } from '../../src/commands/progress.js';
import { run } from '../../src/commands/run.js';
import type { Terminal } from '../../src/commands/terminal.js';
import { readJournal } from '../../src/record/journal.js';
import { type ChangeParts, DOCUMENTS, TARGET, URL_VARIABLE, VERIFY } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';

/** Pipes, line ends, code, HTML, links, ANSI, C1, bidi, templates, headings, front matter. */
const HOSTILE = [
  'a | b \\| c |\n| --- |\n| PASS |',
  '```\n# Forged\n\n---\nkind: review\n---\n',
  '<script>alert(1)</script><!-- x --><b>`code` **strong** _em_ [l](https://x.invalid) ![i](x)',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007\u009b2J\u0008\u007f',
  '\u202ereversed\u202c \u2066isolated\u2069 \u200f',
  '{{ run.status }}{% raw %} &lt;&#124; [^1] - [x] www.x.invalid',
];
const MEGABYTE = 1024 * 1024;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Kinds of the nodes of a Markdown text, without what they say. An address that a viewer makes clickable where it
 * stands, whatever is escaped in it, is text: it shows nothing else than it is.
 */
function skeleton(markdown: string): unknown {
  const bare = (node: Nodes): unknown => {
    if (!('children' in node)) return node.type;
    if (
      node.type === 'link' &&
      ['', 'http://', 'mailto:'].some((scheme) => scheme + textOf(node) === node.url)
    )
      return 'text';
    const children = node.children.map(bare);
    return [node.type, ...children.filter((kind, at) => kind !== 'text' || children[at - 1] !== 'text')];
  };
  return bare(unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).parse(markdown));
}

/** Every escape that `picocolors` writes for the colours of progress and result. */
const OWN_COLOURS = /\u001b\[(?:2[1-9]|3[0-9]|[0-9])m/g;

describe.skipIf(requirePostgres() === null)('what a database says', () => {
  const lane = postgresLane({ fsync: 'off' });

  const NOTICES = (values: readonly string[]) => `
CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN ${values.map((value) => `RAISE NOTICE '%', ${literal(value)};`).join(' ')} RETURN NEW; END $f$;
CREATE TRIGGER shout BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.shout();`;
  const refusing = (name: string) => `
CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN EXECUTE ${literal(`SELECT * FROM app."${name}"`)}; RETURN NEW; END $f$;
CREATE TRIGGER shout BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.shout();`;
  const rows = (values: readonly string[]) =>
    values.map((value, at) => `INSERT INTO app.base VALUES (${101 + at}, ${literal(value)});`).join('\n');
  const LABELS = 'SELECT b.label FROM app.base AS b WHERE b.id > 100 ORDER BY b.id;\n';

  type Case = (values: readonly string[]) => { parts: ChangeParts; prepare: string; ending: Ending };
  const succeeded: Case = (values) => ({
    parts: {
      preflight: `-- PF-1: rows\n-- expect: ${values.length + 1}\nSELECT count(*) FROM app.base;\n`,
      verify: `${VERIFY}\n-- V-7: labels as they were\n-- expect: baseline\n${LABELS}`,
    },
    prepare: rows(values) + NOTICES(values),
    ending: { code: 0, status: 'succeeded', outcome: 'committed' },
  });
  const failing: Case = (values) => ({
    parts: { preflight: `-- PF-1: labels\n-- expect: harmless\n${LABELS}` },
    prepare: rows(values),
    ending: { code: 1, status: 'aborted', outcome: 'none' },
  });
  const refused: Case = (values) => ({
    parts: {},
    prepare: refusing((values[0] ?? '').replaceAll('"', '').slice(0, 20)),
    ending: { code: 1, status: 'aborted', outcome: 'not-committed' },
  });

  async function record({ parts, prepare, ending }: ReturnType<Case>) {
    const change = await lane.make(parts, prepare);
    return { change, ...(await expectRun(change.root, await runQuick(change.root, change.url), ending)) };
  }

  /** Shows a journal again, to somebody who sees colours. */
  async function inColours(folder: string): Promise<string> {
    let shown = '';
    const terminal: Terminal = {
      out: () => {},
      err: (text) => {
        shown += text;
      },
      colors: createColors(true),
      errColors: createColors(true),
      interactive: false,
    };
    const show = await runProgress({ ...environmentOf(folder).environment, terminal });
    for (const line of readJournal(join(folder, 'journal.jsonl')).lines) show(line);
    return shown;
  }

  /** Escapes, other control characters, and marks of direction. */
  const STEERING = /[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

  test.each<[string, Case, boolean]>([
    ['in values that are as they were, and in notices', succeeded, true],
    ['in values that fail a check', failing, true],
    // Nobody sent the name, so it is not repeated.
    ['in an error', refused, false],
  ])('%s changes nothing but cells: report, journal, terminal', async (_, of, told) => {
    const tame = await record(of(HOSTILE.map((_, at) => `tame ${at}`)));
    const hostile = await record(of(HOSTILE));
    expect(JSON.stringify(hostile.record).includes(HOSTILE[0]!.slice(0, 5))).toBe(told);
    expect(skeleton(hostile.report)).toEqual(skeleton(tame.report));
    for (const { folder } of [tame, hostile]) {
      const shown = await inColours(folder);
      expect(shown).toMatch(OWN_COLOURS);
      expect(shown.replace(OWN_COLOURS, '')).not.toMatch(STEERING);
    }
    const lines = (folder: string) => readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n');
    const types = (folder: string) =>
      lines(folder)
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types(hostile.folder)).toEqual(types(tame.folder));
  });

  test('in an error is not repeated in JSON either', async () => {
    const name = '\u009b2J\u202e\u001b[2Jx\u007f';
    const change = await lane.make({}, refusing(name));
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    expect(await run(environment, DOCUMENTS.package, { target: TARGET, format: 'json' })).toBe(1);
    expect(printed.out).not.toMatch(STEERING);
    expect((JSON.parse(printed.out) as { reason: string }).reason).toMatch(
      /SQLSTATE 42P01 \(undefined_table\)$/,
    );
  });

  describe('in a megabyte', () => {
    /** Two megabytes that are the same up to their last character. */
    const big = (last: string) => `repeat('x', ${MEGABYTE - 1}) || '${last}'`;
    const small = (change: PostgresChange) => {
      const folder = newestRun(change.root) ?? '';
      for (const file of ['journal.jsonl', 'record.json', 'report.md'])
        expect([file, statSync(join(folder, file)).size < MEGABYTE / 2]).toEqual([file, true]);
    };
    const FAILS = '1 row of 1048576 characters are more than a check compares';

    test.each([
      ['preflight', 'none', { preflight: `-- PF-1: label\n-- expect: x\n${LABELS}` }],
      ['in-transaction', 'not-committed', { verify: `${VERIFY}\n-- V-7: label\n-- expect: x\n${LABELS}` }],
    ] as const)('fails a check, %s, and says why', async (moment, outcome, parts) => {
      const preflight = '-- PF-1: rows\n-- expect: 2\nSELECT count(*) FROM app.base;\n';
      const change = await lane.make(
        { preflight, ...parts },
        `INSERT INTO app.base SELECT 101, ${big('y')};`,
      );
      const printed = await runQuick(change.root, change.url);
      const { record, report } = await expectRun(change.root, printed, {
        code: 1,
        status: 'aborted',
        outcome,
      });
      const check = record.checks.find((one) => one.moment === moment && one.verdict === 'FAIL');
      expect(check).toMatchObject({ observed: null, reason: FAILS });
      expect(report).toContain(FAILS);
      expect(printed.err.length).toBeLessThan(10_000);
      small(change);
    });

    test('is no baseline: a value that differs at its end is never taken for the one before', async () => {
      const change = await lane.make(
        {
          preflight: '-- PF-1: rows\n-- expect: 2\nSELECT count(*) FROM app.base;\n',
          verify: `${VERIFY}\n-- V-7: label\n-- expect: baseline\n${LABELS}`,
        },
        `INSERT INTO app.base SELECT 101, ${big('y')};
         CREATE FUNCTION app.change() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN UPDATE app.base SET label = ${big('z')} WHERE id = 101; RETURN NEW; END$$;
         CREATE TRIGGER change BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.change();`,
      );
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, {
        code: 1,
        status: 'aborted',
        outcome: 'none',
      });
      expect(record.reason).toBe(`C-04: baseline of check V-7: ${FAILS}`);
    });

    test('of rows is counted, not kept', async () => {
      const change = await lane.make({
        preflight: `-- PF-1: much
-- expect: 1
SELECT repeat('x', 1048576) FROM generate_series(1, 200);
`,
      });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, {
        code: 1,
        status: 'aborted',
        outcome: 'none',
      });
      expect(record.checks[0]?.reason).toBe(
        `200 rows of ${200 * MEGABYTE} characters are more than a check compares`,
      );
    });

    test('of notices is cut, and says so', async () => {
      const change = await lane.make(
        {},
        `CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           FOR n IN 1..20000 LOOP RAISE NOTICE 'number %', n; END LOOP;
           RETURN NEW;
         END $$;
         CREATE TRIGGER shout BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.shout();
         CREATE FUNCTION app.loud() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN RAISE NOTICE '%', repeat('x', ${MEGABYTE}); RETURN NEW; END$$;
         CREATE TRIGGER aloud BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.loud();`,
      );
      const printed = await runQuick(change.root, change.url);
      const { record, report } = await expectRun(change.root, printed, {
        code: 0,
        status: 'succeeded',
        outcome: 'committed',
      });
      const notices = record.migration?.statements[1]?.notices ?? [];
      expect(notices).toHaveLength(101);
      expect(notices[0]).toMatch(/^NOTICE 00000: x{1000}… \(cut: 1048576 characters\)$/);
      expect(notices[100]).toBe('19901 more were not recorded');
      expect(report).toContain('19901 more were not recorded');
      small(change);
    });
  });
});

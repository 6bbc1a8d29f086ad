import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { UsageError } from '../../src/base/usage-error.js';
import { run } from '../../src/commands/run.js';
import { STAGED } from '../../src/execute/steps/provenance.js';
import { type ChangeParts, DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import {
  afterStep,
  environmentOf,
  onceAt,
  type Printed,
  probatum,
  psql,
  runCli,
  runFolders,
  runHere,
  runQuick,
} from '../support/run-probatum.js';

const AGES = /denies: (-?\d+\.\d+) s old by this machine's clock, (-?\d+\.\d+) s by the server's/;

/** The server's own clock behind a table, so that it can be moved in the middle of a run. */
const MOVABLE_CLOCK = `
CREATE TABLE public.clock (ahead interval NOT NULL);
INSERT INTO public.clock VALUES ('0 s');
SET allow_system_table_mods = on;
ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO own_clock_timestamp;
CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql VOLATILE STRICT
  AS $$BEGIN RETURN pg_catalog.own_clock_timestamp() + (SELECT ahead FROM public.clock); END$$;
`;

/** Nobody listens there. */
const CLOSED = 'postgres://u:secret@127.0.0.1:1/d';

describe.skipIf(requirePostgres() === null)('a run that is stopped before the migration', () => {
  const lane = postgresLane();

  /** The run said no in `at`, sent no statement of the migration, and the database is what it was. */
  async function expectStopped(change: PostgresChange, at: string, act: () => Promise<Printed>) {
    const before = await change.catalogue();
    const printed = await act();
    const left = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'none',
      secret: lane.server.password,
    });
    const { record, report } = left;
    expect(record.reason).toMatch(new RegExp(`^${at}: `));
    expect(record.steps.at(-1)).toMatchObject({ id: at, status: expect.stringMatching(/denied|failed/) });
    expect(report).toContain('NOT RUN: no statement of the migration was sent.');
    expect(report).toContain('- migration_outcome: not-committed');
    expect(await change.catalogue()).toEqual(before);
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
    return { ...left, printed };
  }

  test('by a review that says fail, readable or not', async () => {
    const change = await lane.make({});
    const file = join(change.root, DOCUMENTS.ddlReview);
    const text = readFileSync(file, 'utf8');
    const refusal = text.replace('verdict: pass', 'verdict: fail');
    const beside = join(change.root, 'knowledge/reviews/second.md');
    const path = 'document_path: knowledge/reviews/second.md';
    writeFileSync(beside, refusal.replace(/document_path: .*/, path));
    const first = await runCli(change.root, change.url);
    expect(first.code).toBe(1);
    expect(first.err).toContain('refused: ddl reviewed: knowledge/reviews/second.md says fail\n');
    // A key twice: YAML that is refused, so that nobody can say what the verdict is.
    writeFileSync(
      beside,
      refusal.replace(/document_path: .*/, path).replace('verdict:', 'verdict: pass\nverdict:'),
    );
    const second = await runCli(change.root, change.url);
    expect(second.code).toBe(1);
    expect(second.err).toContain('[front-matter-yaml]');
    expect(runFolders(change.root)).toEqual([]);
  });

  test('a failing preflight check: C-06 is not started', async () => {
    const change = await lane.make({
      preflight: `-- PF-1: rows of app.base
-- expect: 7
SELECT count(*) FROM app.base;

-- PF-2: rows of app.log
-- expect: 0
SELECT count(*) FROM app.log;

-- PF-3: a statement that the server refuses
-- expect: 1
SELECT count(*) FROM app.nowhere;
`,
    });
    const { record, report, printed } = await expectStopped(change, 'C-05', () =>
      runQuick(change.root, change.url),
    );
    expect(record.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['PF-1', 'FAIL'],
      ['PF-2', 'PASS'],
      ['PF-3', 'FAIL'],
    ]);
    expect(record.checks[2]).toMatchObject({ observed: null, reason: expect.stringContaining('42P01') });
    expect(record.reason).toBe('C-05: 1 of 3 PASS, 2 FAIL');
    expect(report).toContain('| PF-1 | rows of app.base | 7 | 1 | FAIL | SQL |');
    expect(printed.err).toContain('FAIL    PF-1 rows of app.base: expected 7, observed 1\n');
    expect(printed.out).toContain('aborted: C-05');
  });

  test.each<[string, string, NonNullable<ChangeParts['identity']>]>([
    ['system identifier', 'system identifier', { system_identifier: '7000000000000000001' }],
    ['database', 'database', { database: 'another' }],
    ['role', 'role', { role: 'somebody_else' }],
  ])('another %s is denied at GUARD, before the backup', async (_, part, identity) => {
    const change = await lane.make({ identity });
    const { record } = await expectStopped(change, 'GUARD', () => runQuick(change.root, change.url));
    expect(record.reason).toContain(`${part} is `);
    expect(record.artefacts.map(({ name }) => name)).toEqual(Object.values(STAGED).map(({ name }) => name));
    expect(record.identity.before?.parts.filter(({ verdict }) => verdict === 'FAIL')).toHaveLength(1);
  });

  test('the right server, but the URL of another of its databases', async () => {
    const change = await lane.make();
    const other = await lane.make();
    const before = await other.catalogue();
    const { record } = await expectStopped(change, 'GUARD', () => runQuick(change.root, other.url));
    expect(record.reason).toBe(
      `GUARD: database is ${other.identity.database}, expected ${change.identity.database}`,
    );
    expect(await other.catalogue()).toEqual(before);
  });

  test('a URL with another role', async () => {
    const change = await lane.make();
    await change.query("CREATE ROLE another_role LOGIN PASSWORD 'other'");
    const url = new URL(change.url);
    url.username = 'another_role';
    url.password = 'other';
    const { record } = await expectStopped(change, 'GUARD', () => runQuick(change.root, url.href));
    expect(record.reason).toBe(`GUARD: role is another_role, expected ${change.identity.role}`);
  });

  test('a backup that is too old is denied by G-02', async () => {
    const change = await lane.make({ maxAgeSeconds: 1 });
    let ahead = 0;
    const { record } = await expectStopped(change, 'C-06', () =>
      runHere(change.root, change.url, {
        now: () => new Date(Date.now() + ahead),
        onEvent: onceAt(afterStep('C-05'), () => {
          ahead = 3_600_000;
        }),
      }),
    );
    expect(record.reason).toMatch(
      /^C-06: gate G-02 \(backup-age\) denies: 36\d\d\.\d+ s old by this machine's clock, \d+\.\d+ s by the server's, expected at most 1 s old by both/,
    );
    const verdicts = record.gates
      .filter(({ before }) => before === 'C-06')
      .map(({ id, verdict }) => [id, verdict]);
    expect(verdicts).toEqual([
      ['G-01', 'PASS'],
      ['G-02', 'FAIL'],
      ['G-03', 'PASS'],
    ]);
  });

  test('a limit of no seconds denies, and the denial does not contradict itself', async () => {
    const change = await lane.make({ maxAgeSeconds: 0 });
    const { record } = await expectStopped(change, 'C-06', () => runQuick(change.root, change.url));
    const [, age] =
      /G-02 \(backup-age\) denies: (\d+\.\d+) s old by .*, expected at most 0 s old by both/.exec(
        record.reason,
      ) ?? [];
    expect(Number(age)).toBeGreaterThan(0);
  });

  test.each([
    ['turned back by a day', -86_400],
    ['turned back by a minute', -60],
    ['put forth by a day', 86_400],
    // Within the limit of an hour, by that clock alone.
    ['put forth by a minute', 60],
  ])("this machine's clock, %s, denies", async (_, seconds) => {
    const change = await lane.make();
    let ahead = 0;
    const { record } = await expectStopped(change, 'C-06', () =>
      runHere(change.root, change.url, {
        now: () => new Date(Date.now() + ahead),
        onEvent: onceAt(afterStep('C-05'), () => {
          ahead = seconds * 1000;
        }),
      }),
    );
    const [, here, there] = AGES.exec(record.reason) ?? [];
    expect(Math.abs(Number(here) - seconds)).toBeLessThan(60);
    expect(Math.abs(Number(there))).toBeLessThan(60);
  });

  test.each([
    ['turned back by a day', -86_400],
    ['put forth by a day', 86_400],
    ['put forth by a minute', 60],
  ])("the server's clock, %s, denies", async (_, seconds) => {
    const change = await lane.make({}, MOVABLE_CLOCK);
    const { record } = await expectStopped(change, 'C-06', () =>
      runHere(change.root, change.url, {
        onEvent: onceAt(afterStep('C-05'), () =>
          psql(change.url, `UPDATE public.clock SET ahead = '${seconds} s'`),
        ),
      }),
    );
    const [, here, there] = AGES.exec(record.reason) ?? [];
    expect(Math.abs(Number(here))).toBeLessThan(60);
    expect(Math.abs(Number(there) - seconds)).toBeLessThan(60);
  });

  test.each([
    ['a damaged backup', (file: string) => flipByte(file), /the backup has sha256 [0-9a-f]{64}, written was/],
    ['a removed backup', (file: string) => rmSync(file), /cannot read backup\.dump \(ENOENT\)/],
  ])('%s, behind all gates and right before BEGIN', async (_, harm, why) => {
    const change = await lane.make();
    let putBack = () => {};
    const onEvent = onceAt(
      (line) => line.type === 'gate-evaluated' && line.id === 'G-03',
      (folder) => {
        const file = join(folder, 'artefacts', 'backup.dump');
        const bytes = readFileSync(file);
        putBack = () => writeFileSync(file, bytes);
        harm(file);
      },
    );
    const { record } = await expectStopped(change, 'C-06', async () => {
      const printed = await runHere(change.root, change.url, { onEvent });
      putBack();
      return printed;
    });
    expect(record.reason).toMatch(why);
    expect(record.gates.every(({ verdict }) => verdict === 'PASS')).toBe(true);
    expect(record.migration).toBeNull();
  });

  test.each<[string, string, (artefacts: string) => void]>([
    ['a damaged backup', 'G-01 (backup-restorable)', (at) => flipByte(join(at, 'backup.dump'))],
    ['a removed backup', 'G-01 (backup-restorable)', (at) => rmSync(join(at, 'backup.dump'))],
    ['changed staged SQL', 'G-03 (ddl-staged)', (at) => flipByte(join(at, 'migration.sql'))],
    ['removed staged SQL', 'G-03 (ddl-staged)', (at) => rmSync(join(at, 'migration.sql'))],
  ])('%s denies', async (_, gate, harm) => {
    const change = await lane.make();
    const folders: string[] = [];
    // A damaged artefact is found by `verify` too, so the report is looked at with the file put back.
    let putBack = () => {};
    const onEvent = onceAt(afterStep('C-05'), (folder) => {
      folders.push(folder);
      const saved = ['backup.dump', 'migration.sql'].map((name) => {
        const file = join(folder, 'artefacts', name);
        return [file, readFileSync(file)] as const;
      });
      putBack = () => {
        for (const [file, bytes] of saved) writeFileSync(file, bytes);
      };
      harm(join(folder, 'artefacts'));
    });
    const { record, report } = await expectStopped(change, 'C-06', async () => {
      const printed = await runHere(change.root, change.url, { onEvent });
      putBack();
      return printed;
    });
    expect(record.reason).toContain(`gate ${gate} denies: `);
    expect(report).not.toContain(change.root);
  });

  test('a backup that was damaged before C-02 is found there', async () => {
    const change = await lane.make();
    let putBack = () => {};
    const onEvent = onceAt(afterStep('C-01'), (folder) => {
      const file = join(folder, 'artefacts', 'backup.dump');
      const bytes = readFileSync(file);
      putBack = () => writeFileSync(file, bytes);
      flipByte(file);
    });
    const { record } = await expectStopped(change, 'C-02', async () => {
      const printed = await runHere(change.root, change.url, { onEvent });
      putBack();
      return printed;
    });
    expect(record.reason).toMatch(/^C-02: the stored file has sha256 /);
  });

  test('a table of the plan that somebody alters after the snapshot', async () => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-03'), () => psql(change.url, 'ALTER TABLE app.base ADD COLUMN drift int')),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toBe('C-06: the catalogue changed since the snapshot: + column app.base.drift');
    expect(record.migration).toMatchObject({ tag: 'ROLLBACK', statements: [], refused: null });
    expect(record.concurrent).toEqual([
      {
        moment: 'before-migration',
        count: 1,
        lines: ['+ column app.base.drift'],
        touching: ['+ column app.base.drift'],
      },
    ]);
    expect(await change.query("SELECT to_regclass('app.item') AS item")).toEqual([{ item: null }]);
  });

  describe('that never starts', () => {
    const nothingThere = (root: string) => {
      expect(runFolders(root)).toEqual([]);
      expect(existsSync(join(root, '.probatum'))).toBe(false);
    };

    test('nobody listens: exit 2', async () => {
      const { root } = await lane.make();
      const { code, err, out } = await runCli(root, CLOSED);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^error: cannot connect to 127\.0\.0\.1:1 as u: /);
      expect(err).not.toContain('secret');
      nothingThere(root);
    });

    test('a wrong password: exit 2, and neither is shown', async () => {
      const { root, url } = await lane.make();
      const wrong = new URL(url);
      wrong.password = 'wrong-secret';
      const { code, err } = await runQuick(root, wrong.href);
      expect(code).toBe(2);
      expect(err).not.toContain('wrong-secret');
      expect(err).not.toContain(lane.server.password);
      nothingThere(root);
    });

    test('an unknown target: exit 2', async () => {
      const { root } = await lane.make({ targetName: 'staging' });
      const { code, err } = await probatum(root, ['run', DOCUMENTS.package, '--target', 'staging']);
      expect(code).toBe(2);
      expect(err).toContain('no target staging in the configuration');
      expect(err).toContain(`known targets: ${TARGET}`);
      nothingThere(root);
    });

    test('a package for another target: exit 2', async () => {
      const { root, url } = await lane.make({ targetName: 'staging' });
      const { code, err } = await runQuick(root, url);
      expect(code).toBe(2);
      expect(err).toContain('the package was reviewed for target staging');
      nothingThere(root);
    });

    test.each<[string, ChangeParts, (root: string) => void, string]>([
      [
        'no review of the ddl',
        {},
        (root) => rmSync(join(root, DOCUMENTS.ddlReview)),
        `ddl reviewed: no review of exactly these bytes of ${DOCUMENTS.ddl}`,
      ],
      [
        'no review of the package',
        {},
        (root) => rmSync(join(root, DOCUMENTS.packageReview)),
        `package reviewed: no review of exactly these bytes of ${DOCUMENTS.package}`,
      ],
      [
        'a review that fails the package',
        { packageVerdict: 'verdict: fail' },
        () => {},
        `package reviewed: ${DOCUMENTS.packageReview} says fail`,
      ],
      [
        'a review that allows no execution',
        { packageVerdict: 'verdict: pass' },
        () => {},
        `package reviewed: ${DOCUMENTS.packageReview} passes, and does not allow production-execution`,
      ],
      [
        'a conditional review',
        { packageVerdict: 'verdict: conditional\nallows: [production-execution]' },
        () => {},
        `package reviewed: ${DOCUMENTS.packageReview} passes on conditions only`,
      ],
      [
        'a review of other bytes',
        {},
        (root) => append(join(root, DOCUMENTS.package), '\nOne more sentence.\n'),
        'package reviewed: what was reviewed has changed; the verdict has to be given again',
      ],
    ])('%s: exit 1 without a connection, and the missing link is named', async (_, parts, harm, missing) => {
      const { root } = await lane.make(parts);
      harm(root);
      // With a connection it would be 2: nobody listens.
      const { code, err } = await runQuick(root, CLOSED);
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringContaining('nothing was sent to the database'),
      });
      expect(err).toContain(`refused: ${missing}\n`);
      nothingThere(root);
    });

    test('another plan than the one that was reviewed: exit 1', async () => {
      const { root, url } = await lane.make();
      const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url });
      const options = { target: TARGET, format: 'pretty', expectPlan: 'f'.repeat(64) } as const;
      expect(await run(environment, DOCUMENTS.package, options)).toBe(1);
      expect(printed.err).toContain('refused: the plan has digest ');
      nothingThere(root);
    });

    test('a URL that says too little: exit 2', async () => {
      const { root } = await lane.make();
      const { environment } = environmentOf(root, { [URL_VARIABLE]: '' });
      const failure = run(environment, DOCUMENTS.package, { target: TARGET, format: 'pretty' });
      await expect(failure).rejects.toMatchObject({
        code: 'bad-configuration',
      } satisfies Partial<UsageError>);
      nothingThere(root);
    });
  });
});

function flipByte(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 0x01;
  writeFileSync(file, bytes);
}

function append(file: string, text: string): void {
  writeFileSync(file, readFileSync(file, 'utf8') + text);
}

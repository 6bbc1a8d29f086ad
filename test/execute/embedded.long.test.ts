import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogueSnapshot, readCatalogue } from '../../src/target/catalogue.js';
import type { Session } from '../../src/target/engine.js';
import { type Identity, readIdentity } from '../../src/target/identity.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { createPgliteCluster, pgliteVersion } from '../../src/target/pglite-cluster.js';
import { authorize, fromNow } from '../support/authorize.js';
import {
  BASE_SQL,
  type ChangeParts,
  DOCUMENTS,
  FIXTURE_SQL,
  ONLY_INSIDE,
  rehearsed,
  removeChange,
  VERIFY,
  writeChange,
} from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { readReport, rowsUnder } from '../support/report-tables.js';
import { newestRun, probatum, runCli, runFolders, runQuick } from '../support/run-probatum.js';

/** One empty cluster, which is also the one that rehearsals of these tests are copied from. */
let folder: string;
let template: string;
let empty: Identity;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-embedded-'));
  template = join(folder, `pglite-${await pgliteVersion()}`);
  await createPgliteCluster(template);
  base = join(folder, 'base');
  cpSync(template, base, { recursive: true });
  empty = await inside(base, async (session) => {
    for (const sql of (BASE_SQL + FIXTURE_SQL).split(';\n')) await session.run(sql);
    return readIdentity(session);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) removeChange(root);
});

async function inside<T>(directory: string, what: (session: Session) => Promise<T>): Promise<T> {
  const target = await openPgliteTarget('t', directory);
  try {
    return await what(await target.open());
  } finally {
    await target.close();
  }
}

/** A change whose target is a PGlite directory in its root. */
async function make(parts: ChangeParts = {}): Promise<string> {
  const target = `    engine: pglite\n    directory: database\n`;
  const root = await writeChange(empty, { target, ...parts });
  roots.push(root);
  cpSync(base, join(root, 'database'), { recursive: true });
  return root;
}

const run = (root: string) => runQuick(root, '');

interface Seen {
  readonly catalogue: CatalogueSnapshot;
  readonly ids: string[];
}

const look = (root: string) =>
  inside(join(root, 'database'), async (session): Promise<Seen> => {
    const { rows } = await session.run('SELECT id FROM app.base ORDER BY id');
    return { catalogue: await readCatalogue(session), ids: rows.map(([id]) => id ?? '') };
  });
const hasItem = ({ catalogue }: Seen) => catalogue.objects.some(({ name }) => name === 'app.item');

describe('a run on a PGlite directory', () => {
  test('that goes well', async () => {
    const root = await make();
    const { record, report } = await expectRun(root, await run(root), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const after = await look(root);
    expect([hasItem(after), after.ids]).toEqual([true, ['1', '2']]);
    expect(report).toContain('What cannot be given here:');
    expect(record.checks.every(({ verdict }) => verdict === 'PASS')).toBe(true);
  });

  test('that is authorized, within its window and once', async () => {
    const root = await make();
    const authorized = await authorize(root);
    const { record } = await expectRun(root, await run(root), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.authorization).toMatchObject(authorized);
    expect(record.authorizationChecks.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS']);
    expect(await run(root)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`refused: ${authorized.path} was used by run ${record.runId}: `),
    });
  });

  test.each<[string, ChangeParts, Ending, string]>([
    [
      'that a preflight check stops',
      { preflight: '-- PF-1: rows of app.base\n-- expect: 7\nSELECT count(*) FROM app.base;\n' },
      { code: 1, status: 'aborted', outcome: 'none' },
      'C-05',
    ],
    [
      'that a check in the transaction stops',
      { verify: VERIFY.replace('-- expect: 0', '-- expect: 3') },
      { code: 1, status: 'aborted', outcome: 'not-committed' },
      'C-06',
    ],
    [
      'whose statement is refused',
      {
        migration:
          'CREATE TABLE app.item (id integer);\n\nINSERT INTO app.base (id, label) VALUES (1, NULL);\n',
        scope: { writesRows: ['app.base'] },
      },
      { code: 1, status: 'aborted', outcome: 'not-committed' },
      'C-06',
    ],
    [
      'that is rolled back',
      { verify: ONLY_INSIDE },
      { code: 3, status: 'rolled-back', outcome: 'committed' },
      'C-08',
    ],
  ])('%s leaves what was there', async (_, parts, ending, last) => {
    const root = await make(parts);
    const before = await look(root);
    const { record } = await expectRun(root, await run(root), ending);
    expect(record.steps.at(-1)?.id).toBe(last);
    expect(await look(root)).toEqual(before);
  });

  test('of another system identifier is denied', async () => {
    const root = await make({ identity: { system_identifier: '7000000000000000001' } });
    const before = await look(root);
    const { record } = await expectRun(root, await run(root), {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toMatch(/^GUARD: system identifier is /);
    expect(await look(root)).toEqual(before);
  });

  test('that somebody has open: exit 5, and nothing is written', async () => {
    const root = await make();
    const printed = await inside(join(root, 'database'), () => runCli(root, ''));
    expect({ code: printed.code, out: printed.out }).toEqual({ code: 5, out: '' });
    expect(printed.err).toContain('is open in process');
    expect(runFolders(root)).toEqual([]);
    expect((await look(root)).ids).toEqual(['1']);
  });

  test('that is no database: exit 2', async () => {
    const root = await make();
    rmSync(join(root, 'database'), { recursive: true });
    const { code, err } = await run(root);
    expect(code).toBe(2);
    expect(err).toContain('is not a PGlite database');
    expect(runFolders(root)).toEqual([]);
  });
});

describe('a rehearsal', () => {
  /** Rehearses on a copy of this file's empty cluster. */
  const rehearse = async (root: string) => {
    const cached = join(root, '.probatum', 'cache', `pglite-${await pgliteVersion()}`);
    cpSync(template, cached, { recursive: true });
    return again(root);
  };
  const again = (root: string) => probatum(root, ['rehearse', DOCUMENTS.package]);
  const PRODUCTION = { identity: { system_identifier: '7000000000000000001', database: 'production' } };

  test('answers what it can, and says of the rest that it was not run', async () => {
    const root = await make({
      ...PRODUCTION,
      preflight: `-- PF-1: the database
-- evidence: identity.system_identifier
-- expect: 7000000000000000001

-- PF-2: rows of app.base
-- expect: 1
SELECT count(*) FROM app.base;
`,
    });
    await authorize(root, { expires: fromNow(-1) });
    const { record, report } = await expectRun(root, await rehearse(root), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect([record.mode, record.authorization]).toEqual(['rehearsal', null]);
    expect(report).toContain('- authorization: a rehearsal needs none\n');
    expect(report).not.toContain('every check passed');
    expect(report).toContain('## §5 — Preflight (1 of 2 PASS, 1 NOT RUN)');
    const { tables } = readReport(report);
    const unanswered = rowsUnder(tables, 'ID', 'Check').filter(([, , , , result]) => result === 'NOT RUN');
    expect(unanswered.map(([id]) => id)).toEqual(['PF-1', 'V-5', 'V-5']);
    // The target that the package names was not touched.
    expect((await look(root)).ids).toEqual(['1']);
  });

  test('is denied on the cluster that the package names, and the next report tells of it', async () => {
    const root = await make();
    const { record } = await expectRun(root, await rehearse(root), {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toBe(
      `GUARD: system identifier is ${empty.system_identifier}, expected not ${empty.system_identifier}`,
    );
    const second = await expectRun(root, await again(root), {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    const { runId, reason } = record;
    expect(second.record.earlier).toMatchObject([{ runId, mode: 'rehearsal', status: 'aborted', reason }]);
    const { tables } = readReport(second.report);
    const [[...told] = []] = rowsUnder(tables, 'Run', 'Mode', 'Status');
    expect(told.slice(0, 4)).toEqual([runId, 'rehearsal', 'aborted, not committed', reason]);
    // The run goes on from there, where another one succeeded, and tells of both.
    await rehearsed(root);
    const ran = await expectRun(root, await run(root), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(ran.record.earlier.map(({ status }) => status)).toEqual(['aborted', 'aborted']);
  });

  test('whose predecessor cannot be applied did not start', async () => {
    const root = await make({
      ...PRODUCTION,
      fixture: `${FIXTURE_SQL}\nINSERT INTO app.base (id) VALUES (1);\n`,
    });
    const { code, err } = await rehearse(root);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^run .*\nerror: .*knowledge\/base\.sql\.md:\d+:1: SQLSTATE 23505 \(unique_violation\)/,
    );
    expect(err).not.toContain('fault of probatum');
    expect(newestRun(root)).toBeDefined();
  });
});

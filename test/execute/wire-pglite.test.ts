import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { rehearse } from '../../src/commands/rehearse.js';
import { OWN } from '../../src/execute/statements.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { createPgliteCluster, pgliteVersion } from '../../src/target/pglite-cluster.js';
import {
  BASE_SQL,
  type ChangeParts,
  DOCUMENTS,
  FIXTURE_SQL,
  removeChange,
  VERIFY,
  writeChange,
} from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { FrontendDecoder } from '../support/frontend-messages.js';
import { environmentOf, runQuick } from '../support/run-probatum.js';
import {
  commitsOf,
  reviewedOf,
  statementsOf,
  strangers,
  timesExpected,
  timesSent,
} from '../support/wire-record.js';

const NAMED = { system_identifier: '7000000000000000001', database: 'production', role: 'postgres' };
/** The evidence of the target's identity is not there in a rehearsal. */
const ANSWERABLE = VERIFY.slice(0, VERIFY.indexOf('-- V-5'));

describe('in the messages to PGlite', () => {
  const DIRECTORY = '    engine: pglite\n    directory: database\n';
  let folder: string;
  let version: string;
  let root: string | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'probatum-wire-'));
    version = `pglite-${await pgliteVersion()}`;
    await createPgliteCluster(join(folder, version));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    if (root !== undefined) removeChange(root);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Rehearses a change, and reads what was said to the server in the process. */
  async function record(parts: ChangeParts, ending: Ending) {
    root = await writeChange(NAMED, parts);
    cpSync(join(folder, version), join(root, '.probatum', 'cache', version), { recursive: true });
    const ours = vi.spyOn(PGlite.prototype, 'execProtocol');
    const { environment, printed } = environmentOf(root);
    const code = await rehearse(environment, DOCUMENTS.package, { format: 'pretty' });
    const decoder = new FrontendDecoder(true);
    for (const [bytes] of ours.mock.calls) decoder.push(bytes);
    expect(decoder.incomplete).toBe(false);
    const { record } = await expectRun(root, { code, ...printed }, ending);
    const base = record.plan.predecessors.map(({ path }) => path);
    expect(base).toEqual([DOCUMENTS.base]);
    return { reviewed: reviewedOf(root, record.plan), sent: statementsOf(decoder.messages) };
  }

  /** The predecessor's migration and fixture, which a scratch database is built from. */
  const BASE = [
    'CREATE SCHEMA app',
    'CREATE TABLE app.base (\n    id    integer NOT NULL,\n    label text,\n    CONSTRAINT base_pkey PRIMARY KEY (id)\n)',
    'CREATE TABLE app.log (\n    note text NOT NULL\n)',
    "INSERT INTO app.base (id, label) VALUES (1, 'one')",
  ];

  test('a rehearsal that goes well', async () => {
    const { sent, reviewed } = await record(
      { verify: ANSWERABLE },
      { code: 0, status: 'succeeded', outcome: 'committed' },
    );
    const { migration, rollback, preflight, verify, baselines } = reviewed;
    const all = [BASE, migration, preflight, verify, rollback].flat();
    expect(strangers(sent, all)).toEqual([]);
    expect(timesSent(sent, all)).toEqual(
      timesExpected(BASE, migration, preflight, verify, verify, baselines, rollback),
    );
    // Migration and fixture of the predecessor, the change, and its rollback.
    expect(timesSent(sent, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 4, [OWN.commit]: 4 });
  });

  test('a rehearsal that the checks stop', async () => {
    const { sent, reviewed } = await record(
      { verify: ANSWERABLE.replace('-- expect: 0', '-- expect: 3') },
      { code: 1, status: 'aborted', outcome: 'not-committed' },
    );
    const { migration, preflight, verify, baselines } = reviewed;
    expect(strangers(sent, [BASE, migration, preflight, verify].flat())).toEqual([]);
    expect(timesSent(sent, [BASE, migration, preflight, verify].flat())).toEqual(
      timesExpected(BASE, migration, preflight, verify, baselines),
    );
    expect(timesSent(sent, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 3, [OWN.commit]: 2 });
  });

  /** A run on a directory that is in the state before the change. */
  async function recordRun(parts: ChangeParts, ending: Ending) {
    const before = join(folder, 'before');
    rmSync(before, { recursive: true, force: true });
    cpSync(join(folder, version), before, { recursive: true });
    const target = await openPgliteTarget('t', before);
    const session = await target.open();
    for (const sql of (BASE_SQL + FIXTURE_SQL).split(';\n')) await session.run(sql);
    const identity = await readIdentity(session).finally(() => target.close());
    root = await writeChange(identity, { target: DIRECTORY, ...parts });
    cpSync(before, join(root, 'database'), { recursive: true });
    const ours = vi.spyOn(PGlite.prototype, 'execProtocol');
    const printed = await runQuick(root, '');
    const decoder = new FrontendDecoder(true);
    for (const [bytes] of ours.mock.calls) decoder.push(bytes);
    expect(decoder.incomplete).toBe(false);
    const { record: ended } = await expectRun(root, printed, ending);
    return { reviewed: reviewedOf(root, ended.plan), sent: statementsOf(decoder.messages) };
  }

  test('a run that goes well: one transaction with the migration, which is committed once', async () => {
    const { sent, reviewed } = await recordRun({}, { code: 0, status: 'succeeded', outcome: 'committed' });
    const { migration, rollback, preflight, verify, baselines } = reviewed;
    const all = [migration, preflight, verify].flat();
    expect(strangers(sent, all)).toEqual([]);
    expect(timesSent(sent, [...all, ...rollback])).toEqual({
      ...Object.fromEntries(rollback.map((sql) => [sql, 0])),
      ...timesExpected(migration, preflight, verify, verify, baselines),
    });
    expect(timesSent(sent, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 1, [OWN.commit]: 1 });
    expect(commitsOf(sent, migration)).toBe(1);
  });

  test('a run that the checks stop: no COMMIT', async () => {
    const { sent, reviewed } = await recordRun(
      { verify: VERIFY.replace('-- expect: 0', '-- expect: 3') },
      { code: 1, status: 'aborted', outcome: 'not-committed' },
    );
    const { migration, preflight, verify, baselines } = reviewed;
    const all = [migration, preflight, verify].flat();
    expect(strangers(sent, all)).toEqual([]);
    expect(timesSent(sent, all)).toEqual(timesExpected(migration, preflight, verify, baselines));
    expect(timesSent(sent, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 1, [OWN.commit]: 0 });
    expect(commitsOf(sent, migration)).toBe(0);
  });
});

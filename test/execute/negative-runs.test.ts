import { appendFileSync, chownSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../src/commands/run.js';
import { GATES } from '../../src/execute/gates/index.js';
import { identityParts, SETTINGS_PART } from '../../src/execute/identity-parts.js';
import { STEPS } from '../../src/execute/steps/index.js';
import { readRun } from '../../src/record/store.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { catalogueText, withoutFilenodes } from '../../src/target/catalogue.js';
import {
  type ChangeParts,
  COMMANDS,
  DOCUMENTS,
  removeChange,
  TARGET,
  URL_VARIABLE,
  writeChange,
} from '../support/change.js';
import {
  AFTER_COMMIT,
  HOLD_LOCK,
  NEGATIVES,
  type Negative,
  removeLyingTools,
} from '../support/negative-runs.js';
import { type PostgresChange, postgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { environmentOf, newestRun, psql, runHere } from '../support/run-probatum.js';
import { applicationOf, commitsOf, reviewedOf, statementsOf, strangers } from '../support/wire-record.js';

/*
 * For everything that can say no, a run in which nothing else is wrong: only it fails, nothing behind it runs, and what
 * the sessions said to the server, read from the wire, holds no COMMIT of a transaction in which a statement of the
 * migration was sent, nor such a statement outside of a transaction.
 */
describe.skipIf(requirePostgres() === null)('a run in which one thing is wrong', () => {
  const lane = postgresLane({ fsync: 'off' });
  let shared: PostgresChange;
  let untouched: string;
  let proxy: RecordingProxy;
  beforeAll(async () => {
    await loadGrammar();
    shared = await postgresChange(lane.server);
    untouched = await stateOf(shared);
  });
  beforeEach(async () => {
    proxy = await startRecordingProxy(lane.server.port);
    vi.stubEnv('SCRATCH_URL', shared.url);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await proxy.close();
  });
  afterAll(() => {
    shared?.remove();
    removeLyingTools();
  });

  const stateOf = async ({ catalogue, query }: PostgresChange) =>
    catalogueText(await catalogue()) + JSON.stringify(await query('SELECT * FROM app.base ORDER BY id'));

  /** Only what must be prepared needs a database of its own: a run that is stopped leaves nothing in it. */
  async function make({ parts = {}, prepare }: Pick<Negative, 'parts' | 'prepare'>): Promise<PostgresChange> {
    if (prepare !== undefined) return lane.make(parts, prepare);
    const root = await writeChange(shared.identity, parts);
    lane.atEnd(() => removeChange(root));
    return { ...shared, root };
  }

  /** What the tool's sessions said, and nobody else but the client programs. */
  function said(root: string, plan: Parameters<typeof reviewedOf>[1]) {
    const connections = proxy.connections();
    const sessions = connections.filter((one) => applicationOf(one) === 'probatum').map(statementsOf);
    const others = connections.map(applicationOf).filter((name) => name !== 'probatum');
    expect(new Set([...others, 'pg_dump'])).toEqual(new Set(['pg_dump']));
    const reviewed = reviewedOf(root, plan);
    const texts = Object.values(reviewed).flat();
    expect(strangers(sessions.flat(), texts)).toEqual([]);
    const commits = (unit: 'migration' | 'rollback') =>
      sessions.reduce((sum, session) => sum + commitsOf(session, reviewed[unit]), 0);
    const sent = (unit: 'migration' | 'rollback') =>
      sessions.flat().filter(({ sql }) => reviewed[unit].includes(sql)).length;
    return { commits, sent };
  }

  /** The run said no at one place, and nowhere else. */
  async function expectNo(change: PostgresChange, negative: Negative, name: string) {
    const { at, gate, reason, failing = [], sent = 0, code = 1, meddle } = negative;
    const before = change.url === shared.url ? untouched : await stateOf(change);
    const { undo, ...meddling } = meddle?.(change.url) ?? {};
    const printed = await runHere(change.root, proxy.url(change.url), meddling);
    undo?.();
    const { record } = readRun(newestRun(change.root) ?? '');
    expect(record.reason.slice(0, at.length + 2)).toBe(`${at}: `);
    expect(record.reason.slice(at.length + 2)).toMatch(reason);
    expect([printed.code, record.status]).toEqual([code, 'aborted']);

    // Each command before it is done, and none behind it was begun.
    const all = at === 'PROOF' ? COMMANDS.flatMap((id) => (id === 'C-05' ? ['PROOF', id] : [id])) : COMMANDS;
    const reached = all.slice(0, all.indexOf(at) + 1);
    expect(record.steps.map(({ id }) => id)).toEqual(reached);
    const statuses = record.steps.map(({ status }) => status);
    expect(statuses.slice(0, -1)).toEqual(reached.slice(1).map(() => 'done'));
    expect(statuses.at(-1)).toMatch(/^(?:denied|failed)$/);
    const asked = record.plan.gates.filter(({ appliesTo }) => reached.includes(appliesTo));
    expect(record.gates.map(({ id }) => id).sort()).toEqual(asked.map(({ id }) => id).sort());
    const closed = record.gates.filter(({ verdict }) => verdict !== 'PASS');
    expect(closed.map(({ id }) => id)).toEqual(gate === undefined ? [] : [gate]);
    // The entry of the table means what it says.
    expect(gate === undefined ? record.steps.at(-1)?.step : closed[0]?.gate).toBe(name);

    const subjects = new Map(record.plan.derived.map(({ id, subject }) => [id, subject]));
    const parts = record.identity.before?.parts ?? [];
    const wrong = [
      ...parts.filter(({ verdict }) => verdict !== 'PASS').map(({ part }) => part),
      ...record.checks
        .filter(({ verdict }) => verdict !== 'PASS')
        .map(({ id }) => subjects.get(id as never) ?? id),
    ];
    expect(wrong).toEqual(failing);

    const wire = said(change.root, record.plan);
    expect([wire.sent('migration'), wire.sent('rollback')]).toEqual([sent, 0]);
    expect([wire.commits('migration'), wire.commits('rollback')]).toEqual([0, 0]);
    expect(await stateOf(change)).toBe(before);
    return record;
  }

  const table = Object.entries(NEGATIVES).flatMap(([name, list]) =>
    list.map((negative) => [name, negative.name, negative] as const),
  );

  test('has an entry for each gate, each step and each part of the identity', () => {
    // Only rehearsals prove the rollback: rollback-trial.test.ts.
    const named = new Set([...Object.keys(NEGATIVES), ...Object.keys(AFTER_COMMIT), 'prove-rollback']);
    expect(named).toEqual(new Set([...Object.keys(GATES), ...Object.keys(STEPS)]));
    for (const [name, list] of [...Object.entries(NEGATIVES), ...Object.entries(AFTER_COMMIT)])
      expect([name, list.length]).not.toEqual([name, 0]);
    const everything = {
      databaseOid: '',
      timeline: '',
      marker: '',
      ledger: 'required',
      serverMajor: { min: 0, max: 0 },
    };
    const parts = identityParts(everything as never, { marker: '' } as never, 'run').map(({ part }) => part);
    const covered = table
      .filter(([name]) => name === 'identity')
      .flatMap(([, , { failing = [] }]) => failing);
    expect(new Set([...covered, ...ELSEWHERE])).toEqual(new Set([...parts, SETTINGS_PART]));
  });
  /** Parts that need another server, or its version; their tests are below. */
  const ELSEWHERE = ['in recovery', 'server major version'];

  test.each(table)('%s: %s', async (name, _, negative) => {
    const change = await make(negative);
    if (name !== 'lock') return void (await expectNo(change, negative, name));
    const other = new pg.Client({ connectionString: change.url });
    await other.connect();
    await other.query(HOLD_LOCK);
    await expectNo(change, negative, name).finally(() => other.end());
  });

  test('identity: the server is of another major version', async () => {
    const major = Math.floor(Number(shared.identity.server_version_num) / 10_000);
    const serverMajor = major === 18 ? '{ min: 13, max: 17 }' : `{ min: ${major + 1}, max: 18 }`;
    const negative = { name: '', at: 'GUARD', reason: /^server major version is /, parts: { serverMajor } };
    await expectNo(await make(negative), { ...negative, failing: ['server major version'] }, 'identity');
  });

  const after = Object.entries(AFTER_COMMIT).flatMap(([name, list]) =>
    list.map((one) => [name, one.name, one] as const),
  );
  test.each(after)('%s: %s', async (name, _, { at, code, ends, takenBack, meddle, ...rest }) => {
    const change = await lane.make(rest.parts, rest.prepare);
    const before = catalogueText(withoutFilenodes(await change.catalogue()));
    const printed = await runHere(change.root, proxy.url(change.url), meddle?.(change.url) ?? {});
    const { record } = readRun(newestRun(change.root) ?? '');
    expect([printed.code, record.status]).toEqual([code, code === 3 ? 'rolled-back' : 'failed']);
    const last = record.steps.slice(-2);
    expect(last.map(({ id, status }) => [id, status])).toEqual([
      ['C-07', ends[0]],
      ['C-08', ends[1]],
    ]);
    expect(last.find(({ id }) => id === at)?.step).toBe(name);
    expect(record.gates.filter(({ verdict }) => verdict !== 'PASS')).toEqual([]);
    const wire = said(change.root, record.plan);
    expect([wire.commits('migration'), wire.commits('rollback')]).toEqual([1, takenBack]);
    const asBefore = catalogueText(withoutFilenodes(await change.catalogue())) === before;
    expect(asBefore).toBe(takenBack === 1);
  });

  describe('before anything is sent', () => {
    /** Exit code and words; nothing was said to the server by any statement of the change. */
    async function expectRefused(
      root: string,
      code: number,
      words: string,
      options: { expectPlan?: string } = {},
    ) {
      const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: proxy.url(shared.url) });
      const ended = await run(environment, DOCUMENTS.package, {
        target: TARGET,
        format: 'pretty',
        ...options,
      })
        .then((exit) => ({ exit, text: printed.err }))
        .catch((error: Error & { help?: string }) => ({ exit: 2, text: `${error.message} ${error.help}` }));
      expect(ended).toEqual({ exit: code, text: expect.stringContaining(words) });
      expect(await stateOf(shared)).toBe(untouched);
    }
    const edit = (path: string, from: string | RegExp, to: string) => (root: string) =>
      writeFileSync(join(root, path), readFileSync(join(root, path), 'utf8').replace(from, to));
    const noReview = 'no review of exactly these bytes of ';
    /** The configuration asks for signatures of one kind of document. */
    const asking = (kind: 'review' | 'authorization') => (root: string) => {
      const roles = `  roles:\n    reviewer: [rita]\n  required:\n    ${kind}: { role: reviewer }\n`;
      appendFileSync(
        join(root, 'probatum.config.yaml'),
        `signatures:\n  allowed_signers: allowed_signers\n${roles}`,
      );
      const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcX';
      writeFileSync(join(root, 'allowed_signers'), `rita ${key}\n`);
    };

    test.each<[string, ChangeParts, (root: string) => void, number, string]>([
      [
        'no review of the ddl',
        {},
        (root) => rmSync(join(root, DOCUMENTS.ddlReview)),
        1,
        noReview + DOCUMENTS.ddl,
      ],
      [
        'no review of the package',
        {},
        (root) => rmSync(join(root, DOCUMENTS.packageReview)),
        1,
        noReview + DOCUMENTS.package,
      ],
      [
        'a review that fails the ddl',
        {},
        edit(DOCUMENTS.ddlReview, 'verdict: pass', 'verdict: fail'),
        1,
        `refused: ddl reviewed: ${DOCUMENTS.ddlReview} says fail`,
      ],
      [
        'a review that allows no execution',
        { packageVerdict: 'verdict: pass' },
        () => {},
        1,
        `${DOCUMENTS.packageReview} passes, and does not allow production-execution`,
      ],
      [
        'a package that was changed after its review',
        {},
        edit(DOCUMENTS.package, /$/, '\nMore.\n'),
        1,
        'refused: package reviewed: what was reviewed has changed',
      ],
      [
        'no rehearsal',
        { rehearsed: false },
        () => {},
        1,
        `refused: rehearsed: no report says so: probatum rehearse ${DOCUMENTS.package}`,
      ],
      [
        'a migration that was changed after it was pinned',
        {},
        edit(DOCUMENTS.ddl, "'two'", "'TWO'"),
        1,
        'the documents of the plan have errors',
      ],
      [
        'a review that nobody signed, where signatures are asked for',
        {},
        asking('review'),
        1,
        `${DOCUMENTS.ddlReview} does not count: it needs a signature by a reviewer`,
      ],
      [
        'no authorization, where a signed one is asked for',
        {},
        asking('authorization'),
        1,
        `no authorization of exactly these bytes of ${DOCUMENTS.package} counts now`,
      ],
      [
        'a package for another target',
        { targetName: 'staging' },
        () => {},
        2,
        'the package was reviewed for target staging',
      ],
    ])('%s: no connection is made', async (_, parts, harmed, code, words) => {
      const { root } = await make({ parts });
      harmed(root);
      await expectRefused(root, code, words);
      expect(proxy.connections()).toEqual([]);
    });

    test('another plan than the one that was reviewed: no connection is made', async () => {
      const { root } = await make({});
      await expectRefused(root, 1, 'refused: the plan has digest ', { expectPlan: 'f'.repeat(64) });
      expect(proxy.connections()).toEqual([]);
    });

    test('an earlier run whose outcome nobody knows: nothing but settings is sent', async () => {
      const { root, url } = await make({
        parts: { verify: '-- V-3: no\n-- expect: 7\nSELECT count(*) FROM app.log;\n' },
      });
      expect((await runHere(root, url, {})).code).toBe(1);
      const folder = newestRun(root) ?? '';
      const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n');
      const begun = lines.findIndex((line) => line.includes('"type":"statement-executed"'));
      cpSync(folder, `${folder}-2`, { recursive: true });
      writeFileSync(join(`${folder}-2`, 'journal.jsonl'), `${lines.slice(0, begun + 1).join('\n')}\n`);
      rmSync(join(`${folder}-2`, 'record.json'));
      await expectRefused(root, 2, 'what became of it is not known');
      const sent = proxy.connections().flatMap((one) => statementsOf(one));
      expect(
        sent.map(({ sql }) => sql).filter((sql) => !/^SET |^SELECT pg_catalog\.set_config|^SHOW /.test(sql)),
      ).toEqual([]);
    });
  });

  // The last one: it changes the server.
  test('identity: the server is a standby', async () => {
    const { folder } = lane.server;
    const signal = join(folder, 'data', 'standby.signal');
    const negative = { name: '', at: 'GUARD', reason: /^in recovery is t, expected f$/ };
    const change = await make({});
    await lane.server.halt();
    writeFileSync(signal, '');
    const { uid, gid } = statSync(join(folder, 'data'));
    chownSync(signal, uid, gid);
    await lane.server.start();
    expect(psql(change.url, 'SELECT pg_is_in_recovery()')).toBe('t');
    await expectNo(change, { ...negative, failing: ['in recovery'] }, 'identity');
  });
});

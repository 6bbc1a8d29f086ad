import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LifeCycle } from '../../src/model/life-cycle.js';
import { createPgliteCluster, pgliteVersion } from '../../src/target/pglite-cluster.js';
import {
  type ChangeParts,
  DOCUMENTS,
  ONLY_INSIDE,
  removeChange,
  VERIFY,
  writeChange,
} from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { newestRun, probatum } from '../support/run-probatum.js';

const PRODUCTION = { system_identifier: '7000000000000000001', database: 'production', role: 'postgres' };
/** The evidence of the target's identity is not there in a rehearsal. */
const ANSWERABLE = VERIFY.slice(0, VERIFY.indexOf('-- V-5'));

describe('a rehearsal that went through', () => {
  let folder: string;
  let version: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'probatum-trial-'));
    version = `pglite-${await pgliteVersion()}`;
    await createPgliteCluster(join(folder, version));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const roots: string[] = [];
  afterEach(() => {
    for (const root of roots.splice(0)) removeChange(root);
  });

  async function rehearse(parts: ChangeParts) {
    const root = await writeChange(PRODUCTION, { verify: ANSWERABLE, ...parts });
    roots.push(root);
    cpSync(join(folder, version), join(root, '.probatum', 'cache', version), { recursive: true });
    return { root, printed: await probatum(root, ['rehearse', DOCUMENTS.package]) };
  }

  test.each<[string, ChangeParts]>([
    ['that a run would do', {}],
    ['that is left to a person', { policy: 'by-hand' }],
  ])('proves the rollback %s, and counts nothing of it as the migration’s', async (_, parts) => {
    const { root, printed } = await rehearse(parts);
    const { record, report } = await expectRun(root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const proved = 'rollback proved: the catalogue equals the snapshot';
    expect(record.steps.slice(-2)).toMatchObject([
      { id: 'C-08', step: 'rollback', status: 'skipped', detail: 'not triggered: verification passed' },
      { id: 'TRIAL', step: 'prove-rollback', status: 'done', detail: proved },
    ]);
    expect(printed.err).toContain(`done    TRIAL  prove the rollback: ${proved}\n`);
    const { rollbackTrial: trial } = record;
    expect(trial?.transaction).toMatchObject({ tag: 'COMMIT', outcome: 'committed', ledger: false });
    expect(trial?.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['D-ROLLBACK-TX', 'PASS'],
      ['D-ROLLBACK-ROWS', 'PASS'],
      ['D-ROLLBACK', 'PASS'],
    ]);
    expect(trial?.proofs).toMatchObject([
      { name: 'row counters of the rollback', observed: ['app.base: 0 inserted, 0 updated, 1 deleted'] },
      { name: 'data files of the rollback', observed: [] },
      { name: 'sequences of the rollback', observed: [] },
    ]);
    // Everything else is what it would be without it.
    expect(record.rollback).toBeNull();
    expect(record.checks.some(({ moment }) => moment === 'after-rollback')).toBe(false);
    expect(record.proofs.some(({ name }) => name.endsWith(' of the rollback'))).toBe(false);
    expect(record.proofs.find(({ name }) => name === 'row counters')?.observed).toEqual([
      'app.base: 1 inserted, 0 updated, 0 deleted',
    ]);
    expect(report).toContain('- rollback_executed: false\n');
    expect(report).toContain(`- trial_result: ${proved}\n`);
    expect(report).toContain('- trial_server_answers: DELETE 1 / DROP TABLE / COMMIT\n');
    expect(report).toContain('- created_tables: 1\n');
    expect(report).toMatch(/^- data_mutation: no row of any user table but app\.base was inserted/m);
    expect(report).toMatch(/^- data_mutation_not_covered: (?!.*rollback)/m);
  });

  // What the linter does not find by itself.
  test.each<[string, string, ChangeParts, RegExp, string]>([
    [
      'is refused by the server',
      'DELETE FROM app.base WHERE id = 2;\n\nALTER TABLE app.item DROP COLUMN itme;\n\nDROP TABLE app.item;\n',
      {},
      /^knowledge\/item\.sql\.md:\d+:1: SQLSTATE 42703: column "itme" of relation "item" does not exist$/,
      'DELETE 1 / ROLLBACK',
    ],
    [
      'leaves an object',
      'DELETE FROM app.base WHERE id = 2;\n\nDROP TABLE app.item;\n\nCREATE TABLE app.item (other text);\n',
      {},
      /^the rollback does not restore the catalogue: \+ table app\.item$/,
      'DELETE 1 / DROP TABLE / CREATE TABLE / ROLLBACK',
    ],
    [
      'writes rows that nobody declared',
      "DELETE FROM app.base WHERE id = 2;\n\nDO $do$\nBEGIN\n  EXECUTE 'INSERT INTO app.log VALUES (''x'')';\nEND\n$do$;\n\nDROP TABLE app.item;\n",
      { allows: '[dynamic-sql]' },
      /^the rollback writes what the scope does not name: app\.log$/,
      'DELETE 1 / DO / DROP TABLE / ROLLBACK',
    ],
    [
      'empties what nobody declared',
      "DELETE FROM app.base WHERE id = 2;\n\nDO $do$\nBEGIN\n  EXECUTE 'TRUNCATE app.log';\nEND\n$do$;\n\nDROP TABLE app.item;\n",
      { allows: '[dynamic-sql]' },
      /^the rollback writes what the scope does not name: data file of table app\.log$/,
      'DELETE 1 / DO / DROP TABLE / ROLLBACK',
    ],
  ])('fails where its rollback %s', async (_, rollback, parts, why, answers) => {
    const { root, printed } = await rehearse({ ...parts, rollback });
    const { record, report } = await expectRun(root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    const prefix = 'on the scratch database the rollback does not take the migration back: ';
    const { detail = '', status } = record.steps.at(-1) ?? {};
    expect([status, detail.startsWith(prefix)]).toEqual(['failed', true]);
    expect(detail.slice(prefix.length)).toMatch(why);
    expect(record.reason).toBe(`TRIAL: ${detail}`);
    expect(printed.out).toContain(`failed: TRIAL: ${prefix}`);
    expect(record.rollback).toBeNull();
    expect(record.rollbackTrial?.transaction).toMatchObject({ tag: 'ROLLBACK', outcome: 'not-committed' });
    expect(report).toContain(
      'The rehearsal committed the migration to its scratch database, where every check',
    );
    expect(report).toContain('No other database was touched.');
    expect(report).toContain('- rollback_trial: NOT PROVED\n');
    expect(report).toContain(`- trial_server_answers: ${answers}\n`);
    expect(report).toContain('The scratch database is gone with the rehearsal.');
    expect(report).not.toContain('A person is needed');
  });

  test('does not count as a rehearsal where its rollback fails', async () => {
    const rollback =
      'DELETE FROM app.base WHERE id = 2;\n\nALTER TABLE app.item DROP COLUMN itme;\n\nDROP TABLE app.item;\n';
    const { root } = await rehearse({ rollback, rehearsed: false });
    const published = await probatum(root, ['report', newestRun(root) ?? '', '--publish']);
    expect(published.code).toBe(0);
    const { out } = await probatum(root, ['status', '--format', 'json']);
    const { changes } = JSON.parse(out) as { changes: LifeCycle[] };
    const { stages } = changes.find((one) => one.package === DOCUMENTS.package)!;
    expect(stages.find(({ stage }) => stage === 'rehearsed')).toMatchObject({
      status: 'refused',
      missing: `${DOCUMENTS.dryRun} ended failed`,
    });
  });

  test('is the only one: what was rolled back is not rolled back again', async () => {
    const { root, printed } = await rehearse({ verify: ONLY_INSIDE.replace(/-- V-5[\s\S]*?\n\n/, '') });
    const { record, report } = await expectRun(root, printed, {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.steps.slice(-2)).toMatchObject([
      { id: 'C-08', status: 'done' },
      { id: 'TRIAL', status: 'skipped', detail: 'the rehearsal did not go through' },
    ]);
    expect(record.rollback).toMatchObject({ tag: 'COMMIT' });
    expect(record.rollbackTrial).toEqual({ transaction: null, checks: [], proofs: [] });
    expect(report).toContain('- rollback_trial: NOT RUN\n');
  });
});

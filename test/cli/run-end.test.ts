import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorEnd, type RunEnd } from '../../src/commands/run-end.js';
import { watchRun } from '../../src/commands/watch-run.js';
import type { RunContext } from '../../src/execute/context.js';
import { recordLost } from '../../src/execute/start-run.js';
import { schemaErrors } from '../../src/load/schemas.js';
import { DOCUMENTS, removeChange, TARGET, URL_VARIABLE, writeChange } from '../support/change.js';
import { environmentOf, probatum } from '../support/run-probatum.js';

/** Nobody listens there. */
const NOWHERE = { [URL_VARIABLE]: 'postgres://migrator:secret@127.0.0.1:1/none' };

/** The one line that a machine gets, which is as its schema says. */
function endOf(out: string): RunEnd {
  expect(out.endsWith('\n')).toBe(true);
  const end = JSON.parse(out) as RunEnd;
  expect(schemaErrors('run-end', end)).toEqual([]);
  return end;
}

describe('--format json of a command that executes a plan', () => {
  let root: string;
  beforeAll(async () => {
    root = await writeChange({ system_identifier: '1', database: 'none', role: 'migrator' });
  });
  afterAll(() => removeChange(root));

  async function ended(...command: string[]) {
    const { code, out, err } = await probatum(root, [...command, '--format', 'json'], NOWHERE);
    const end = endOf(out);
    expect(end).toMatchObject({ exitCode: code, outcome: 'not-started', record: null });
    expect(err).not.toBe('');
    return end;
  }
  const run = (...more: string[]) => ended('run', DOCUMENTS.package, '--target', TARGET, ...more);

  it('says of a database that does not answer what the error is', async () => {
    expect(await run()).toMatchObject({
      mode: 'run',
      runId: null,
      status: 'error',
      exitCode: 2,
      error: { code: 'cannot-connect' },
    });
  });

  it('says of another plan than the one that was expected which it is', async () => {
    const refused = { runId: null, status: 'refused', exitCode: 1, error: { code: 'plan' } };
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await run('--expect-plan', '0'.repeat(64))).toMatchObject({ ...refused, planSha256: digest });
    const rehearsal = await ended('rehearse', DOCUMENTS.package, '--expect-plan', '0'.repeat(64));
    expect(rehearsal).toMatchObject({ mode: 'rehearsal', ...refused });
  });

  it('says of a run, or of a target, that is not there that it could not start', async () => {
    expect(await ended('resume', '20260101T000000Z')).toMatchObject({
      status: 'error',
      error: { code: 'cannot-read', help: 'probatum runs lists them' },
    });
    expect(await ended('run', DOCUMENTS.package, '--target', 'elsewhere')).toMatchObject({
      error: { code: 'bad-argument' },
    });
  });

  it('names each missing link of the chain, and each error of the documents', async () => {
    const review = join(root, DOCUMENTS.packageReview);
    const text = readFileSync(review);
    rmSync(review);
    const { error } = await run();
    expect(error).toMatchObject({ code: 'chain', details: [expect.stringMatching(/^package reviewed: /)] });
    writeFileSync(review, text);
    const ddl = readFileSync(join(root, DOCUMENTS.ddl), 'utf8');
    writeFileSync(join(root, DOCUMENTS.ddl), ddl.replace('CREATE TABLE', 'CREATE TABEL'));
    const broken = { code: 'documents', details: expect.arrayContaining([expect.stringContaining('(sql-')]) };
    expect((await run()).error).toMatchObject(broken);
    const plan = await probatum(root, ['plan', DOCUMENTS.package, '--format', 'json']);
    expect(plan.code).toBe(1);
    expect(JSON.parse(plan.out)).toMatchObject({ plan: null, planSha256: null, error: broken });
    writeFileSync(join(root, DOCUMENTS.ddl), ddl);
  });
});

describe('a run whose end could not be recorded', () => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
  const lost = (outcome: RunContext['state']['outcome']) =>
    recordLost({ state: { outcome }, folder: '/runs/x' } as RunContext, full);

  it('says what became of the database, once', () => {
    const { environment, printed } = environmentOf('/');
    const watched = watchRun(environment, { format: 'json', mode: 'run' });
    watched.environment.began?.('20260516T093000Z', 'run');
    watched.environment.touched();
    watched.sayEnd(lost('committed'), 4);
    watched.sayEnd(new Error('another'), 2);
    expect(endOf(printed.out)).toMatchObject({
      runId: '20260516T093000Z',
      status: 'error',
      exitCode: 4,
      outcome: 'committed',
      error: { code: 'record-lost', help: expect.stringContaining('probatum resume /runs/x') },
    });
  });

  it.each([
    ['a transaction without COMMIT', lost('not-started'), false, 'not-committed'],
    ['one that another process began', lost('not-started'), true, 'unknown'],
    ['COMMIT without an answer', lost('unknown'), false, 'unknown'],
    ['a fault of the tool', new Error('bug'), false, 'unknown'],
  ])('does not say more than is known: %s', (_, error, resumes, outcome) => {
    const end = errorEnd({ mode: 'run', runId: 'x', touched: true, resumes }, error, 2);
    expect(end.outcome).toBe(outcome);
    expect(schemaErrors('run-end', end)).toEqual([]);
  });

  it('is as before for people', () => {
    const { environment, printed } = environmentOf('/');
    watchRun(environment, { format: 'pretty', mode: 'run' }).sayEnd(lost('committed'), 4);
    expect(printed.out).toBe('');
  });
});

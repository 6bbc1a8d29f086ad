import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { status } from '../../src/commands/status.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { REPOSITORY } from '../cli/probatum.js';
import { COMMITTED } from '../record/committed.js';
import { DOCUMENTS, removeChange, writeChange } from '../support/change.js';
import { environmentOf, runQuick } from '../support/run-probatum.js';

/*
 * A run is refused before anything is sent, unless the whole chain of its package stands. Nobody listens at the target:
 * who is not refused fails to connect.
 */

const NOBODY = 'postgres://owner@127.0.0.1:1/shop';
const BINDING = { system_identifier: '7000000000000000001', database: 'shop', role: 'owner' };
const RECORD = 'knowledge/reports/records/20260516T040000Z/record.json';
/** A run of another change that did succeed. */
const OTHER = COMMITTED[1]!;

let root: string;
beforeEach(async () => {
  root = await writeChange(BINDING);
});
afterEach(() => removeChange(root));

const run = () => runQuick(root, NOBODY);

/** Why a run is refused, line by line. */
async function refusals(): Promise<string[]> {
  const { code, err, out } = await run();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^refused: nothing was sent to the database$/m);
  const lines = err.split('\n').filter((line) => line.startsWith('refused: '));
  return lines.map((line) => line.slice('refused: '.length)).slice(0, -1);
}

const path = (name: keyof typeof DOCUMENTS) => join(root, DOCUMENTS[name]);
const read = (name: keyof typeof DOCUMENTS) => readFileSync(path(name), 'utf8');

/** Changes a document, and lets what pins it go along where that is said. */
function edit(name: keyof typeof DOCUMENTS, from: string | RegExp, to: string, ...pinning: (typeof name)[]) {
  const before = read(name);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path(name), after);
  for (const other of pinning) edit(other, sha256(Buffer.from(before)), sha256(Buffer.from(after)));
}

describe('a run', () => {
  it('goes on to its target where the chain is whole', async () => {
    const { code, err } = await run();
    expect(err).not.toContain('refused');
    expect(err).toContain('ECONNREFUSED');
    expect(code).toBe(2);
  });

  it('is refused without a rehearsal', async () => {
    rmSync(path('dryRun'));
    rmSync(path('dryRunReview'));
    expect(await refusals()).toEqual([
      `rehearsed: no report says so: probatum rehearse ${DOCUMENTS.package}`,
      'rehearsal reviewed: there is nothing to review yet',
    ]);
  });

  it('is refused where another package was rehearsed', async () => {
    edit('package', 'Nothing was deployed', 'Nothing else was deployed', 'packageReview');
    const [first, second] = await refusals();
    expect(first).toBe(`rehearsed: what ran is not what is here now: ${DOCUMENTS.dryRun}`);
    expect(second).toMatch(/^rehearsal reviewed: what was reviewed has changed/);
  });

  it('is refused where another plan was rehearsed', async () => {
    edit('dryRun', /^plan_sha256: .*$/m, `plan_sha256: ${'a'.repeat(64)}`, 'dryRunReview');
    const [first] = await refusals();
    expect(first).toMatch(
      new RegExp(
        `^rehearsed: ${DOCUMENTS.dryRun} does not count: it is of plan a{64}, and the plan is \\w{64}`,
      ),
    );
  });

  it('is refused where the report of the rehearsal is not what its record renders to', async () => {
    edit('dryRun', '| PF-2 |', '| PF-22 |', 'dryRunReview');
    expect(await refusals()).toEqual([
      `rehearsed: ${DOCUMENTS.dryRun} does not count: the report is not what its record renders to`,
      'rehearsal reviewed: there is nothing to review yet',
    ]);
  });

  it('is refused where the record of the rehearsal is not what its journal folds to', async () => {
    const file = join(root, RECORD);
    writeFileSync(file, readFileSync(file, 'utf8').replace('not triggered', 'NOT triggered'));
    expect((await refusals())[0]).toBe(
      `rehearsed: ${DOCUMENTS.dryRun} does not count: the record has another digest`,
    );
    rmSync(file);
    expect((await refusals())[0]).toBe(
      `rehearsed: ${DOCUMENTS.dryRun} does not count: no record at ${RECORD}`,
    );
  });

  it('is refused where the journal of the rehearsal was changed', async () => {
    const file = join(root, RECORD, '../journal.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"CREATE TABLE"', '"create table"'));
    expect((await refusals())[0]).toMatch(/^rehearsed: .* does not count: .*record\.json: /);
  });

  it.each([
    ['fail', `${DOCUMENTS.dryRunReview} says fail`],
    ['conditional', `${DOCUMENTS.dryRunReview} passes on conditions only`],
  ])('is refused where the review of the rehearsal says %s', async (verdict, missing) => {
    edit('dryRunReview', 'verdict: pass', `verdict: ${verdict}`);
    expect(await refusals()).toEqual([`rehearsal reviewed: ${missing}`]);
  });

  it('is refused without reviews, with a line for each that is missing', async () => {
    for (const review of ['ddlReview', 'dryRunReview', 'packageReview'] as const) rmSync(path(review));
    expect(await refusals()).toEqual(
      [
        ['ddl reviewed', DOCUMENTS.ddl],
        ['rehearsal reviewed', DOCUMENTS.dryRun],
        ['package reviewed', DOCUMENTS.package],
      ].map(([stage, subject]) => `${stage}: no review of exactly these bytes of ${subject}`),
    );
  });

  it('is refused where one of two reviews says fail', async () => {
    const second = read('packageReview').replace('verdict: pass', 'verdict: fail');
    const other = 'knowledge/reviews/second-review.md';
    writeFileSync(join(root, other), second.replace(DOCUMENTS.packageReview, other));
    expect(await refusals()).toEqual([`package reviewed: ${other} says fail`]);
  });

  it('is refused where the author of the package reviewed the rehearsal', async () => {
    edit('dryRunReview', 'author: test verifier', 'author: Test  Author');
    expect(await refusals()).toEqual([]);
    expect((await run()).err).toContain('[separation-of-duties]');
  });

  it('is refused where a change before it was begun and is not closed', async () => {
    const earlier = read('package')
      .replaceAll(DOCUMENTS.ddl, DOCUMENTS.base)
      .replace(`document_path: ${DOCUMENTS.package}`, 'document_path: knowledge/earlier.md');
    writeFileSync(join(root, 'knowledge/earlier.md'), earlier);
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('[no-self-advance]');
    expect(err).toContain('refused: the documents of the plan have errors');
  });

  it.each([
    ['of a rehearsal', RECORD, 'its record is that of a rehearsal that ended succeeded'],
    ['of another change', OTHER.record, `its record is of another package, ${EXAMPLE.package}`],
  ])(
    'is refused where the change before it is closed by a report with the record %s',
    async (_, record, why) => {
      const folder = dirname(OTHER.record);
      cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true });
      const digest = sha256(readFileSync(join(root, record)));
      const [pack, report, word] = ['knowledge/earlier.md', 'knowledge/run.md', 'knowledge/word.md'];
      const write = (name: string, text: string) => {
        writeFileSync(join(root, name), text);
        return sha256(Buffer.from(text));
      };
      const base = sha256(read('base'));
      const early = (text: string) => text.replace(/^date: .*$/m, 'date: 2026-01-01');
      const earlier = early(read('package'))
        .replaceAll(DOCUMENTS.ddl, DOCUMENTS.base)
        .replaceAll(sha256(read('ddl')), base)
        .replace(`document_path: ${DOCUMENTS.package}`, `document_path: ${pack}`);
      const ofPackage = write(pack, earlier);
      // The report of the rehearsal, as that of a run of the earlier change.
      const claimed = early(read('dryRun'))
        .replace('kind: dry-run-report', 'kind: execution-report')
        .replace(
          /^record:\n {2}path: .*\n {2}sha256: .*$/m,
          `record:\n  path: ${record}\n  sha256: ${digest}`,
        )
        .replaceAll(DOCUMENTS.dryRun, report)
        .replaceAll(DOCUMENTS.package, pack)
        .replaceAll(sha256(read('package')), ofPackage)
        .replaceAll(DOCUMENTS.ddl, DOCUMENTS.base)
        .replaceAll(sha256(read('ddl')), base);
      const ofReport = write(report, claimed);
      const reviewed = early(read('dryRunReview'))
        .replaceAll(DOCUMENTS.dryRunReview, word)
        .replaceAll(DOCUMENTS.dryRun, report)
        .replaceAll(sha256(read('dryRun')), ofReport);
      write(word, reviewed);
      expect(await refusals()).toEqual([
        `package written: ${DOCUMENTS.base} comes before it, and ${report} does not count: ${why}`,
      ]);
    },
  );

  it('is refused in the words of status', async () => {
    edit('ddlReview', 'verdict: pass', 'verdict: conditional');
    edit('dryRun', '| PF-2 |', '| PF-22 |', 'dryRunReview');
    edit('packageReview', 'allows: [production-execution]', 'allows: []');
    const refused = await refusals();
    expect(refused).toHaveLength(4);
    const { environment, printed } = environmentOf(root);
    expect(await status(environment, 'test-change', { format: 'pretty' })).toBe(0);
    for (const line of refused) expect(printed.out).toContain(`○ ${line}`);
  });
});

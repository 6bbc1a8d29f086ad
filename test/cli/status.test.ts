import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planDigestNow } from '../../src/commands/authorizations.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { runLock } from '../../src/execute/run-folder.js';
import { loadConfig } from '../../src/load/config.js';
import { type LifeCycle, lifeCycles } from '../../src/model/life-cycle.js';
import { compile } from '../../src/pipeline.js';
import { lockFile } from '../../src/target/lock-file.js';
import { COMMITTED } from '../record/committed.js';
import { forgeJournal } from '../support/forge-run.js';
import type { Published } from '../support/sealed-run.js';
import { copyExample, probatum, temporaryFolders } from './probatum.js';

/* The life of the example's change, changed by hand: what is done, what is missing, whose turn it is, what became suspect. */

const folder = temporaryFolders();
const CHANGE = 'dot-iu-cutter-v0.2-p0-2';
const LAWS = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL_REVIEW = `${LAWS}/reviews/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`;
const PACKAGE_REVIEW = `${LAWS}/reviews/dot-iu-cutter-v0.2-p0-2-production-command-review-gpt-review-2026-05-16.md`;
const DDL = `${LAWS}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const BASE = `${LAWS}/v0.2-ddl-authoring/dot-iu-cutter-base-tables-ddl-draft-2026-05-11.sql.md`;
const [REHEARSAL, RUN] = [COMMITTED[0]!.report, COMMITTED[1]!.report];

function corpus(): string {
  const root = folder({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n' });
  copyExample(root);
  return root;
}

function edit(root: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

const sha256 = (root: string, path: string) =>
  createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex');

/** A document about exactly the bytes that another one has now. */
function about(root: string, path: string, subject: string, kind: string, fields: string): void {
  const header = `kind: ${kind}\ndocument_path: ${path}\nchange: ${CHANGE}\nrevision: r1\ndate: 2026-01-01\nauthor: somebody`;
  const pin = `subject:\n  document: ${subject}\n  revision: r1\n  sha256: ${sha256(root, subject)}`;
  writeFileSync(join(root, path), `---\n${header}\n${pin}\n${fields}\n---\n\n# About it\n`);
}

/** What an authorization says besides its subject. */
const fields = (plan: string, from: string, until: string) =>
  `plan_sha256: ${plan}\ntarget: production\nnot_before: ${from}\nexpires: ${until}\nnonce: ${'6f'.repeat(16)}`;

async function planSha256(root: string): Promise<string> {
  return planDigestNow(await compile(loadConfig(root)), EXAMPLE.package)!;
}

/** The example's own change. */
async function cycle(root: string): Promise<LifeCycle> {
  const compilation = await compile(loadConfig(root));
  const all = lifeCycles(compilation.model, {
    now: new Date(),
    unsigned: new Map(),
    unproved: new Map(),
    authorizationRequired: false,
    planOf: (path) => planDigestNow(compilation, path),
    runInTheWay: () => null,
  });
  return all.find(({ change }) => change === CHANGE)!;
}

const marks = ({ stages }: LifeCycle) => stages.map(({ status }) => status[0]).join('');
const stageOf = ({ stages }: LifeCycle, name: string) => stages.find(({ stage }) => stage === name)!;

describe('probatum status', () => {
  it('shows where every change stands, a line each, and whose turn it is', async () => {
    const { code, out, err } = await probatum(['status'], { cwd: corpus() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^dot-iu-cutter-base +●○○○○○○○○ {2}said to be applied, before the protocol$/m);
    expect(out).toMatch(/^dot-iu-cutter-v0\.2-p0-2 +●●●●●●●●○ {2}executed$/m);
    expect(out).toContain(
      "next: report reviewed, independent reviewer's turn: no review of exactly these bytes",
    );
    expect(out).toMatch(/^probatum-enrolment +●●●○○●●○○ {2}package written$/m);
    expect(out).not.toContain('\u001b');
  });

  it('shows all stages of one change with the documents that they rest on', async () => {
    const { out } = await probatum(['status', CHANGE], { cwd: corpus() });
    const text = out.split('\n').map((line) => line.trim());
    expect(text[text.indexOf('● ddl drafted') + 1]).toBe(DDL);
    expect(text[text.indexOf('● package written') + 1]).toBe(EXAMPLE.package);
    expect(text[text.indexOf('● rehearsed') + 1]).toBe(REHEARSAL);
    expect(text[text.indexOf('● authorized') + 1]).toBe(PACKAGE_REVIEW);
    expect(text[text.indexOf('● executed') + 1]).toBe(RUN);
  });

  it('gives the same to machines', async () => {
    const root = corpus();
    const { code, out, err } = await probatum(['status', CHANGE, '--format', 'json'], { cwd: root });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({ changes: [await cycle(root)] });
  });

  it('is closed once the report of the run is reviewed', async () => {
    const root = corpus();
    about(root, 'knowledge/report-review.md', RUN, 'review', 'verdict: pass');
    expect(await cycle(root)).toMatchObject({ next: null });
    expect((await probatum(['status'], { cwd: root })).out).toMatch(/p0-2 +●●●●●●●●● {2}closed$/m);
  });

  it('believes no report of a run whose record does not bear it out', async () => {
    const root = corpus();
    const pinned = /^record:\n {2}path: .*\n {2}sha256: (.*)$/m.exec(
      readFileSync(join(root, RUN), 'utf8'),
    )![1]!;
    edit(root, RUN, pinned, '0'.repeat(64));
    const { out } = await probatum(['status', CHANGE], { cwd: root });
    expect(out).toContain(`executed: ${RUN} does not count: its record has another digest`);
  });

  it('finds every word that became suspect, through the whole chain, by the pins that broke', async () => {
    const root = corpus();
    writeFileSync(join(root, BASE), `${readFileSync(join(root, BASE), 'utf8')}\nOne more line.\n`);
    const found = await cycle(root);
    expect(marks(found)).toBe('sssssssso');
    const [suspect] = stageOf(found, 'package reviewed').suspects;
    expect(suspect!.document).toBe(PACKAGE_REVIEW);
    const direct = suspect!.broken.find(({ way }) => way.at(-1) === DDL)!;
    expect(direct).toMatchObject({
      way: [PACKAGE_REVIEW, EXAMPLE.package, DDL],
      key: 'depends_on.0',
      document: BASE,
    });
    expect(direct.found).toBe(sha256(root, BASE));
    const line = readFileSync(join(root, DDL), 'utf8').split('\n')[direct.line - 1];
    expect(line).toContain(direct.pinned);
    const { out } = await probatum(['status'], { cwd: root });
    expect(out).toContain('suspect: ddl drafted, ddl reviewed, package written, rehearsed');
    const name = (path: string) => path.split('/').at(-1);
    expect(out).toContain(`${name(DDL)}:${direct.line} (depends_on.0) pins ${name(BASE)} as `);
  });

  it('takes no verdict of other bytes, not even a fail', async () => {
    const root = corpus();
    edit(root, DDL_REVIEW, 'verdict: pass', 'verdict: fail');
    edit(root, DDL, '# ', '# Another ');
    expect(stageOf(await cycle(root), 'ddl reviewed')).toMatchObject({
      status: 'open',
      missing: `no review of exactly these bytes of ${DDL}`,
    });
  });

  it.each([
    ['fail', 'verdict: fail', 'refused', ' says fail'],
    ['conditional', 'verdict: conditional', 'open', ' passes on conditions only'],
  ])('says at a review that says %s what stands in the way', async (_, verdict, status, missing) => {
    const root = corpus();
    edit(root, DDL_REVIEW, 'verdict: pass', verdict);
    const found = await cycle(root);
    expect(stageOf(found, 'ddl reviewed')).toMatchObject({ status, missing: DDL_REVIEW + missing });
    expect(found.next).toBe('ddl reviewed');
  });

  it('asks the review of a package to allow the execution', async () => {
    const root = corpus();
    edit(root, PACKAGE_REVIEW, '  - production-execution', '  - rehearsal');
    const found = await cycle(root);
    expect(stageOf(found, 'package reviewed').missing).toBe(
      `${PACKAGE_REVIEW} passes, and does not allow production-execution`,
    );
    expect(stageOf(found, 'authorized')).toMatchObject({
      status: 'open',
      missing: `nobody has authorized ${EXAMPLE.package}`,
    });
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2999-01-01T00:00:00Z', 'done', ''],
    [
      '2026-01-01T00:00:00Z',
      '2026-01-02T00:00:00Z',
      'open',
      'knowledge/go.md expired at 2026-01-02T00:00:00Z',
    ],
    [
      '2999-01-01T00:00:00Z',
      '2999-01-02T00:00:00Z',
      'open',
      'knowledge/go.md counts from 2999-01-01T00:00:00Z',
    ],
    ['soon', '2999-01-02T00:00:00Z', 'open', 'knowledge/go.md counts from soon'],
    ['2026-01-01T00:00:00Z', 'never', 'open', 'knowledge/go.md expired at never'],
  ])('counts an authorization from %s until %s: %s', async (from, until, status, missing) => {
    const root = corpus();
    rmSync(join(root, RUN));
    about(
      root,
      'knowledge/go.md',
      EXAMPLE.package,
      'authorization',
      fields(await planSha256(root), from, until),
    );
    expect(stageOf(await cycle(root), 'authorized')).toMatchObject({ status, missing });
  });

  it('does not count an authorization of another plan, as run does not', async () => {
    const root = corpus();
    rmSync(join(root, RUN));
    const [plan, other] = [await planSha256(root), '5d'.repeat(32)];
    const window = ['2026-01-01T00:00:00Z', '2999-01-01T00:00:00Z'] as const;
    about(root, 'knowledge/go.md', EXAMPLE.package, 'authorization', fields(other, ...window));
    const missing = `knowledge/go.md is for plan ${other}, this one is ${plan}`;
    expect(stageOf(await cycle(root), 'authorized')).toMatchObject({ status: 'open', missing });
    const run = await probatum(['run', EXAMPLE.package, '--target', 'production'], { cwd: root });
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining(`refused: ${missing}\n`) });
  });

  it('does not ask what an authorization was of, once the report of its run is there', async () => {
    const root = corpus();
    const window = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] as const;
    about(root, 'knowledge/go.md', EXAMPLE.package, 'authorization', fields('5d'.repeat(32), ...window));
    expect(stageOf(await cycle(root), 'authorized')).toMatchObject({ status: 'done' });
  });

  it.each([
    ['aborted', 'open'],
    ['rolled-back', 'open'],
    ['failed', 'refused'],
    ['indeterminate', 'refused'],
  ])('says how the last run ended: %s', async (ended, status) => {
    const root = corpus();
    edit(root, RUN, 'execution_status: succeeded', `execution_status: ${ended}`);
    const found = await cycle(root);
    expect(stageOf(found, 'executed')).toMatchObject({ status, missing: `${RUN} ended ${ended}` });
    expect(stageOf(found, 'report reviewed')).toMatchObject({
      status: 'open',
      missing: 'there is nothing to review yet',
    });
  });

  /** The folder of the example's run, as it is where it took place, and nothing of it among the documents. */
  function unfiled(status: 'succeeded' | 'failed' | 'rolled-back') {
    const root = corpus();
    const { report, record } = COMMITTED[1]!;
    const name = basename(dirname(record));
    const journal = `.probatum/runs/${CHANGE}/${name}/journal.jsonl`;
    const recordFile = join(dirname(journal), 'record.json');
    cpSync(join(root, dirname(record)), join(root, dirname(journal)), { recursive: true });
    const published = { journal, record: recordFile, report: join(dirname(journal), 'report.md') };
    forgeJournal(root, published as Published, (lines) => {
      const last = lines.findIndex(
        ({ type, unit }) => type === 'transaction-started' && unit === 'migration',
      );
      const again = lines.slice(last).filter(({ unit }) => unit === 'migration');
      const rollback = again.map((line) => ({ ...line, unit: 'rollback' }));
      if (status === 'rolled-back') lines.splice(-1, 0, ...rollback);
      lines[lines.length - 1] = { ...lines.at(-1), status };
    });
    const filed = readFileSync(join(root, report));
    rmSync(join(root, report));
    rmSync(join(root, dirname(record)), { recursive: true });
    return { root, name, folder: dirname(journal), filed };
  }

  const executedOf = async (root: string) => {
    const { out } = await probatum(['status', CHANGE, '--format', 'json'], { cwd: root });
    const [found] = (JSON.parse(out) as { changes: LifeCycle[] }).changes.filter(
      (one) => one.package !== null,
    );
    return stageOf(found!, 'executed');
  };

  it.each([
    ['succeeded', 'open', 'is committed'],
    ['failed', 'refused', 'is committed and ended failed'],
  ] as const)('names a committed run whose report has not been filed: %s', async (ended, status, words) => {
    const { root, name, folder } = unfiled(ended);
    const missing = `run ${name} ${words}, and its report waits to be filed: probatum report ${folder} --publish`;
    expect(await executedOf(root)).toMatchObject({ status, missing });
    const { out } = await probatum(['status'], { cwd: root });
    expect(out).toContain(`next: executed, `);
    expect(out).toContain(missing);
    // The command does what it says, once the seal is of these bytes.
    const [recordFile, seal] = ['record.json', 'seal.json'].map((one) => join(folder, one));
    await probatum(['attest', recordFile!, '--output', seal!, '--force'], { cwd: root });
    expect((await probatum(['report', folder, '--publish'], { cwd: root })).code).toBe(0);
    const after = await executedOf(root);
    expect(after.missing).not.toContain('waits to be filed');
    expect(after.status).toBe(ended === 'succeeded' ? 'done' : 'refused');
  });

  it('names it with --force where an earlier report stands in its place', async () => {
    const { root, folder, filed } = unfiled('failed');
    const aborted = filed
      .toString('utf8')
      .replace('execution_status: succeeded', 'execution_status: aborted');
    writeFileSync(join(root, RUN), aborted);
    expect((await executedOf(root)).missing).toContain(`probatum report ${folder} --publish --force`);
  });

  it('does not send for the report of a run that is still at work', async () => {
    const { root, name, folder } = unfiled('succeeded');
    rmSync(join(root, folder, 'record.json'));
    const journal = join(root, folder, 'journal.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/[^\n]+\n$/, ''));
    const release = lockFile(runLock(join(root, folder)), 'run', true);
    try {
      const missing = `run ${name} is at work: wait until it ends`;
      expect(await executedOf(root)).toMatchObject({ status: 'open', missing });
    } finally {
      release();
    }
    const missing = `run ${name} is not settled: probatum resume ${name}`;
    expect(await executedOf(root)).toMatchObject({ status: 'refused', missing });
  });

  it('says nothing of a run of which nothing is left', async () => {
    const { root } = unfiled('rolled-back');
    expect(await executedOf(root)).toMatchObject({
      status: 'open',
      missing: `no report says so: probatum run ${EXAMPLE.package}`,
    });
  });

  it('waits for a package, and for the ddl document that a package pins', async () => {
    const root = corpus();
    rmSync(join(root, EXAMPLE.package));
    expect(stageOf(await cycle(root), 'package written').missing).toBe(`no package pins ${DDL}`);
    const other = corpus();
    rmSync(join(other, DDL));
    expect(stageOf(await cycle(other), 'ddl drafted').missing).toBe(
      `${EXAMPLE.package} pins ${DDL}, which is not here`,
    );
  });

  it('does not let a report or a review count that pins no digest', async () => {
    const root = corpus();
    const strip = (path: string, key: string) => {
      const text = readFileSync(join(root, path), 'utf8');
      const without = text.replace(new RegExp(`(\\n${key}:\\n(?:  .*\\n)*?)  sha256: .*\\n`), '$1');
      expect(without).not.toBe(text);
      writeFileSync(join(root, path), without);
    };
    strip(REHEARSAL, 'package');
    strip(DDL_REVIEW, 'subject');
    const found = await cycle(root);
    expect(stageOf(found, 'rehearsed').status).toBe('open');
    expect(stageOf(found, 'ddl reviewed').status).toBe('open');
  });

  it('ends with 2 at a change that is not there, and names those that are', async () => {
    const { code, out, err } = await probatum(['status', 'nothing'], { cwd: corpus() });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('no change nothing');
    expect(err).toContain(CHANGE);
  });
});

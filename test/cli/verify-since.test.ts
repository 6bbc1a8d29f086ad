import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import type { Since } from '../../src/commands/verify-since.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { COMMITTED } from '../record/committed.js';
import { Repository } from './git-repository.js';
import { copyExample, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

/* What a change breaks, as a pull request is told of it: at the lines, with the reviews that no longer speak of what is there. */

const folder = temporaryFolders();
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const ALPHA = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-phase-alpha-ddl-draft-2026-05-14.sql.md`;
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const DDL_REVIEW = `${FOLDER}/reviews/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`;
const OLD = 'knowledge/old.md';
const RUN = COMMITTED[1]!;

/** A note with a defect that was there before: its pin names a digest that the document never had. */
const OLD_DEFECT = `---
kind: note
basis:
  document: knowledge/README.md
  sha256: ${'0'.repeat(64)}
---
`;

let repository: Repository;

beforeAll(async () => {
  const root = folder({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n', [OLD]: OLD_DEFECT });
  copyExample(root);
  repository = new Repository(root);
  for (const { record } of COMMITTED)
    await probatum(['report', record, '--publish', '--force'], { cwd: root });
  repository.commit();
});

/** The repository on a new branch, as `main` is. */
function branch(): Repository {
  repository.git('reset', '--quiet', '--hard', 'main');
  repository.git('clean', '--quiet', '-fd');
  repository.git('checkout', '--quiet', '-B', 'change', 'main');
  return repository;
}

const append = ({ folder: root }: Repository, path: string) =>
  writeFileSync(join(root, path), `${readFileSync(join(root, path), 'utf8')}\nOne word more.\n`);

const since = (...args: string[]) =>
  probatum(['verify', '--since', 'main', ...args], { cwd: repository.folder });

async function found(...args: string[]) {
  const { code, out, err } = await since('--format', 'json', ...args);
  const read = JSON.parse(out) as { diagnostics: Diagnostic[]; since: Since; summary: { documents: number } };
  const findings = read.diagnostics.map(({ ruleId, file }) => `${ruleId} ${file}`);
  return { code, err, findings, ...read };
}

describe('probatum verify --since', () => {
  it('ends with 0 where nothing changed, though an old defect is there', async () => {
    branch();
    const whole = await probatum(['verify'], { cwd: repository.folder });
    expect(whole).toMatchObject({ code: 1, out: expect.stringContaining(OLD) });
    const { code, out } = await since();
    expect(code).toBe(0);
    expect(out).toContain('since main: 0 documents changed or added, 0 removed\n');
    expect(out).toContain('no earlier review or authorization became suspect\nverified\n');
  });

  it('shows the pins that break, and every review that rests on them, through the whole chain', async () => {
    append(branch(), ALPHA);
    repository.commit();
    const { code, err, findings, since: change } = await found();
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(findings).toEqual([
      `suspect-review ${DDL_REVIEW}`,
      `suspect-review ${EXAMPLE.dryRunReview}`,
      `suspect-review ${EXAMPLE.packageReview}`,
      `document-digest-matches ${DDL}`,
      `document-digest-matches ${EXAMPLE.dryRunReport}`,
      `document-digest-matches ${EXAMPLE.executionReport}`,
    ]);
    expect(change).toMatchObject({ revision: 'main', changed: [ALPHA], removed: [] });
    const broken = { key: 'depends_on.2', document: ALPHA };
    expect(change.suspects).toMatchObject([
      { document: DDL_REVIEW, broken: [{ ...broken, way: [DDL_REVIEW, DDL] }] },
      {
        document: EXAMPLE.dryRunReview,
        broken: [{ ...broken, way: [EXAMPLE.dryRunReview, EXAMPLE.dryRunReport, DDL] }],
      },
      {
        document: EXAMPLE.packageReview,
        broken: [{ ...broken, way: [EXAMPLE.packageReview, EXAMPLE.package, DDL] }],
      },
    ]);
  });

  it('says the same in every format, and tells the log of a job what became suspect', async () => {
    append(branch(), ALPHA);
    const line = readFileSync(join(repository.folder, DDL), 'utf8')
      .split('\n')
      .findIndex((text, at, all) => all[at - 2]?.includes(ALPHA) && text.includes('sha256'));
    const github = await since('--format', 'github');
    expect(github.code).toBe(1);
    expect(github.out).toContain(`::error file=${DDL},line=${line + 1},`);
    expect(github.out).toContain(`::error file=${DDL_REVIEW},`);
    expect(github.out.trim().split('\n')).toHaveLength(6);
    expect(github.err).toContain(`became suspect:\n      ${DDL_REVIEW}\n`);
    const gitlab = JSON.parse((await since('--format', 'gitlab')).out) as { location: { path: string } }[];
    const sarif = JSON.parse((await since('--format', 'sarif')).out) as { runs: { results: unknown[] }[] };
    expect(gitlab.map(({ location }) => location.path)).toContain(DDL);
    expect([gitlab.length, sarif.runs[0]!.results.length]).toEqual([6, 6]);
    const { out } = await since();
    expect(out).toContain(`          through ${EXAMPLE.package}\n`);
    expect(out).not.toContain(OLD);
  });

  it('tells lint --since of the same reviews', async () => {
    append(branch(), ALPHA);
    const { found: findings } = await repository.lint(['--since', 'main']);
    for (const review of [DDL_REVIEW, EXAMPLE.dryRunReview, EXAMPLE.packageReview])
      expect(findings).toContain(`${review} suspect-review`);
  });

  it('names documents that were removed, a failing review as well, and who misses them', async () => {
    branch();
    rmSync(join(repository.folder, ALPHA));
    const { code, findings, since: change } = await found();
    expect(code).toBe(1);
    expect(change.removed).toEqual([ALPHA]);
    expect(change.suspects.map(({ document }) => document)).toContain(DDL_REVIEW);
    expect(findings).toContain(`no-broken-reference ${DDL}`);
    expect((await since()).out).toContain(`1 removed\n      removed ${ALPHA}\n`);
  });

  it('names documents that the configuration leaves out now', async () => {
    branch();
    writeFileSync(
      join(repository.folder, 'probatum.config.yaml'),
      `corpus: [knowledge/**/*.md]\nignore: [${OLD}]\n`,
    );
    expect((await found()).since).toMatchObject({ changed: [], removed: [OLD], suspects: [] });
  });

  it('holds a report against its record where only the record changed', async () => {
    branch();
    append(repository, join(dirname(RUN.record), 'artefacts/migration.sql'));
    const { code, findings, summary } = await found();
    expect(code).toBe(1);
    expect(findings).toEqual([`record-chain ${RUN.report}`]);
    expect(summary.documents).toBe(1);
  });

  it('keeps to the paths that are named', async () => {
    append(branch(), ALPHA);
    const { findings, since: change } = await found(DDL_REVIEW);
    expect(findings).toEqual([`suspect-review ${DDL_REVIEW}`]);
    expect(change.suspects.map(({ document }) => document)).toEqual([DDL_REVIEW]);
  });

  it('shows a defect that was there before once its document changes', async () => {
    append(branch(), OLD);
    expect(await found()).toMatchObject({ code: 1, findings: [`document-digest-matches ${OLD}`] });
  });

  it('ends with 2 at a revision that is not there', async () => {
    branch();
    const { code, err } = await probatum(['verify', '--since', 'nowhere'], { cwd: repository.folder });
    expect(code).toBe(2);
    expect(err).toContain('there is no commit "nowhere" in the repository');
  });
});

describe('a change that takes documents away', () => {
  it('may not take the report of a run, wherever it is not moved to', async () => {
    const made = branch();
    made.commit({ [RUN.report]: null });
    const { code, findings } = await found();
    expect(code).toBe(1);
    expect(findings).toContain(`word-removed ${RUN.report}`);
  });

  it('may not take a review that says no of what is there', async () => {
    const FAIL = 'knowledge/no.md';
    const sha256 = createHash('sha256')
      .update(readFileSync(join(repository.folder, ALPHA)))
      .digest('hex');
    const header = `kind: review\ndocument_path: ${FAIL}\nchange: c\nrevision: r1\ndate: 2026-11-23\nauthor: somebody`;
    const subject = `subject:\n  document: ${ALPHA}\n  revision: r1\n  sha256: ${sha256}`;
    const made = branch();
    made.commit({ [FAIL]: `---\n${header}\n${subject}\nverdict: fail\n---\n\n# No\n` });
    made.git('branch', '--force', 'with-no');
    made.commit({ [FAIL]: null });
    const taken = await probatum(['verify', '--since', 'with-no', '--format', 'github'], {
      cwd: made.folder,
    });
    expect(taken.code).toBe(1);
    expect(taken.out).toContain('was removed');
    // What was mended since has other bytes, and the no was about the old ones.
    made.git('reset', '--quiet', '--hard', 'with-no');
    append(made, ALPHA);
    made.commit({ [FAIL]: null });
    const mended = await probatum(['verify', '--since', 'with-no'], { cwd: made.folder });
    expect(mended.out).not.toContain('word-removed');
  });
});

it('shows what a change breaks in documents that do not name it', async () => {
  const root = folder({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n' });
  cpSync(join(REPOSITORY, 'test/rules/no-self-advance/valid'), root, { recursive: true });
  const closed = new Repository(root);
  closed.commit();
  const review = 'knowledge/report-review.md';
  const text = readFileSync(join(root, review), 'utf8');
  closed.git('checkout', '--quiet', '-b', 'change');
  closed.commit({ [review]: text.replace('verdict: pass', 'verdict: conditional') });
  const { out } = await probatum(['verify', '--since', 'main', '--format', 'github'], { cwd: root });
  expect(out).toMatch(/file=knowledge\/b-package\.md.*no-self-advance/);
});

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/base/digest.js';
import { lock } from '../../src/commands/lock.js';
import { newDocument } from '../../src/commands/new.js';
import { rehearse } from '../../src/commands/rehearse.js';
import { report } from '../../src/commands/report.js';
import { run } from '../../src/commands/run.js';
import { sign } from '../../src/commands/sign.js';
import type { Environment } from '../../src/commands/terminal.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { createPgliteCluster } from '../../src/target/pglite-cluster.js';
import { Repository } from '../cli/git-repository.js';
import { BASE_SQL, CHANGE, DOCUMENTS, FIXTURE_SQL, TARGET, writeChange } from '../support/change.js';
import { environmentOf } from '../support/run-probatum.js';
import type { Published } from '../support/sealed-run.js';
import { allowedSigners, type KeyOf, makeKeys, type Person, POLICY } from './people.js';

/*
 * A corpus in a git repository with everything that can be signed and sealed: a change that was rehearsed, reviewed,
 * authorized, run and reviewed again, each by the command that people use.
 */

/** Documents besides those of a generated change. */
export const WORDS = {
  dryRunReview: 'knowledge/reviews/item-dry-run-review.md',
  executionReview: 'knowledge/reviews/item-execution-review.md',
  authorization: 'knowledge/go.md',
} as const;

/** Tables that nobody governs, so that a snapshot of the catalogue is a large file. */
const OTHER_TABLES = 150;

export interface TamperCorpus {
  readonly root: string;
  /** The same change, run a second time on a copy of the database. */
  readonly other: string;
  readonly execution: Published;
  readonly otherExecution: Published;
  readonly rehearsal: Published;
  /** Reviews as an earlier commit has them, with the signatures that they had. */
  readonly older: string;
  readonly keyOf: KeyOf;
  close(): void;
}

/** Runs the whole way of a change. It takes some ten seconds. */
export async function buildCorpus(): Promise<TamperCorpus> {
  const folder = mkdtempSync(join(tmpdir(), 'probatum-tamper-'));
  const keyOf = makeKeys(folder);
  const root = join(folder, 'corpus');
  await governedChange(folder, root, keyOf);
  const other = join(folder, 'other');
  const older = join(folder, 'older');
  cpSync(root, other, { recursive: true });
  const [execution, otherExecution] = [await executed(root, keyOf), await executed(other, keyOf)];
  await reviewTwice(root, { path: WORDS.executionReview, subject: DOCUMENTS.execution, older }, keyOf);
  const rehearsal = publishedAt(root, DOCUMENTS.dryRun);
  const close = () => rmSync(folder, { recursive: true, force: true });
  return { root, other, execution, otherExecution, rehearsal, older, keyOf, close };
}

/** Everything up to the run. */
async function governedChange(folder: string, root: string, keyOf: KeyOf): Promise<void> {
  const database = join(folder, 'database');
  const made = await writeChange(await prepareDatabase(database), {
    target: '    engine: pglite\n    directory: database\n',
    rehearsed: false,
  });
  cpSync(made, root, { recursive: true });
  rmSync(made, { recursive: true });
  cpSync(database, join(root, 'database'), { recursive: true });
  const config = join(root, 'probatum.config.yaml');
  writeFileSync(config, `# How this corpus is read.\n${readFileSync(config, 'utf8')}${POLICY}`);
  writeFileSync(join(root, 'allowed_signers'), allowedSigners(keyOf));
  writeFileSync(join(root, '.gitignore'), 'database*\n.probatum\n*.tar.gz\n');
  new Repository(root).commit();
  await review(root, { path: DOCUMENTS.ddlReview, subject: DOCUMENTS.ddl, rest: 'verdict: pass' }, keyOf);
  const older = join(folder, 'older');
  await reviewTwice(root, { path: DOCUMENTS.packageReview, subject: DOCUMENTS.package, older }, keyOf);
  await done((environment) =>
    rehearse(environment, DOCUMENTS.package, { format: 'pretty', sealKey: keyOf('ops') }),
  )(root);
  await publish(root);
  await review(root, { path: WORDS.dryRunReview, subject: DOCUMENTS.dryRun, rest: 'verdict: pass' }, keyOf);
  await authorize(root, keyOf);
  await commit(root);
}

/** Makes the database that is to be changed. It is no copy of what rehearsals start from: those refuse the target itself. */
async function prepareDatabase(database: string) {
  await createPgliteCluster(database);
  const target = await openPgliteTarget('t', database);
  try {
    const session = await target.open();
    const others = Array.from(
      { length: OTHER_TABLES },
      (_, at) => `CREATE TABLE app.other_${at} (id integer PRIMARY KEY, note text)`,
    );
    for (const sql of [...(BASE_SQL + FIXTURE_SQL).split(';\n'), ...others]) await session.run(sql);
    return await readIdentity(session);
  } finally {
    await target.close();
  }
}

interface Word {
  readonly path: string;
  readonly subject: string;
  readonly rest: string;
  readonly revision?: string;
}

/** Writes a review as its reviewer would, and signs it. */
export async function review(root: string, word: Word, keyOf: KeyOf, person: Person = 'rita'): Promise<void> {
  writeFileSync(join(root, word.path), reviewText(root, word, person));
  await relock(root);
  await done((environment) => sign(environment, word.path, { key: keyOf(person), force: true }))(root);
}

function reviewText(root: string, { path, subject, rest, revision = 'r1' }: Word, person: Person): string {
  return `---
kind: review
document_path: ${path}
change: ${CHANGE}
revision: ${revision}
date: ${today()}
author: ${person}
subject:
  document: ${subject}
  revision: r1
  sha256: ${sha256(readFileSync(join(root, subject)))}
${rest}
---

# Review

${person} has read "${subject}".
`;
}

/** A review with conditions, and the one that passes; the first stays in the history of the repository. */
async function reviewTwice(
  root: string,
  { path, subject, older }: { path: string; subject: string; older: string },
  keyOf: KeyOf,
): Promise<void> {
  await review(root, { path, subject, rest: 'verdict: conditional' }, keyOf);
  await commit(root);
  for (const name of [path, `${path}.sig`]) {
    mkdirSync(dirname(join(older, name)), { recursive: true });
    cpSync(join(root, name), join(older, name));
  }
  const rest = `verdict: pass${subject === DOCUMENTS.package ? '\nallows: [production-execution]' : ''}`;
  await review(root, { path, subject, rest, revision: 'r2' }, keyOf);
  await commit(root);
}

async function authorize(root: string, keyOf: KeyOf): Promise<void> {
  const path = WORDS.authorization;
  const options = { change: CHANGE, subject: DOCUMENTS.package, path, date: today(), author: 'sam' };
  await done((environment) => newDocument(environment, 'authorization', options))(root);
  const file = join(root, path);
  const text = readFileSync(file, 'utf8')
    .replace(/^not_before: .*$/m, 'not_before: 2026-01-01T00:00:00Z')
    .replace(/^expires: .*$/m, 'expires: 2099-01-01T00:00:00Z');
  writeFileSync(file, text);
  await relock(root);
  await done((environment) => sign(environment, path, { key: keyOf('sam'), force: true }))(root);
}

async function executed(root: string, keyOf: KeyOf): Promise<Published> {
  await done((environment) =>
    run(environment, DOCUMENTS.package, { target: TARGET, format: 'pretty', sealKey: keyOf('ops') }),
  )(root);
  const folder = await publish(root);
  const published = publishedAt(root, DOCUMENTS.execution);
  // Too large for a repository, and kept beside the record by who keeps backups there.
  cpSync(join(folder, 'artefacts/backup.tar.gz'), join(root, published.folder, 'artefacts/backup.tar.gz'));
  return published;
}

/** Files the newest run. @returns its folder */
async function publish(root: string): Promise<string> {
  const runs = join(root, '.probatum/runs', CHANGE);
  const newest = join(runs, readdirSync(runs).sort().at(-1)!);
  await done((environment) => report(environment, newest, { publish: true, force: true }))(root);
  return newest;
}

function publishedAt(root: string, path: string): Published {
  const [, record] = /^record:\n {2}path: (\S+)$/m.exec(readFileSync(join(root, path), 'utf8'))!;
  const folder = dirname(record!);
  return {
    folder,
    record: record!,
    journal: `${folder}/journal.jsonl`,
    seal: `${folder}/seal.json`,
    report: path,
  };
}

/** Brings the lock file up to date, and commits all. */
async function commit(root: string): Promise<void> {
  await relock(root);
  execFileSync('git', ['add', '--all'], { cwd: root });
  execFileSync('git', ['commit', '--quiet', '--message', 'change'], { cwd: root });
}

/** Writes the lock file anew, as anybody can. */
export async function relock(root: string): Promise<void> {
  await done((environment) => lock(environment, { check: false, force: true, format: 'pretty' }))(root);
}

/** A command that has to succeed. */
function done(command: (environment: Environment) => Promise<number>) {
  return async (root: string): Promise<void> => {
    const { environment, printed } = environmentOf(root);
    const code = await command(environment);
    if (code !== 0) throw new Error(`exit code ${code}\n${printed.out}${printed.err}`);
  };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

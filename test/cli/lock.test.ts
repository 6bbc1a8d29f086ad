import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { COMMITTED } from '../record/committed.js';
import { Repository } from './git-repository.js';
import { copyExample, probatum, temporaryFolders } from './probatum.js';

/* The lock file: a revision names its bytes for good, once it is written there. */

const folder = temporaryFolders();
const LOCK = 'probatum.lock';
const A = 'knowledge/a.sql.md';
const B = 'knowledge/b.sql.md';

const ddl = (path: string, revision = 'r1', text = 'A table.') => `---
kind: ddl
document_path: ${path}
change: notes
revision: ${revision}
date: 2026-05-16
author: an author
scope:
  creates: [app.${path.at(-8)}]
  alters: []
  drops: []
  writes_rows: []
depends_on: []
---

# DDL

${text}

\`\`\`sql migration
CREATE TABLE app.${path.at(-8)} (
    id bigint NOT NULL
);
\`\`\`

\`\`\`sql rollback
DROP TABLE app.${path.at(-8)};
\`\`\`
`;

const lines = (root: string) => readFileSync(join(root, LOCK), 'utf8').trimEnd().split('\n').slice(1);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('probatum lock', () => {
  it('writes revision and digest of every governed document, and says what it wrote', async () => {
    const root = folder({ [A]: ddl(A), [B]: ddl(B, 'r3'), 'knowledge/note.md': '---\nkind: note\n---\n' });
    const { code, err, out } = await probatum(['lock'], { cwd: root });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: `+ ${A} r1\n+ ${B} r3\n${LOCK} was written\n`,
    });
    expect(lines(root)).toEqual([`${sha256(ddl(A))}  r1  ${A}`, `${sha256(ddl(B, 'r3'))}  r3  ${B}`]);
    expect((await probatum(['lock'], { cwd: root })).err).toBe(`${LOCK} is up to date\n`);
    expect((await probatum(['lint', '--max-warnings', '0'], { cwd: root })).code).toBe(0);
    expect((await probatum(['lock', '--check'], { cwd: root })).code).toBe(0);
  });

  it('refuses other bytes for a locked revision, and takes the next revision', async () => {
    const repository = new Repository(folder());
    const root = repository.folder;
    repository.write({ [A]: ddl(A), [B]: ddl(B) });
    await probatum(['lock'], { cwd: root });
    const before = readFileSync(join(root, LOCK));
    repository.write({ [A]: ddl(A, 'r1', 'Another table.') });
    const refused = await probatum(['lock'], { cwd: root });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('these are other bytes than those that were locked as r1');
    expect(refused.err).toContain('refused: probatum.lock was not written');
    expect(readFileSync(join(root, LOCK))).toEqual(before);
    const linted = await repository.lint([]);
    expect(linted.found).toEqual([`${A} revision-bump`]);
    const plan = await probatum(['lint', '--fix=digests'], { cwd: root });
    expect(plan.out).toContain('lock-drift');
    expect(readFileSync(join(root, A), 'utf8')).toContain('revision: r2');
    const taken = await probatum(['lock', '--format', 'json'], { cwd: root });
    expect(JSON.parse(taken.out)).toEqual({ written: true, changes: [{ path: A, from: 'r1', to: 'r2' }] });
    expect((await repository.lint([])).code).toBe(0);
  });

  it('forgets what is gone, and writes other bytes where it is forced to', async () => {
    const root = folder({ [A]: ddl(A), [B]: ddl(B) });
    await probatum(['lock'], { cwd: root });
    const other = folder({
      [A]: ddl(A, 'r1', 'Another table.'),
      [LOCK]: readFileSync(join(root, LOCK), 'utf8'),
    });
    const { code, err } = await probatum(['lock', '--force'], { cwd: other });
    expect({ code, err }).toEqual({
      code: 0,
      err: `! ${A} r1 has other bytes\n- ${B} r1\n${LOCK} was written\n`,
    });
  });

  it('writes nothing where a document cannot be read, or the file itself', async () => {
    const torn = folder({ [A]: ddl(A), [B]: '---\nkind: [\n---\n' });
    const unread = await probatum(['lock'], { cwd: torn });
    expect({ code: unread.code, written: existsSync(join(torn, LOCK)) }).toEqual({ code: 1, written: false });
    expect(unread.err).toContain('front-matter-yaml');
    const conflict = folder({ [A]: ddl(A), [LOCK]: '<<<<<<< HEAD\n' });
    const refused = await probatum(['lock'], { cwd: conflict });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('a line that cannot be read');
    expect(readFileSync(join(conflict, LOCK), 'utf8')).toBe('<<<<<<< HEAD\n');
  });

  it('checks without writing, in the formats of findings', async () => {
    const root = folder({ [A]: ddl(A) });
    const absent = await probatum(['lock', '--check'], { cwd: root });
    expect(absent.code).toBe(1);
    expect(absent.out).toContain('there is no probatum.lock');
    expect(existsSync(join(root, LOCK))).toBe(false);
    const unsorted = folder({
      [A]: ddl(A),
      [B]: ddl(B),
      [LOCK]: `${sha256(ddl(B))}  r1  ${B}\n${sha256(ddl(A))}  r1  ${A}\n`,
    });
    const other = await probatum(['lock', '--check', '--format', 'github'], { cwd: unsorted });
    expect(other.code).toBe(1);
    expect(other.out).toContain('::warning file=probatum.lock');
    expect((await probatum(['lint'], { cwd: unsorted })).code).toBe(0);
    for (const format of ['pretty', 'json', 'sarif', 'junit', 'gitlab', 'rdjson']) {
      const { code, out } = await probatum(['lock', '--check', '--format', format], { cwd: unsorted });
      expect({ code, format, named: out.includes(LOCK) }).toEqual({ code: 1, format, named: true });
    }
  });

  it('--since finds a revision that was released with other bytes, also where the lock file was forced', async () => {
    const repository = new Repository(folder());
    const root = repository.folder;
    repository.write({ [A]: ddl(A), [B]: ddl(B, 'r2') });
    await probatum(['lock'], { cwd: root });
    repository.commit();
    repository.git('switch', '--quiet', '--create', 'change');
    repository.write({ [A]: ddl(A, 'r1', 'Another table.'), [B]: ddl(B, 'r1') });
    await probatum(['lock', '--force'], { cwd: root });
    repository.commit();
    expect((await probatum(['lock', '--check'], { cwd: root })).code).toBe(0);
    const { code, out } = await probatum(['lock', '--check', '--since', 'main'], { cwd: root });
    expect(code).toBe(1);
    expect(out).toContain(`${A}: r1 has other bytes at main`);
    expect(out).toContain(`${B}: r1 is older than the r2 of main`);
    const forced = await probatum(['lock', '--force', '--since', 'main'], { cwd: root });
    expect(forced.code).toBe(1);
    repository.write({ [A]: ddl(A, 'r2', 'Another table.'), [B]: ddl(B, 'r3') });
    expect((await probatum(['lock', '--since', 'main'], { cwd: root })).code).toBe(0);
    expect((await probatum(['lock', '--check', '--since', 'main'], { cwd: root })).code).toBe(0);
  });
});

describe('lint with a lock file', () => {
  it('takes the staged lock file, and not the one on disk', async () => {
    const repository = new Repository(folder());
    const root = repository.folder;
    repository.write({ [A]: ddl(A) });
    await probatum(['lock'], { cwd: root });
    repository.commit();
    repository.write({ [A]: ddl(A, 'r2', 'Another table.') });
    await probatum(['lock'], { cwd: root });
    repository.git('add', A);
    expect((await repository.lint(['--staged'])).found).toEqual([`${A} lock-drift`]);
    repository.git('add', LOCK);
    repository.write({ [LOCK]: 'no lock\n' });
    expect((await repository.lint(['--staged'])).found).toEqual([]);
    expect((await repository.lint([])).found).toEqual([`${A} lock-drift`, `${LOCK} lock-drift`]);
  });

  it('shows with a change what the lock file says of documents that are gone', async () => {
    const repository = new Repository(folder());
    repository.write({ [A]: ddl(A), [B]: ddl(B) });
    await probatum(['lock'], { cwd: repository.folder });
    repository.commit();
    repository.write({ [B]: null });
    expect((await repository.lint(['--since', 'HEAD'])).found).toEqual([`${LOCK} lock-drift`]);
  });

  it('may not be taken away by a change', async () => {
    const repository = new Repository(folder());
    repository.write({ [A]: ddl(A) });
    await probatum(['lock'], { cwd: repository.folder });
    repository.commit();
    const since = () =>
      probatum(['verify', '--since', 'HEAD', '--format', 'github'], { cwd: repository.folder });
    expect((await since()).code).toBe(0);
    repository.write({ [LOCK]: null });
    const { code, out } = await since();
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`file=${LOCK}.*word-removed.*lock file was removed`));
  });

  it.each([
    [
      'the configuration leaves out',
      (at: string) => writeFileSync(join(at, 'probatum.config.yaml'), `corpus: [${B}]\n`),
    ],
    [
      'has become a note',
      (at: string) => writeFileSync(join(at, A), ddl(A).replace('kind: ddl', 'kind: note')),
    ],
  ])('does not lose a document that is there and %s', async (_, change) => {
    const root = folder({ [A]: ddl(A), [B]: ddl(B) });
    await probatum(['lock'], { cwd: root });
    change(root);
    const { code, out } = await probatum(['verify'], { cwd: root });
    expect(code).toBe(1);
    expect(out).toContain(`"${A}" was locked as r1, is there, and is no governed document any more`);
    expect((await probatum(['lint'], { cwd: root })).code).toBe(1);
    expect((await probatum(['lock'], { cwd: root })).code).toBe(1);
    expect((await probatum(['lock', '--force'], { cwd: root })).code).toBe(0);
    expect(lines(root)).toEqual([expect.stringContaining(B)]);
  });

  it('does not advise to edit what is rendered from a record', async () => {
    const root = folder();
    copyExample(root);
    await probatum(['lock'], { cwd: root });
    const report = COMMITTED[1]!.report;
    appendFileSync(join(root, report), 'One word more.\n');
    const { out } = await probatum(['lock', '--check', '--format', 'json'], { cwd: root });
    const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
    const [found] = diagnostics.filter(({ ruleId, file }) => ruleId === 'revision-bump' && file === report);
    expect(found?.help).toContain('bring back what was locked');
    expect(found).not.toHaveProperty('fix');
    // The next run says it from what it has kept of the documents.
    expect((await probatum(['lint'], { cwd: root })).out).toContain(found!.help);
    expect((await probatum(['lint'], { cwd: root })).out).toContain(found!.help);
  });

  it('is a reason to refuse a plan, and a finding of verify', async () => {
    const root = folder({ [A]: ddl(A) });
    await probatum(['lock'], { cwd: root });
    const changed = folder({
      [A]: ddl(A, 'r1', 'Other words.'),
      [LOCK]: readFileSync(join(root, LOCK), 'utf8'),
    });
    const { code, out } = await probatum(['verify'], { cwd: changed });
    expect({ code, found: out.includes('revision-bump') }).toEqual({ code: 1, found: true });
  });
});

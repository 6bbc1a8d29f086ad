import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { probatum, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const DATE = ['--date', '2026-05-16'];
const DDL = 'knowledge/order-notes-ddl-2026-05-16.sql.md';
const PACKAGE = 'knowledge/order-notes-command-package-2026-05-16.md';
const REVIEW = 'knowledge/order-notes-ddl-review-2026-05-16.md';

function git(cwd: string, ...args: string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd, stdio: 'ignore' });
}

/** A change whose ddl document got a second column, and a new revision, after it was pinned. */
async function changed(): Promise<string> {
  const root = folder();
  for (const args of [
    ['law'],
    ['ddl', '--change', 'order-notes'],
    ['command-package', '--change', 'order-notes'],
    ['review', '--change', 'order-notes', '--subject', DDL],
  ])
    expect((await probatum(['new', ...args, ...DATE], { cwd: root })).code).toBe(0);
  return root;
}

function edit(root: string): void {
  const text = read(root, DDL).replace('revision: r1', 'revision: r2');
  writeFileSync(
    join(root, DDL),
    text.replace('    id    bigint NOT NULL,\n', '    id    integer NOT NULL,\n'),
  );
}

describe('probatum pin', () => {
  it('shows each pin, and what changed in the document, from the history of git', async () => {
    const root = await changed();
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'one');
    const old = read(root, DDL);
    edit(root);
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'two');
    const before = read(root, PACKAGE);
    const { code, out, err } = await probatum(['pin', PACKAGE], { cwd: root });
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${PACKAGE}\n  pins ${DDL}\n`));
    expect(out).toContain('    ddl.revision: r1 → r2\n');
    expect(out).toContain(`    ddl.sha256: ${sha256(old)} → ${sha256(read(root, DDL))}\n`);
    expect(out).toMatch(/ {4}ddl\.migration_sha256: [0-9a-f]{64} → [0-9a-f]{64}\n/);
    expect(out).toContain(`--- a/${DDL}\n+++ b/${DDL}\n@@ `);
    expect(out).toContain('\n-    id    bigint NOT NULL,\n+    id    integer NOT NULL,\n');
    expect(err).toMatch(
      new RegExp(`^left  ${PACKAGE}:\\d+:\\d+ the digest is not that of the migration SQL`, 'm'),
    );
    expect(err).toContain('nothing was written');
    expect(read(root, PACKAGE)).toBe(before);
  });

  it('says where git does not know the old bytes, or is not there', async () => {
    const root = await changed();
    edit(root);
    const without = await probatum(['pin', PACKAGE], { cwd: root, env: { GIT_CEILING_DIRECTORIES: root } });
    expect(without.out).toContain('git has no version of it with the old digest');
    expect(without.code).toBe(1);
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'late');
    const late = await probatum(['pin', PACKAGE], { cwd: root });
    expect({ code: late.code, out: late.out }).toEqual({ code: 1, out: without.out });
  });

  it('writes with --write, a review too, and only the documents that are named', async () => {
    const root = await changed();
    const old = read(root, DDL);
    edit(root);
    const before = { pack: read(root, PACKAGE), review: read(root, REVIEW) };
    const review = await probatum(['pin', '--write', REVIEW], { cwd: root });
    expect(review).toMatchObject({ code: 0, err: `written  ${REVIEW}\n` });
    expect(read(root, PACKAGE)).toBe(before.pack);
    const renewed = before.review.replace('revision: r1\n  sha', 'revision: r2\n  sha');
    expect(read(root, REVIEW)).toBe(renewed.replace(sha256(old), sha256(read(root, DDL))));
    const again = await probatum(['pin', REVIEW], { cwd: root });
    expect(again).toMatchObject({ code: 0, out: '', err: 'nothing to do: the pins say what is there\n' });
    expect((await probatum(['pin', '--write', PACKAGE], { cwd: root })).code).toBe(0);
    // The digest in the package's own SQL is written by a person.
    const left = await probatum(['lint', '--format', 'json'], { cwd: root });
    const { diagnostics } = JSON.parse(left.out) as { diagnostics: { ruleId: string; file: string }[] };
    expect(diagnostics.map(({ ruleId, file }) => ({ ruleId, file }))).toEqual([
      { ruleId: 'sql-digest-matches', file: PACKAGE },
    ]);
  });

  it.each<[string, string, string]>([
    ['a document that is not there', 'knowledge/x.md', 'no such file or folder'],
    ['a folder', 'knowledge', 'knowledge is no document that is read'],
    ['a report', 'knowledge/report.md', 'knowledge/report.md is rendered from its record'],
  ])('ends with 2 at %s', async (_, path, message) => {
    const root = folder({ 'knowledge/report.md': '---\nkind: execution-report\n---\n' });
    const { code, out, err } = await probatum(['pin', path], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { copyExample, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

interface Finding {
  readonly ruleId: string;
  readonly file: string;
  readonly fix?: { readonly kind: string };
}

async function findings(root: string): Promise<Finding[]> {
  const { out } = await probatum(['lint', '--format', 'json'], { cwd: root });
  return (JSON.parse(out) as { diagnostics: Finding[] }).diagnostics;
}

const NOTE = '---\nkind: note\n---\n';

describe('probatum lint --fix', () => {
  it('writes the path of a document that was moved, and nothing else', async () => {
    const text =
      '---\r\nkind: note\r\ndocument_path: "knowledge/old.md" # moved\r\n---\r\n\r\n  Text \t\r\nwithout an end';
    const root = folder({ 'knowledge/new place.md': text });
    chmodSync(join(root, 'knowledge/new place.md'), 0o640);
    const { code, out, err } = await probatum(['lint', '--fix'], { cwd: root });
    expect(read(root, 'knowledge/new place.md')).toBe(
      text.replace('"knowledge/old.md"', 'knowledge/new place.md'),
    );
    expect(err).toBe(
      'fixed  knowledge/new place.md:3:16 write the path of the file [document-path-matches]\n',
    );
    // A blank in a path is for a person: the schema has none.
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('[front-matter-schema]') });
    expect(statSync(join(root, 'knowledge/new place.md')).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(root, 'knowledge'))).toEqual(['new place.md']);
  });

  it.each([
    ['--fix', 0],
    ['--fix=safe', 0],
    ['--fix=digests', 0],
  ])('ends with 0 where %s leaves nothing', async (option, code) => {
    const text = `${NOTE.replace('note\n', 'note\ndocument_path: knowledge/b.md\n')}`;
    const root = folder({ 'knowledge/a.md': text });
    expect((await probatum(['lint', option], { cwd: root })).code).toBe(code);
    expect(read(root, 'knowledge/a.md')).toContain('document_path: knowledge/a.md\n');
    const again = await probatum(['lint', option], { cwd: root });
    expect(again).toMatchObject({ code: 0, err: '' });
  });

  it('escapes bars in code where that makes the row whole, and guesses nothing else', async () => {
    const table = (row: string) => `${NOTE}\n| Name | Value |\n| --- | --- |\n${row}\n`;
    const rows = {
      'knowledge/code.md': ['| `a|b` | ``c`|`|d`` |', '| `a\\|b` | ``c`\\|`\\|d`` |'],
      'knowledge/text.md': ['| a | b|c |', null],
      'knowledge/unsure.md': ['| `a|b` | c | d |', null],
      'knowledge/open.md': ['| `a | b | c |', null],
      'knowledge/short.md': ['| a |', null],
      'knowledge/shorter.md': ['| `a|b|c` |', null],
    } as const;
    const files = Object.entries(rows).map(([path, [row]]) => [path, table(row)]);
    const root = folder(Object.fromEntries(files) as Record<string, string>);
    await probatum(['lint', '--fix'], { cwd: root });
    for (const [path, [before, after]] of Object.entries(rows))
      expect(read(root, path)).toBe(table(after ?? before));
    expect(new Set((await findings(root)).map(({ file }) => file))).toEqual(
      new Set(Object.keys(rows).filter((path) => path !== 'knowledge/code.md')),
    );
  });

  it('makes a header of the old form front matter where it says its kind', async () => {
    const header =
      'kind: note\ndocument_path: knowledge/a.md\nrevision: r1\ndate: 2025-03-04\nauthor: it\'s # me: "x"\nempty:';
    const root = folder({
      'knowledge/a.md': `The title\n${header}\nText.\n`,
      'knowledge/b.md': `${header.replace('a.md', 'b.md')}\n\nText.\n`,
      'knowledge/kindless.md': `${header.replace('kind: note\n', '').replace('a.md', 'moved.md')}\nText.\n`,
    });
    const before = read(root, 'knowledge/kindless.md');
    const { err } = await probatum(['lint', '--fix'], { cwd: root });
    const front = header.replace('it\'s # me: "x"', "'it''s # me: \"x\"'");
    expect(read(root, 'knowledge/a.md')).toBe(`---\n${front}\n---\n\nThe title\n\nText.\n`);
    expect(read(root, 'knowledge/b.md')).toBe(`---\n${front.replace('a.md', 'b.md')}\n---\n\nText.\n`);
    expect(read(root, 'knowledge/kindless.md')).toBe(before.replace('moved.md', 'kindless.md'));
    expect(err.match(/^fixed/gm)).toHaveLength(3);
    expect((await findings(root)).map(({ file }) => file)).toEqual(['knowledge/kindless.md']);
  });

  it('changes only the documents that are named', async () => {
    const text = '---\nkind: note\ndocument_path: knowledge/x.md\n---\n';
    const root = folder({ 'knowledge/a.md': text, 'knowledge/b.md': text });
    expect((await probatum(['lint', '--fix', 'knowledge/b.md'], { cwd: root })).code).toBe(0);
    expect(read(root, 'knowledge/a.md')).toBe(text);
    expect(read(root, 'knowledge/b.md')).not.toBe(text);
  });

  it('replaces no link, and says so', async () => {
    const text = '---\nkind: note\ndocument_path: knowledge/x.md\n---\n';
    const root = folder({ 'outside.md': text, 'knowledge/good.md': NOTE });
    symlinkSync('../outside.md', join(root, 'knowledge/link.md'));
    const { code, out, err } = await probatum(['lint', '--fix', 'knowledge/link.md'], { cwd: root });
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: 'error: cannot write knowledge/link.md: knowledge/link.md is a symbolic link\n',
    });
    expect(read(root, 'outside.md')).toBe(text);
  });
});

/** The example with its ddl document changed, so that the digests which lead to it are no longer true. */
function changedExample(): { root: string; ddl: string; pack: string; review: string } {
  const root = folder({ 'probatum.config.yaml': read(REPOSITORY, 'probatum.config.yaml') });
  copyExample(root);
  const base = 'knowledge/dev/laws/dieu44-trien-khai';
  const ddl = `${base}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
  writeFileSync(
    join(root, ddl),
    read(root, ddl)
      .replace('revision: r1', 'revision: r2')
      .replace('```sql migration\n', '```sql migration\n-- Read again.\n'),
  );
  return {
    root,
    ddl,
    pack: `${base}/v0.2-execution/dot-iu-cutter-v0.2-p0-2-production-command-review-package-2026-05-16.md`,
    review: `${base}/reviews/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`,
  };
}

describe('probatum lint --fix=digests', () => {
  it('renews what a document pins, and leaves SQL, reviews and reports to a person', async () => {
    const { root, ddl, pack } = changedExample();
    const files = (readdirSync(join(root, 'knowledge'), { recursive: true }) as string[])
      .map((name) => `knowledge/${name}`)
      .filter((name) => name.endsWith('.md'));
    const before = new Map(files.map((file) => [file, read(root, file)]));
    const { code, err } = await probatum(['lint', '--fix=digests'], { cwd: root });
    expect(code).toBe(1);
    const changed = files.filter((file) => read(root, file) !== before.get(file));
    expect(changed).toEqual([pack]);
    const text = read(root, pack);
    expect(text).toContain(`  revision: r2\n  sha256: ${sha256(read(root, ddl))}\n`);
    const fences = (one: string) => one.match(/^```sql (?:preflight|verify)\n[\s\S]*?^```$/gm);
    expect(fences(text)).toEqual(fences(before.get(pack)!));
    expect(err.match(/^left .*review.*probatum pin/gm)?.length).toBeGreaterThan(0);
    // Only the SQL's own statement of its digest is left in the package.
    const left = (await findings(root)).filter(({ file }) => file === pack);
    expect(left.map(({ ruleId, fix }) => [ruleId, fix])).toEqual(
      left.map(() => ['sql-digest-matches', undefined]),
    );
    expect(left.length).toBeGreaterThan(0);
  });

  it('follows a chain of pins to its end', async () => {
    const pin = (path: string) => `next:\n  document: ${path}\n  revision: r1\n  sha256: ${'0'.repeat(64)}\n`;
    const note = (rest: string) => `---\nkind: note\nrevision: r1\n${rest}---\n`;
    const root = folder({
      'knowledge/a.md': note(pin('knowledge/b.md')),
      'knowledge/b.md': note(pin('knowledge/c.md')),
      'knowledge/c.md': note(pin('knowledge/d.md')),
      'knowledge/d.md': note(''),
    });
    const { code, err } = await probatum(['lint', '--fix=digests'], { cwd: root });
    expect({ code, fixed: err.match(/^fixed/gm)?.length }).toEqual({ code: 0, fixed: 3 });
    expect((await probatum(['lint', '--fix=digests'], { cwd: root })).err).toBe('');
  });

  it('leaves documents that pin each other in a circle as they are, and what rests on them', async () => {
    const pin = (path: string) => `next:\n  document: ${path}\n  revision: r1\n  sha256: ${'0'.repeat(64)}\n`;
    const note = (path: string) => `---\nkind: note\nrevision: r1\n${pin(path)}---\n`;
    const files = {
      'knowledge/a.md': note('knowledge/b.md'),
      'knowledge/b.md': note('knowledge/a.md'),
      'knowledge/c.md': note('knowledge/a.md'),
      'knowledge/d.md': note('knowledge/e.md'),
      'knowledge/e.md': '---\nkind: note\nrevision: r1\n---\n',
    };
    const root = folder(files);
    const { code, err } = await probatum(['lint', '--fix=digests'], { cwd: root });
    expect({ code, fixed: err.match(/^fixed .*/gm) }).toEqual({
      code: 1,
      fixed: [expect.stringContaining('knowledge/d.md')],
    });
    for (const path of ['knowledge/a.md', 'knowledge/b.md', 'knowledge/c.md'] as const)
      expect(read(root, path)).toBe(files[path]);
  });

  it('is not done without being asked for', async () => {
    const { root, pack } = changedExample();
    const before = read(root, pack);
    const { err } = await probatum(['lint', '--fix'], { cwd: root });
    expect({ err, text: read(root, pack) }).toEqual({ err: '', text: before });
  });

  it('leaves a digest beside a document with SQL alone: which of its digests is meant?', async () => {
    const { root, ddl } = changedExample();
    const line = `Read ${ddl}: ${'0'.repeat(64)}\n`;
    writeFileSync(join(root, 'knowledge/note.md'), `${NOTE}\n${line}`);
    await probatum(['lint', '--fix=digests', 'knowledge/note.md'], { cwd: root });
    expect(read(root, 'knowledge/note.md')).toContain(line);
  });
});

describe('probatum lint --fix-dry-run', () => {
  it('shows exactly what --fix does, as a patch, and writes nothing', async () => {
    const { root, pack } = changedExample();
    const before = read(root, pack);
    const { code, out, err } = await probatum(['lint', '--fix-dry-run=digests'], { cwd: root });
    expect(code).toBe(1);
    expect(err).toMatch(/^\d+ fixes, nothing was written$/m);
    expect(read(root, pack)).toBe(before);
    expect(out).toContain(`--- a/${pack}\n+++ b/${pack}\n@@ `);
    const { execFileSync } = await import('node:child_process');
    const patched = folder({ [pack]: before });
    execFileSync('git', ['apply', '-'], { cwd: patched, input: out });
    await probatum(['lint', '--fix=digests'], { cwd: root });
    expect(read(patched, pack)).toBe(read(root, pack));
  });

  it('has nothing to show where nothing can be fixed', async () => {
    const root = folder({ 'knowledge/a.md': NOTE });
    const { code, out, err } = await probatum(['lint', '--fix-dry-run'], { cwd: root });
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '0 fixes, nothing was written\n' });
  });

  it.each([
    ['--fix-dry-run', '--fix'],
    ['--fix', '--staged'],
    ['--fix', '--stdin', '--stdin-filename', 'a.md'],
    ['--fix', '--watch'],
    ['--fix-dry-run', '--since', 'HEAD'],
  ])('of %s with %s is refused: it would not be what is shown', async (...options) => {
    const { code, err } = await probatum(['lint', ...options], { cwd: folder() });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('cannot be used with') });
  });
});

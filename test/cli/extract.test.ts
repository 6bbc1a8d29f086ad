import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyExample, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

/*
 * What is extracted is what other programs extract: grep finds the fence lines, sed prints what is between them, sha256sum
 * hashes it. Nothing here asks the tool where a fence is.
 */

const folder = temporaryFolders();
const ROLES = ['migration', 'rollback', 'fixture', 'preflight', 'verify'];

interface Piece {
  readonly name: string;
  readonly path: string;
  readonly role: string;
  /** Lines between the fence lines, of each fence of the role. */
  readonly lines: readonly (readonly [first: number, last: number])[];
}

/** Every role of every document that has executable fences, from the lines of the file. */
function pieces(root: string): Piece[] {
  const files = (readdirSync(join(root, 'knowledge'), { recursive: true }) as string[])
    .filter((path) => path.endsWith('.md'))
    .map((path) => `knowledge/${path.replaceAll('\\', '/')}`)
    .sort();
  return files.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8').split('\n');
    return ROLES.flatMap((role) => {
      const lines = text.flatMap((line, index): [number, number][] =>
        line === `\`\`\`sql ${role}` ? [[index + 2, text.indexOf('```', index + 1)]] : [],
      );
      return lines.length > 0 ? [{ name: `${role} of ${path.split('/').at(-1)}`, path, role, lines }] : [];
    });
  });
}

const PIECES = pieces(REPOSITORY);

/** A corpus of the one document that is named, so that a test waits for nothing else. */
function alone(): string {
  const root = folder({ 'probatum.config.yaml': 'corpus: [none/**/*.md]\n' });
  copyExample(root);
  return root;
}

function sed({ path, lines }: Piece, root: string): Buffer {
  return Buffer.concat(
    lines.map(([first, last]) => execFileSync('sed', ['-n', `${first},${last}p`, join(root, path)])),
  );
}

describe('probatum extract', () => {
  const root = alone();

  it('has something to extract of every role', () => {
    expect([...new Set(PIECES.map(({ role }) => role))].sort()).toEqual([...ROLES].sort());
    expect(PIECES.length).toBeGreaterThanOrEqual(11);
  });

  it.each(PIECES)('prints the bytes that sed prints: $name', async (piece) => {
    const { code, bytes, err } = await probatum(['extract', piece.path, '--role', piece.role], { cwd: root });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(bytes.equals(sed(piece, root))).toBe(true);
    expect(bytes.length).toBeGreaterThan(0);
  });

  it('prints the migration where no role is named, with the digest that the package pins', async () => {
    const piece = PIECES.find(({ path, role }) => role === 'migration' && path.includes('v0.2-p0-2-ddl'))!;
    const { bytes } = await probatum(['extract', piece.path], { cwd: root });
    const digest = execFileSync('sha256sum', { input: bytes, encoding: 'utf8' }).slice(0, 64);
    const pack = PIECES.find(({ role }) => role === 'verify')!.path;
    expect(readFileSync(join(REPOSITORY, pack), 'utf8')).toContain(`migration_sha256: ${digest}\n`);
  });

  it('joins several fences of a role in the order of the document, byte for byte', async () => {
    const sql = (text: string) => `\`\`\`sql migration\n${text}\`\`\`\n`;
    const parts = ['CREATE TABLE s.a (é text);\n', '\n  -- 数据\n', 'CREATE TABLE s.b (c text)'];
    const text = `---\nkind: ddl\n---\n\n${parts.map((part) => sql(part.endsWith('\n') ? part : `${part}\n`)).join('\nbetween\n\n')}`;
    const cwd = folder({ 'knowledge/a.sql.md': text });
    const [piece] = pieces(cwd);
    expect(piece!.lines).toHaveLength(3);
    const { code, bytes } = await probatum(['extract', 'knowledge/a.sql.md'], { cwd });
    expect(code).toBe(0);
    expect(bytes.equals(sed(piece!, cwd))).toBe(true);
    expect(bytes.toString('utf8')).toBe(`${parts.join('')}\n`);
  });

  it('writes to a file, says what it wrote, and replaces nothing unasked', async () => {
    const piece = PIECES[0]!;
    const expected = sed(piece, root);
    const run = (...more: string[]) =>
      probatum(['extract', piece.path, '--role', piece.role, '--output', 'out/sql.sql', ...more], {
        cwd: root,
      });
    const first = await run();
    expect({ code: first.code, out: first.out }).toEqual({ code: 0, out: '' });
    expect(readFileSync(join(root, 'out/sql.sql')).equals(expected)).toBe(true);
    const digest = createHash('sha256').update(expected).digest('hex');
    const lines = piece.lines.map(([from, to]) => `${from}-${to}`).join(', ');
    expect(first.err).toBe(`out/sql.sql: ${expected.length} bytes of lines ${lines}, sha256 ${digest}\n`);

    writeFileSync(join(root, 'out/sql.sql'), 'mine');
    const second = await run();
    expect(second.code).toBe(2);
    expect(second.err).toMatch(/exists already\n {2}replace it with --force\n$/);
    expect(readFileSync(join(root, 'out/sql.sql'), 'utf8')).toBe('mine');

    expect((await run('--force')).code).toBe(0);
    expect(readFileSync(join(root, 'out/sql.sql')).equals(expected)).toBe(true);
  });

  it('does not write below a file', async () => {
    const cwd = folder({ 'knowledge/a.sql.md': '```sql migration\nSELECT 1;\n```\n', file: 'x' });
    const { code, err } = await probatum(['extract', 'knowledge/a.sql.md', '--output', 'file/sql'], { cwd });
    expect(code).toBe(2);
    expect(err).toMatch(/^error: cannot write .*file.sql \((?:ENOTDIR|EEXIST)\)\n$|exists already/);
    expect(statSync(join(cwd, 'file')).isFile()).toBe(true);
  });

  it.each([
    ['has no SQL', '---\nkind: note\n---\n\nText.\n', []],
    ['has a fence in a list', '- item\n\n  ```sql migration\n  SELECT 1;\n  ```\n', []],
    ['has a fence that is not closed', '```sql migration\nSELECT 1;\n', []],
    ['has a fence without a role', '```sql\nSELECT 1;\n```\n', []],
    ['has another role', '```sql rollback\nSELECT 1;\n```\n', []],
    ['has no such role', '```sql migration\nSELECT 1;\n```\n', ['--role', 'verify']],
  ])('ends with 2 and help where a document %s', async (_, text, more) => {
    const cwd = folder({ 'knowledge/a.sql.md': text });
    const { code, out, err } = await probatum(
      ['extract', 'knowledge/a.sql.md', '--output', 'x.sql', ...more],
      { cwd },
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`knowledge/a.sql.md has no "sql ${more[1] ?? 'migration'}" fence`);
    expect(err).toContain('a fence that runs starts at column 0 of the document');
    expect(existsSync(join(cwd, 'x.sql'))).toBe(false);
  });

  it.each([
    ['a document that is not there', ['extract', 'none.md'], 'no such file or folder: none.md'],
    ['no document', ['extract'], "missing required argument 'document'"],
    ['a role that does not exist', ['extract', 'a.md', '--role', 'undo'], 'Allowed choices are migration'],
    ['a folder', ['extract', 'knowledge'], 'knowledge has no "sql migration" fence'],
  ])('ends with 2 at %s', async (_, args, message) => {
    const cwd = folder({ 'knowledge/a.md': 'Text.\n' });
    const { code, out, err } = await probatum(args, { cwd });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

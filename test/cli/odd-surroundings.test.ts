import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CLI, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

const execute = promisify(execFile);
const folder = temporaryFolders();
const NOTE = '---\nkind: note\n---\n';

describe('probatum in odd surroundings', () => {
  it.skipIf(!existsSync('/dev/full'))('does not call a result written that was not', async () => {
    const command = `"${process.execPath}" "${CLI}" lint --format json > /dev/full`;
    const failure = await execute('sh', ['-c', command], { cwd: REPOSITORY }).catch((error) => error);
    expect(failure).toMatchObject({ code: 2 });
    expect(failure.stderr).toContain('the result could not be written (ENOSPC)');
  });

  it('takes a reader that has seen enough for no fault', async () => {
    const command = `"${process.execPath}" "${CLI}" explain | head -1`;
    const { stdout, stderr } = await execute('sh', ['-c', command], { cwd: REPOSITORY });
    expect(stdout).toMatch(/^encoding /);
    expect(stderr).toBe('');
  });

  it.each(['.probatum', 'node_modules'])('keeps nothing where a file stands in place of %s', async (name) => {
    const root = folder({ 'knowledge/a.md': NOTE, [name]: 'a file\n' });
    for (let time = 0; time < 2; time++)
      expect(await probatum(['lint'], { cwd: root })).toMatchObject({
        code: 0,
        out: '1 document, no findings\n',
      });
    expect(readFileSync(join(root, name), 'utf8')).toBe('a file\n');
  });

  it('reads a file whose name is in another Unicode form, and refuses two of one name', async () => {
    const root = folder({ 'knowledge/re\u0301view.md': NOTE });
    expect((await probatum(['lint'], { cwd: root })).out).toBe('1 document, no findings\n');
    writeFileSync(join(root, 'knowledge/r\u00e9view.md'), NOTE);
    const { code, err } = await probatum(['lint'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain('in different Unicode forms');
  });

  it('says of every link in place of a document or folder that nobody follows it', async () => {
    const root = folder({
      'knowledge/a.md': NOTE,
      'elsewhere/b.md': NOTE,
      'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n',
    });
    symlinkSync('../elsewhere', join(root, 'knowledge/folder'));
    symlinkSync('a.md', join(root, 'knowledge/link.md'));
    symlinkSync('../elsewhere/none.txt', join(root, 'knowledge/other.txt'));
    for (let time = 0; time < 2; time++) {
      const { code, out } = await probatum(['lint', '--format', 'json'], { cwd: root });
      const found = (JSON.parse(out) as { diagnostics: { file: string; ruleId: string; severity: string }[] })
        .diagnostics;
      expect(code).toBe(0);
      expect(found.map(({ file, ruleId, severity }) => [file, ruleId, severity])).toEqual([
        ['knowledge/folder', 'readable', 'warning'],
        ['knowledge/link.md', 'readable', 'warning'],
      ]);
    }
    writeFileSync(
      join(root, 'probatum.config.yaml'),
      'corpus: [knowledge/**/*.md]\nignore: [knowledge/folder, knowledge/link.md]\n',
    );
    expect((await probatum(['lint'], { cwd: root })).out).toBe('1 document, no findings\n');
  });

  it('refuses globs that lead out of the root', async () => {
    for (const glob of ['../**/*.md', '/tmp/*.md', 'a/../../b.md', '!knowledge/x.md', 'a\\0b/*.md']) {
      const root = folder({ 'probatum.config.yaml': `corpus: ["${glob}"]\n`, 'knowledge/a.md': NOTE });
      const { code, err } = await probatum(['lint'], { cwd: root });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('is not valid') });
    }
  });

  it('reads a document whose name starts with two dots', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, '..draft.md': NOTE });
    expect((await probatum(['lint', '..draft.md'], { cwd: root })).out).toBe('1 document, no findings\n');
  });

  it('keeps nothing where a link of the corpus stands in place of the cache', async () => {
    for (const [path, target] of [
      ['.probatum/cache', '../target'],
      ['.probatum', 'target'],
      ['node_modules/.cache', '../target'],
      ['node_modules/.cache/probatum', '../../target'],
    ] as const) {
      const root = folder({ 'knowledge/a.md': NOTE, 'target/index': 'theirs' });
      mkdirSync(join(root, dirname(path)), { recursive: true });
      symlinkSync(target, join(root, path));
      expect((await probatum(['lint'], { cwd: root })).out).toBe('1 document, no findings\n');
      expect(readdirSync(join(root, 'target'))).toEqual(['index']);
      expect(readFileSync(join(root, 'target/index'), 'utf8')).toBe('theirs');
    }
  });

  it('neither reads a corpus nor begins a document through a folder that is a link', async () => {
    const outside = folder({ 'a.md': NOTE });
    const root = folder({ 'docs/b.md': NOTE, 'probatum.config.yaml': 'corpus: [docs/**/*.md]\n' });
    symlinkSync(outside, join(root, 'docs/linked'));
    const begun = await probatum(['new', 'note', '--change', 'c', '--path', 'docs/linked/c.md'], {
      cwd: root,
    });
    expect(begun).toMatchObject({ code: 2 });
    expect(begun.err).toContain('docs/linked is a symbolic link');
    expect(readdirSync(outside)).toEqual(['a.md']);
    writeFileSync(join(root, 'probatum.config.yaml'), 'corpus: [docs/linked/*.md, docs/b.md]\n');
    const linted = await probatum(['lint'], { cwd: root });
    expect(linted).toMatchObject({ code: 2 });
    expect(linted.err).toContain('docs/linked is a symbolic link');
  });

  it('says that a configuration cannot be read', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, 'probatum.config.yaml/x': '' });
    const { code, err } = await probatum(['lint'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toBe(`error: cannot read ${join(root, 'probatum.config.yaml')}: it is no plain file\n`);
  });

  const SIGNED = 'signatures:\n  allowed_signers: signers\n  roles: {}\n  required: {}\n';
  it.each([
    ['probatum.config.yaml', 'status', ''],
    ['probatum.lock', 'verify', ''],
    ['probatum.lock', 'lock', ''],
    ['signers', 'status', SIGNED],
    ['signers', 'verify', SIGNED],
    ['decision.json', 'lint', 'customKinds:\n  decision: {schema: decision.json}\n'],
    ['rules.mjs', 'lint', 'plugins: [./rules.mjs]\n'],
  ])('does not wait for a device or a pipe in place of %s (%s)', async (name, command, config) => {
    for (const make of [
      (path: string) => symlinkSync('/dev/zero', path),
      (path: string) => execute('mkfifo', [path]),
    ]) {
      const root = folder({ 'knowledge/a.md': NOTE });
      if (config !== '') writeFileSync(join(root, 'probatum.config.yaml'), config);
      await make(join(root, name));
      const { code, err } = await probatum([command], { cwd: root });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/no plain file|leads out of/) });
    }
  });

  it('leaves nothing behind where no document is, and says how a first one is made', async () => {
    const root = folder();
    for (const command of ['lint', 'status', 'verify']) {
      const { code, err } = await probatum([command], { cwd: root });
      expect(code).toBe(2);
      expect(err).toContain('a first one is written by: probatum init --write');
    }
    expect(readdirSync(root)).toEqual([]);
  });

  it('does not wait for a pipe that is named as a document', async () => {
    const root = folder({ 'knowledge/a.md': NOTE });
    await execute('mkfifo', [join(root, 'knowledge/pipe.md')]);
    const { code, err } = await probatum(['lint', 'knowledge/pipe.md'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain('knowledge/pipe.md is no plain file');
  });

  it('does not call a folder clean that has no document, beside one that has', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, 'docs/b.md': 'no document' });
    const { code, err } = await probatum(['lint', 'knowledge', 'docs'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain('no document was found in docs/');
  });
});

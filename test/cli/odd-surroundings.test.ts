import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

  it('reads a file whose name is in another Unicode form, and refuses two of one name', async () => {
    const root = folder({ 'knowledge/re\u0301view.md': NOTE });
    expect((await probatum(['lint'], { cwd: root })).out).toBe('1 document, no findings\n');
    writeFileSync(join(root, 'knowledge/r\u00e9view.md'), NOTE);
    const { code, err } = await probatum(['lint'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain('in different Unicode forms');
  });

  it('refuses globs that lead out of the root', async () => {
    for (const glob of ['../**/*.md', '/tmp/*.md', 'a/../../b.md', '!knowledge/x.md']) {
      const root = folder({ 'probatum.config.yaml': `corpus: ["${glob}"]\n`, 'knowledge/a.md': NOTE });
      expect((await probatum(['lint'], { cwd: root })).code).toBe(2);
    }
  });

  it('reads a document whose name starts with two dots', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, '..draft.md': NOTE });
    expect((await probatum(['lint', '..draft.md'], { cwd: root })).out).toBe('1 document, no findings\n');
  });
});

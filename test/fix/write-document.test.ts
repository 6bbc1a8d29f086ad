import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDocument } from '../../src/fix/write-document.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'probatum-fix-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a document that is written back', () => {
  it('replaces what was read', async () => {
    writeFileSync(join(root, 'a.md'), 'before');
    await writeDocument(root, 'a.md', Buffer.from('before'), Buffer.from('after'));
    expect(readFileSync(join(root, 'a.md'), 'utf8')).toBe('after');
  });

  it('never replaces what somebody else wrote in the meantime', async () => {
    writeFileSync(join(root, 'a.md'), 'theirs');
    await expect(
      writeDocument(root, 'a.md', Buffer.from('before'), Buffer.from('after')),
    ).rejects.toMatchObject({ code: 'cannot-write', message: 'a.md was changed while it was read' });
    expect(readFileSync(join(root, 'a.md'), 'utf8')).toBe('theirs');
    expect(readdirSync(root)).toEqual(['a.md']);
  });

  it('says which one is gone', async () => {
    await expect(writeDocument(root, 'b.md', Buffer.from(''), Buffer.from('x'))).rejects.toMatchObject({
      code: 'cannot-write',
      message: 'cannot write b.md (ENOENT)',
    });
  });

  it('never writes through a folder that is a link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'probatum-fix-'));
    try {
      writeFileSync(join(outside, 'a.md'), 'before');
      symlinkSync(outside, join(root, 'linked'));
      await expect(
        writeDocument(root, 'linked/a.md', Buffer.from('before'), Buffer.from('after')),
      ).rejects.toMatchObject({
        code: 'cannot-write',
        message: 'cannot write linked/a.md: linked is a symbolic link',
      });
      expect(readFileSync(join(outside, 'a.md'), 'utf8')).toBe('before');
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});

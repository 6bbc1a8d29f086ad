import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { writeAtomically } from '../../src/target/atomic-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-atomic-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('writes all chunks and tells size and digest', async () => {
  const file = join(folder, 'a');
  expect(await writeAtomically(file, chunks('one', '', 'two'))).toEqual({
    size: 6,
    sha256: sha256('onetwo'),
  });
  expect(readFileSync(file, 'utf8')).toBe('onetwo');
});

test('leaves nothing when the source fails or is not approved', async () => {
  const file = join(folder, 'b');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new Error('broke off');
  }
  await expect(writeAtomically(file, failing())).rejects.toThrow('broke off');
  const refuse = () => Promise.reject(new Error('not complete'));
  await expect(writeAtomically(file, chunks('x'), refuse)).rejects.toThrow('not complete');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a disk that refuses what is sent to it while more comes leaves nothing, though it takes the rest', async () => {
  const some = await open(join(folder, 'a'), 'r');
  const handles = Object.getPrototypeOf(some) as FileHandle;
  await some.close();
  const refused = vi
    .spyOn(handles, 'datasync')
    .mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
  const piece = 'x'.repeat(1024 * 1024);
  try {
    const written = writeAtomically(join(folder, 'b'), chunks(...Array<string>(40).fill(piece)));
    await expect(written).rejects.toThrow('EIO');
    expect(refused).toHaveBeenCalledTimes(1);
  } finally {
    refused.mockRestore();
  }
  expect(readdirSync(folder)).toEqual(['a']);
});

test('what is sent to the disk on its way is whole and has its digest', async () => {
  const file = join(folder, 'large');
  const pieces = Array.from({ length: 40 }, (_, number) => String(number % 10).repeat(1024 * 1024));
  const { sha256: digest, size } = await writeAtomically(file, chunks(...pieces));
  expect({ digest, size }).toEqual({ digest: sha256(pieces.join('')), size: 40 * 1024 * 1024 });
  expect(sha256(readFileSync(file))).toBe(digest);
  rmSync(file);
});

test('refuses a file that is there, and a partial one of another writer', async () => {
  await expect(writeAtomically(join(folder, 'a'), chunks('new'))).rejects.toMatchObject({
    code: 'cannot-write',
  });
  writeFileSync(join(folder, 'c.partial'), 'theirs');
  await expect(writeAtomically(join(folder, 'c'), chunks('new'))).rejects.toMatchObject({
    code: 'cannot-write',
  });
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('onetwo');
  expect(readFileSync(join(folder, 'c.partial'), 'utf8')).toBe('theirs');
});

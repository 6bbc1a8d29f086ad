import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

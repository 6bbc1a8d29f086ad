import { expect, test } from 'vitest';
import { ArchiveReader } from '../../src/target/archive-reader.js';

/** A program in the place of `pg_restore`. */
const reader = (script: string) =>
  new ArchiveReader({
    tool: { command: ['sh', '-c', script], version: '' },
    env: { PATH: process.env.PATH ?? '' },
    password: null,
    timeoutMs: 60_000,
  });

const CHUNK = Buffer.alloc(8 * 1024 * 1024);

test('a reader that keeps up has read all', async () => {
  const one = reader('cat >/dev/null');
  one.give(CHUNK);
  expect(await one.finish()).toBe(true);
});

test('one that is too slow is given up, and whoever writes never waits for it', async () => {
  const one = reader('exec sleep 60');
  for (let given = 0; given < 10; given++) one.give(CHUNK);
  expect(await one.finish()).toBe(false);
});

test('one that is abandoned ends', async () => {
  const one = reader('exec sleep 60');
  one.give(CHUNK);
  await one.abandon();
  await expect(one.finish()).rejects.toThrow('SIGTERM');
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { customFormat } from '../../src/target/postgres-backup.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what a program has printed before the file is open is in the backup', async () => {
  const program = join(folder, 'pg_dump');
  writeFileSync(program, '#!/bin/sh\nprintf archive\n');
  chmodSync(program, 0o755);
  const run = { tool: { command: [program], version: 'test' }, env: {}, password: null, timeoutMs: 60_000 };
  const format = customFormat({ dump: async () => run, restore: async () => run });
  const file = join(folder, 'backup.dump');
  const written = format.write(file, null, () => {});
  // The program is started; this process is busy until it has ended.
  await Promise.resolve().then(() => Promise.resolve());
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect((await written).size).toBe('archive'.length);
  expect(readFileSync(file, 'utf8')).toBe('archive');
});

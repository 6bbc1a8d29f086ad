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

function formatOf(script: string) {
  const program = join(folder, 'pg_dump');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const run = { tool: { command: [program], version: 'test' }, env: {}, password: null, timeoutMs: 60_000 };
  return customFormat({ dump: async () => run, restore: async () => run });
}

test('what a program has printed before the file is open is in the backup', async () => {
  const format = formatOf('printf archive');
  const file = join(folder, 'backup.dump');
  const written = format.write(file, null, () => {});
  // The program is started; this process is busy until it has ended.
  await Promise.resolve().then(() => Promise.resolve());
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect((await written).size).toBe('archive'.length);
  expect(readFileSync(file, 'utf8')).toBe('archive');
});

test('a first byte is told before there is more, and what comes in many pieces is in the backup in order', async () => {
  const more = join(folder, 'more');
  const lines = Array.from({ length: 70_000 }, (_, line) => `line ${line}\n`).join('');
  writeFileSync(join(folder, 'lines'), lines);
  // The first byte of a dump; the rest only once somebody has seen it. As pg_restore it reads all that it is given.
  const dump = `printf '>'; until [ -e '${more}' ]; do sleep 0.01; done; dd bs=100 if='${join(folder, 'lines')}' 2>/dev/null`;
  const format = formatOf(`case "$*" in *--format=custom*) ${dump};; *) cat >/dev/null;; esac`);
  const file = join(folder, 'backup.dump');
  const { size } = await format.write(file, null, () => writeFileSync(more, ''));
  expect(readFileSync(file, 'utf8')).toBe(`>${lines}`);
  expect(size).toBe(lines.length + 1);
});

import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashFile } from '../base/hash-file.js';
import { syncFolder, writeAtomically } from './atomic-file.js';
import type { BackupProvider, BackupTools } from './backup-provider.js';
import type { Backup, BackupReading } from './engine.js';
import { countEntries, dumpFailure, dumpOptions, restoreOptions } from './postgres-backup.js';
import { outcome, output, start, type ToolRun } from './tool-run.js';

const EXTENSION = '.manifest';

/**
 * `pg_dump`'s directory format, written by several processes. The backup's digest is that of its manifest: a line
 * `sha256  name` for each file, sorted, as `sha256sum --check` reads it.
 */
export function directoryFormat(tools: BackupTools, jobs: string): BackupProvider {
  return {
    extension: EXTENSION,
    limitations: [],
    write: async (file, snapshot) => write(await tools.dump(), jobs, file, snapshot),
    digest,
    read: async (file) => read(await tools.restore(), file),
    async restore(file, into) {
      await output(into, [...restoreOptions(into), `--jobs=${jobs}`, folderOf(file)]);
    },
  };
}

function folderOf(file: string): string {
  return file.slice(0, -EXTENSION.length);
}

async function write(run: ToolRun, jobs: string, file: string, snapshot: string | null): Promise<Backup> {
  const folder = folderOf(file);
  const partial = `${folder}.partial`;
  try {
    const options = ['--format=directory', `--jobs=${jobs}`, `--file=${partial}`, ...dumpOptions(snapshot)];
    await output(run, options);
    const { text, files, bytes } = await manifestOf(partial, true);
    await syncFolder(partial);
    await rename(partial, folder);
    await syncFolder(dirname(folder));
    const { size, sha256 } = await writeAtomically(file, once(text));
    const producer = `pg_dump directory, ${jobs} jobs, ${files} files of ${bytes} bytes (${run.tool.version})`;
    return { size, sha256, producer };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw dumpFailure(error);
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** @throws Error that names the first file which is not as the manifest has it */
async function digest(file: string): Promise<string> {
  const stored = await readFile(file, 'utf8');
  const { text } = await manifestOf(folderOf(file), false);
  if (stored !== text) {
    const then = stored.split('\n');
    const now = text.split('\n');
    const line = now.find((one) => !then.includes(one)) ?? then.find((one) => !now.includes(one)) ?? '';
    throw new Error(`the backup is not what its manifest says: ${line.slice(66)}`);
  }
  return createHash('sha256').update(text).digest('hex');
}

async function manifestOf(folder: string, sync: boolean) {
  const entries = await readdir(folder, { withFileTypes: true });
  const lines: string[] = [];
  let bytes = 0;
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    if (sync) await syncFile(path);
    lines.push(`${await hashFile(path)}  ${name}\n`);
    bytes += (await stat(path)).size;
  }
  return { text: lines.join(''), files: lines.length, bytes };
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.sync().finally(() => handle.close());
}

async function read(run: ToolRun, file: string): Promise<BackupReading> {
  const folder = folderOf(file);
  const list = await output(run, ['--list', folder]);
  await outcome(run, start(run, ['--file=-', folder], 'ignore', 'ignore'));
  return { entries: countEntries(list), method: `read in full by ${run.tool.version}` };
}

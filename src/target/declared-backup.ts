import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { sha256 } from '../base/digest.js';
import { hashFile } from '../base/hash-file.js';
import { writeAtomically } from './atomic-file.js';
import type { BackupProvider } from './backup-provider.js';
import type { Backup } from './engine.js';
import { output, type ToolRun } from './tool-run.js';

/** A file of the backup that can be read here. */
interface NamedFile {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** What the command of a site prints of a backup that it took. */
interface Manifest {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly taken_at: string;
  readonly entries: number;
  /** The backup's files, where it is on this machine. */
  readonly files?: readonly NamedFile[];
}

/**
 * Backups that a command of the site takes, for example by pgBackRest, and prints a manifest of. The manifest is kept, and
 * files that it names are hashed whenever the backup is; where it names none, that the backup exists is declared by the
 * command and proved by nothing. That it is whole and can be restored is declared always.
 */
export function declaredByCommand(run: ToolRun): BackupProvider {
  const program = basename(run.tool.command[0] ?? '');
  return {
    extension: '.manifest.json',
    limitations: [
      `The backup is declared by the command ${program}: probatum has not read it. Its size and digest are those of files that were hashed only where the manifest names files; its entries are declared.`,
    ],
    write: (file, snapshot) => write(run, program, file, snapshot),
    async digest(file) {
      await checkFiles(await stored(file, program), program);
      return hashFile(file);
    },
    async read(file) {
      const { entries, files } = await stored(file, program);
      const hashed = files
        ? `${files.length} ${files.length === 1 ? 'file' : 'files'} of it hashed`
        : 'size and digest too';
      return { entries, method: `declared by the command ${program}, not read by probatum; ${hashed}` };
    },
    async restore() {
      throw new Error(`a backup that is declared by the command ${program} cannot be restored from here`);
    },
  };
}

async function stored(file: string, program: string): Promise<Manifest> {
  return parseManifest(await readFile(file, 'utf8'), program);
}

/** Named files are there, whole, and what the manifest says of all of them. @throws Error */
async function checkFiles({ files, size, sha256: declared }: Manifest, program: string): Promise<void> {
  if (files === undefined) return;
  const wrong = (what: string) => new Error(`the manifest of the command ${program} is not true: ${what}`);
  for (const { path, size: bytes, sha256: digest } of files) {
    const name = basename(path);
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw wrong(`${name} cannot be read (${error.code})`);
    });
    if (!found.isFile()) throw wrong(`${name} is no file`);
    if (found.size !== bytes) throw wrong(`${name} has ${found.size} bytes, declared are ${bytes}`);
    if ((await hashFile(path)) !== digest) throw wrong(`${name} does not have the declared sha256`);
  }
  const total = files.reduce((sum, one) => sum + one.size, 0);
  if (total !== size) throw wrong(`its files have ${total} bytes, declared are ${size}`);
  const [first, ...more] = files;
  const lines = files.map((one) => `${one.sha256}  ${one.path}\n`).join('');
  const whole = more.length === 0 ? first!.sha256 : sha256(Buffer.from(lines));
  if (whole !== declared) throw wrong('its sha256 is not that of its files');
}

async function write(run: ToolRun, program: string, file: string, snapshot: string | null): Promise<Backup> {
  const env = snapshot === null ? run.env : { ...run.env, PROBATUM_SNAPSHOT: snapshot };
  const text = await output({ ...run, env }, []);
  const manifest = parseManifest(text, program);
  await checkFiles(manifest, program);
  const written = await writeAtomically(file, once(text));
  const { id, size, taken_at } = manifest;
  const said = `backup ${id} of ${size} bytes, sha256 ${manifest.sha256}, taken ${taken_at}`;
  return { ...written, producer: `declared by the command ${program}: ${said}`, takenAt: taken_at };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const FORMS: Readonly<Record<keyof Required<Manifest>, (value: unknown) => boolean>> = {
  id: (value) => typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value),
  size: isCount,
  sha256: isDigest,
  taken_at: (value) => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value)),
  entries: isCount,
  files: (value) =>
    value === undefined ||
    (Array.isArray(value) && value.length > 0 && value.length <= MOST_FILES && value.every(isNamedFile)),
};

const MOST_FILES = 1_000;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isNamedFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { path, size, sha256: digest } = value as Record<string, unknown>;
  const isPath = typeof path === 'string' && isAbsolute(path) && /^\P{Cc}+$/u.test(path);
  return isPath && isCount(size) && isDigest(digest);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** @throws Error that names the key which is missing, unknown or of another form */
function parseManifest(text: string, program: string): Manifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Error(`the command ${program} printed no JSON`);
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    throw new Error(`the command ${program} printed no manifest`);
  const unknown = Object.keys(manifest).find((key) => !Object.hasOwn(FORMS, key));
  if (unknown !== undefined)
    throw new Error(`the manifest of the command ${program} has an unknown key ${JSON.stringify(unknown)}`);
  for (const [key, fits] of Object.entries(FORMS))
    if (!fits((manifest as Record<string, unknown>)[key]))
      throw new Error(`the manifest of the command ${program} has no valid ${key}`);
  return manifest as Manifest;
}

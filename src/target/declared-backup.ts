import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hashFile } from '../base/hash-file.js';
import { writeAtomically } from './atomic-file.js';
import type { BackupProvider } from './backup-provider.js';
import type { Backup } from './engine.js';
import { output, type ToolRun } from './tool-run.js';

/** What the command of a site prints of a backup that it took; nothing of it was seen here. */
interface Manifest {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly taken_at: string;
  readonly entries: number;
}

/**
 * Backups that a command of the site takes, for example by pgBackRest, and prints a manifest of. The manifest is kept;
 * that the backup exists, is whole and can be restored, is declared by the command and proved by nothing.
 */
export function declaredByCommand(run: ToolRun): BackupProvider {
  const program = basename(run.tool.command[0] ?? '');
  return {
    extension: '.manifest.json',
    limitations: [
      `The backup is declared by the command ${program}: probatum has neither hashed nor read it, only the manifest that the command printed.`,
    ],
    write: (file, snapshot) => write(run, program, file, snapshot),
    digest: hashFile,
    async read(file) {
      const { entries } = parseManifest(await readFile(file, 'utf8'), program);
      return { entries, method: `declared by the command ${program}, not read by probatum` };
    },
    async restore() {
      throw new Error(`a backup that is declared by the command ${program} cannot be restored from here`);
    },
  };
}

async function write(run: ToolRun, program: string, file: string, snapshot: string | null): Promise<Backup> {
  const env = snapshot === null ? run.env : { ...run.env, PROBATUM_SNAPSHOT: snapshot };
  const text = await output({ ...run, env }, []);
  const manifest = parseManifest(text, program);
  const written = await writeAtomically(file, once(text));
  const { id, size, sha256, taken_at } = manifest;
  const said = `backup ${id} of ${size} bytes, sha256 ${sha256}, taken ${taken_at}`;
  return { ...written, producer: `declared by the command ${program}: ${said}`, takenAt: taken_at };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const FORMS: Readonly<Record<keyof Manifest, (value: unknown) => boolean>> = {
  id: (value) => typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value),
  size: isCount,
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  taken_at: (value) => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value)),
  entries: isCount,
};

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;

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

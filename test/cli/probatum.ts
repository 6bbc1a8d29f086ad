import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** The repository's root, which is the root of the example corpus too. */
export const REPOSITORY = join(import.meta.dirname, '../..');

/** The built command line. */
export const CLI = join(REPOSITORY, 'dist/cli.js');

/** How a process ended, with the exact bytes that it wrote. */
export interface Result {
  readonly code: number;
  readonly bytes: Buffer;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Milliseconds for which nobody reads the output. */
  readonly slow?: number;
  /** Standard input; empty without. */
  readonly input?: string | Uint8Array;
}

/** Runs the built command line in a process of its own, with an environment that has nothing but a search path. */
export function probatum(args: readonly string[], options: Options = {}): Promise<Result> {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run "npm run build"');
  const { cwd = REPOSITORY, env = {}, node = [], slow = 0, input = '' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, CLI, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    if (slow > 0) {
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), slow);
    }
    child.once('error', reject);
    child.once('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({
        code: code ?? -1,
        bytes,
        out: bytes.toString('utf8'),
        err: Buffer.concat(err).toString('utf8'),
      });
    });
  });
}

/** A terminal's control sequences. */
export const COLOUR = /\u001b\[/;

/** Makes temporary folders that are gone after the tests of the file. */
export function temporaryFolders(): (files?: { readonly [path: string]: string }) => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return (files = {}) => {
    const folder = mkdtempSync(join(tmpdir(), 'probatum-cli-'));
    made.push(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  };
}

/** Copies the example corpus below a folder. */
export function copyExample(folder: string): void {
  cpSync(join(REPOSITORY, 'knowledge'), join(folder, 'knowledge'), { recursive: true });
}

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';

/** Environment variables of the process, and the folder in which it was started. */
export interface Surroundings {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What a git command answered. */
interface Answer {
  readonly code: number;
  readonly bytes: Buffer;
  readonly error: string;
}

/** The git repository around a folder, asked by git itself. Paths are relative to that folder. */
export class Git {
  private readonly environment: NodeJS.ProcessEnv;

  private constructor(
    private readonly folder: string,
    { cwd, variables }: Surroundings,
  ) {
    const { GIT_DIR, GIT_WORK_TREE } = variables;
    this.environment = {
      ...variables,
      // Reading never writes the index.
      GIT_OPTIONAL_LOCKS: '0',
      // What a commit is named by is what it has: a clone may hold other objects in place of its own.
      GIT_NO_REPLACE_OBJECTS: '1',
      // Messages are read below.
      LC_ALL: 'C',
      // A hook is told of its repository relative to where it runs, and git is not run there.
      ...(GIT_DIR
        ? { GIT_DIR: resolve(cwd, GIT_DIR), GIT_WORK_TREE: resolve(cwd, GIT_WORK_TREE ?? '.') }
        : {}),
    };
  }

  /** @throws UsageError where the folder is in no work tree, or git is not there */
  static async open(folder: string, surroundings: Surroundings): Promise<Git> {
    const git = new Git(folder, surroundings);
    const { code, bytes, error } = await git.answer(['rev-parse', '--is-inside-work-tree']);
    if (code === 0 && bytes.toString().trim() === 'true') return git;
    const said = error.includes('not a git repository')
      ? []
      : [firstLine(error)].filter((line) => line !== '');
    throw new UsageError('bad-argument', [`${folder} is in no git work tree`, ...said].join(': '));
  }

  /** Output of a command. @throws UsageError where it fails */
  async run(args: readonly string[], input?: string): Promise<Buffer> {
    const { code, bytes, error } = await this.answer(args, input);
    if (code === 0) return bytes;
    throw new UsageError('cannot-read', `git ${args[0]} failed: ${firstLine(error)}`);
  }

  /** Fields of an output that ends each with NUL. */
  async fields(args: readonly string[], input?: string): Promise<string[]> {
    return (await this.run(args, input)).toString('utf8').split('\0').slice(0, -1);
  }

  /**
   * Id of the commit that a revision names; null where it names none.
   * @throws UsageError where several refs have the name: whoever may push a tag could otherwise say what a branch is
   */
  async commit(revision: string): Promise<string | null> {
    // What starts with a dash would be an option; no revision does.
    if (revision === '' || revision.startsWith('-')) return null;
    const check = ['-c', 'core.warnAmbiguousRefs=true', 'rev-parse', '--verify', `${revision}^{commit}`];
    const { code, bytes, error } = await this.answer(check);
    if (code !== 0) return null;
    // HEAD is always its own.
    if (revision !== 'HEAD' && /refname .* is ambiguous/.test(error)) {
      const help = 'write which is meant in full: refs/heads/…, refs/remotes/… or refs/tags/…';
      throw new UsageError('bad-argument', `several branches or tags are called "${revision}"`, help);
    }
    return bytes.toString().trim();
  }

  /** The best common ancestor of two commits; null where they have none. */
  async mergeBase(one: string, other: string): Promise<string | null> {
    const { code, bytes } = await this.answer(['merge-base', one, other]);
    return code === 0 ? bytes.toString().trim() : null;
  }

  /** Contents of blobs, in the order of their ids. */
  async blobs(ids: readonly string[]): Promise<Uint8Array[]> {
    if (ids.length === 0) return [];
    const bytes = await this.run(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
    let at = 0;
    return ids.map((id) => {
      const end = bytes.indexOf(10, at);
      const size = blobSize(id, bytes.toString('latin1', at, end));
      at = end + 1 + size + 1;
      return bytes.subarray(end + 1, end + 1 + size);
    });
  }

  /** Sizes of blobs in bytes, in the order of their ids. */
  async sizes(ids: readonly string[]): Promise<number[]> {
    if (ids.length === 0) return [];
    const bytes = await this.run(['cat-file', '--batch-check'], ids.map((id) => `${id}\n`).join(''));
    const lines = bytes.toString('latin1').split('\n');
    return ids.map((id, at) => blobSize(id, lines[at] ?? ''));
  }

  private answer(args: readonly string[], input = ''): Promise<Answer> {
    return new Promise((done, fail) => {
      // Unlike its plumbing, `git diff` then looks into files of which only the times have changed.
      const child = spawn('git', ['-c', 'diff.autoRefreshIndex=true', ...args], {
        cwd: this.folder,
        env: this.environment,
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.once('error', (error: NodeJS.ErrnoException) =>
        fail(new UsageError('missing-tool', `git could not be started (${error.code})`, 'install git')),
      );
      child.once('close', (code) =>
        done({ code: code ?? -1, bytes: Buffer.concat(out), error: Buffer.concat(err).toString('utf8') }),
      );
      // A command that fails reads nothing; its exit code says so.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }
}

/** Size in an answer of `cat-file`: `ID blob SIZE`. */
function blobSize(id: string, header: string): number {
  const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
  if (size === undefined) throw new UsageError('cannot-read', `git has no blob ${id}`);
  return Number(size);
}

function firstLine(text: string): string {
  return text
    .trim()
    .split('\n', 1)[0]!
    .replace(/^(?:fatal|error): /, '');
}

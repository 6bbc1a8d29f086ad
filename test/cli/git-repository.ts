import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Options, probatum } from './probatum.js';

/** What one lint showed. */
export interface Linted {
  readonly code: number;
  readonly err: string;
  /** `FILE RULE` of each finding. */
  readonly found: readonly string[];
  readonly documents: number | undefined;
}

/** A git repository of a test, independent of the machine's own configuration. */
export class Repository {
  constructor(readonly folder: string) {
    this.git('init', '--quiet', '--initial-branch=main');
    for (const [key, value] of [
      ['user.name', 'Test'],
      ['user.email', 'test@example.org'],
      ['core.autocrlf', 'false'],
      ['commit.gpgsign', 'false'],
    ] as const)
      this.git('config', key, value);
  }

  git(...args: readonly string[]): string {
    const env = { PATH: process.env.PATH, HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1' };
    return execFileSync('git', args, {
      cwd: this.folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  write(files: { readonly [path: string]: string | null }): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file, { recursive: true });
      else writeFileSync(file, text);
    }
  }

  move(from: string, to: string): void {
    renameSync(join(this.folder, from), join(this.folder, to));
  }

  commit(files: { readonly [path: string]: string | null } = {}): void {
    this.write(files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'change');
  }

  /** Runs `lint` with JSON as output. */
  async lint(args: readonly string[], options: Options = {}): Promise<Linted> {
    const { code, out, err } = await probatum(['lint', '--format', 'json', ...args], {
      cwd: this.folder,
      ...options,
    });
    const data = out === '' ? null : (JSON.parse(out) as Report);
    const found = data?.diagnostics.map(({ file, ruleId }) => `${file} ${ruleId}`) ?? [];
    return { code, err, found, documents: data?.summary.documents };
  }
}

interface Report {
  readonly diagnostics: readonly { readonly file: string; readonly ruleId: string }[];
  readonly summary: { readonly documents: number };
}

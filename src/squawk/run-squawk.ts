import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';

/** What squawk says of one place of a script. Lines and columns count from 0, columns in bytes. */
export interface SquawkFinding {
  /** Index of the script. */
  readonly script: number;
  readonly rule: string;
  readonly message: string;
  readonly help: string | null;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/**
 * Rules of squawk that say what the tool says itself, or that do not fit a migration which the executor runs in one
 * transaction under the limits of its package.
 */
const LEFT_OUT = new Set([
  'require-lock-timeout',
  'require-statement-timeout',
  'require-timeout-settings',
  'transaction-nesting',
  'ban-uncommitted-transaction',
  'prefer-robust-stmts',
  'ban-concurrent-index-creation-in-transaction',
  'require-concurrent-index-creation',
  'require-concurrent-index-deletion',
  'require-concurrent-partition-detach',
  'require-concurrent-reindex',
  'adding-foreign-key-constraint',
  'constraint-missing-not-valid',
  'adding-serial-primary-key-field',
  'disallowed-unique-constraint',
  'changing-column-type',
  'adding-not-nullable-field',
  'syntax-error',
]);

/**
 * Runs squawk once over several scripts, under the rules that the corpus configures for it (`.squawk.toml`).
 * @throws UsageError `missing-tool` where it does not answer as expected
 */
export function runSquawk(binary: string, root: string, scripts: readonly Uint8Array[]): SquawkFinding[] {
  if (scripts.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'probatum-squawk-'));
  try {
    const files = scripts.map((bytes, index) => {
      const file = join(folder, `${index}.sql`);
      writeFileSync(file, bytes);
      return file;
    });
    return batches(files).flatMap((some) => readAnswer(call(binary, root, some), files));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An argument list has a greatest length. */
const FILES_AT_ONCE = 200;
const MOST_BYTES = 256 * 1024 * 1024;

function batches(files: readonly string[]): string[][] {
  const count = Math.ceil(files.length / FILES_AT_ONCE);
  return Array.from({ length: count }, (_, at) => files.slice(at * FILES_AT_ONCE, (at + 1) * FILES_AT_ONCE));
}

function call(binary: string, root: string, files: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(
    binary,
    ['--reporter', 'json', '--assume-in-transaction', ...files],
    { cwd: root, encoding: 'utf8', maxBuffer: MOST_BYTES, windowsHide: true },
  );
  // 1 says that there are findings.
  if (error || (status !== 0 && status !== 1)) throw unexpected(binary, error?.message ?? stderr);
  return stdout;
}

interface Answer {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly line_end: number;
  readonly column_end: number;
  readonly rule_name: string;
  readonly message: string;
  readonly help?: string | null;
}

function readAnswer(text: string, files: readonly string[]): SquawkFinding[] {
  let answers: Answer[];
  try {
    answers = JSON.parse(text) as Answer[];
  } catch {
    throw unexpected('squawk', text.slice(0, 200));
  }
  const kept = answers.filter(({ rule_name }) => !LEFT_OUT.has(rule_name));
  return kept.map(({ file, line, column, line_end, column_end, rule_name, message, help }) => ({
    script: files.indexOf(file),
    rule: rule_name,
    message,
    help: help ?? null,
    start: { line, column },
    end: { line: line_end, column: column_end },
  }));
}

function unexpected(binary: string, said: string): UsageError {
  return new UsageError(
    'missing-tool',
    `${binary} did not answer as expected: ${said.trim() || 'no answer'}`,
    'install a current squawk-cli, or take "squawk: true" out of probatum.config.yaml',
  );
}

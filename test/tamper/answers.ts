import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { UsageError } from '../../src/base/usage-error.js';
import type { Environment } from '../../src/commands/terminal.js';
import { verify } from '../../src/commands/verify.js';
import { environmentOf } from '../support/run-probatum.js';
import type { Published } from '../support/sealed-run.js';

/** What `verify` says of a corpus: findings, or that it cannot be read; `crash` is a fault of the tool. */
export interface Answer {
  readonly outcome: 'found' | 'refused' | 'nothing' | 'crash';
  /** What was said. */
  readonly words: readonly string[];
}

/** Nothing was said. */
export const NOTHING: Answer = { outcome: 'nothing', words: [] };
/** A finding. */
export const found = (...words: string[]): Answer => ({ outcome: 'found', words });

/** What `verify` says of a whole corpus: each error with its file. @param policyFrom revision whose signers count */
export async function verifyAll(root: string, policyFrom?: string): Promise<Answer & { note: string }> {
  const { environment, printed } = environmentOf(root);
  const answer = await judged(environment, printed, policyFrom);
  return { ...answer, note: printed.err };
}

async function judged(
  environment: Environment,
  printed: { readonly out: string },
  policyFrom: string | undefined,
): Promise<Answer> {
  try {
    const options = policyFrom === undefined ? {} : { policyFrom };
    const code = await verify(environment, [], { format: 'json', ...options });
    const { diagnostics } = JSON.parse(printed.out) as { diagnostics: readonly Diagnostic[] };
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if ((code === 0) !== (errors.length === 0)) throw new Error(`exit code ${code}, ${errors.length} errors`);
    return errors.length === 0 ? NOTHING : found(...errors.map(words));
  } catch (error) {
    if (error instanceof UsageError) return { outcome: 'refused', words: [error.message] };
    return { outcome: 'crash', words: [String((error as Error).stack)] };
  }
}

const BY_HAND = join(import.meta.dirname, '../../docs/verify.py');

/** What is wrong where the verifier of docs/verify-by-hand.md comes to another verdict of a run; null where it does not. */
export function otherByHand(root: string, { report }: Published, { outcome }: Answer): string | null {
  const args = [BY_HAND, report, '--signers', 'allowed_signers', '--role', 'ops'];
  const { status, stdout, error } = spawnSync('python3', args, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  return (status === 0) === (outcome === 'nothing') ? null : `by hand: ${stdout.trim()}`;
}

/** A finding in one line, with every file that it is about. */
export function words({ ruleId, file, message, related = [] }: Diagnostic): string {
  return `${ruleId} ${file}: ${message} ${related.map((one) => `[${one.file}]`).join('')}`;
}

/** Whether what was said names a file: by its path, by its name in the folder of its run, or as the seal of a record. */
export function namesFile({ words: said }: Answer, file: string): boolean {
  const sealed = file.endsWith('/seal.json') ? `the seal beside ${dirname(file)}/record.json` : file;
  return said.some((one) => [file, basename(file), sealed].some((name) => one.includes(name)));
}

import { InvalidArgumentError, Option } from 'commander';

/* Options that several commands have, and readers of their values; each command gets one of its own. */

/** How results are written, for people or machines. */
export function format(): Option {
  return new Option('--format <format>', 'how results are written')
    .choices(['pretty', 'json'])
    .default('pretty');
}

/** Formats of findings, for people, machines and the tools that collect them. */
export function findingsFormat(): Option {
  return new Option('--format <format>', 'how findings are written')
    .choices(['pretty', 'json', 'sarif', 'junit', 'github', 'gitlab', 'rdjson'])
    .default('pretty');
}

/** A file for findings. */
export function findingsOutput(): Option {
  return new Option('--output <file>', 'write to a file instead of standard output');
}

/** Whether a file may be replaced. */
export function force(): Option {
  return new Option('--force', 'replace a file that exists').default(false);
}

/** The one plan that is meant. */
export function expectPlan(): Option {
  return new Option('--expect-plan <sha256>', 'refuse any other plan').argParser((value: string) => {
    if (!/^[0-9a-f]{64}$/.test(value)) throw new InvalidArgumentError('not 64 lower-case hex digits.');
    return value;
  });
}

/** Whose policy of signatures counts. */
export function policyFrom(): Option {
  return new Option(
    '--policy-from <revision>',
    'who may sign, and what has to be signed, as a git revision says it: not as the work tree does',
  );
}

/** Whether a backup is tried before anything rests on it. */
export function proveBackup(): Option {
  return new Option('--prove-backup', 'restore the backup elsewhere and compare it, before anything begins');
}

/** The key of the operator. */
export function sealKey(): Option {
  return new Option(
    '--seal-key <file>',
    'key that signs the seal: of OpenSSH, or Ed25519 as PEM (default: PROBATUM_SEAL_KEY, else nobody signs)',
  );
}

/** Reads a number. @throws InvalidArgumentError */
export function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('not a number.');
  return Number(value);
}

/** Reads a name that becomes a part of a file's name. @throws InvalidArgumentError */
export function signerName(value: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(value))
    throw new InvalidArgumentError('only letters, digits, - and _.');
  return value;
}

const FIX_KINDS = ['safe', 'digests'] as const;

/** Reads what `--fix` says. The value may be left out, so what names no kind of fix is the first path. */
export function fixOption(value: string | true | undefined, paths: string[]): 'safe' | 'digests' | undefined {
  const kind = FIX_KINDS.find((one) => one === value);
  if (typeof value === 'string' && !kind) paths.unshift(value);
  return value === undefined ? undefined : (kind ?? 'safe');
}

/** Options of `lint` for documents that are not read from their files: there is nothing to write to. */
export const INDIRECT = ['staged', 'since', 'stdin', 'stdinFilename', 'watch'];

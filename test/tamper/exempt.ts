import { dirname } from 'node:path';
import { type AllowedSigner, readAllowedSigners } from '../../src/authority/allowed-signers.js';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { UsageError } from '../../src/base/usage-error.js';
import { type Config, loadConfig } from '../../src/load/config.js';
import { listFiles } from '../../src/load/list-files.js';
import { readDocumentLock } from '../../src/model/document-lock.js';

/*
 * Bytes that `verify` may say nothing about: a list by file and rule, judged by what the bytes mean and never by what
 * `verify` says of them.
 */

/** What a changed file that nothing was said about is. */
export interface Exemption {
  /** `meaningless`: it means what it did. `policy`: who may sign later on; seen by `verify --policy-from REV`. */
  readonly class: 'meaningless' | 'policy';
  readonly rule: string;
}

const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);
const meaningless = (rule: string): Exemption => ({ class: 'meaningless', rule });
const policy = (rule: string): Exemption => ({ class: 'policy', rule });

/** The exemption of a change; null where there is none. @param path of the changed file on disk */
export function exemption(
  path: string,
  file: string,
  { before, after, config, used }: Surroundings,
): Exemption | null {
  if (file === 'probatum.lock') return ofLock(before, after);
  if (file === 'allowed_signers') return ofSigners(before, after, used);
  if (file === 'probatum.config.yaml') return ofConfig(path, config);
  if (file.endsWith('.sig')) return ofSignature(before, after);
  return null;
}

interface Surroundings {
  readonly before: Buffer;
  readonly after: Buffer;
  /** The configuration before the change. */
  readonly config: Config;
  /** Public keys in base64 whose signatures are in the corpus. */
  readonly used: readonly string[];
}

function ofLock(before: Buffer, after: Buffer): Exemption | null {
  const read = (bytes: Buffer) => {
    const { lines, problems } = readDocumentLock(bytes);
    const said = lines.map(({ path, digest, revision }) => `${path} ${digest} ${revision}`);
    return { lines: said.sort(), problems: problems.length };
  };
  return same(read(before), read(after)) ? meaningless('comment or last line end of the lock file') : null;
}

function ofSigners(before: Buffer, after: Buffer, used: readonly string[]): Exemption | null {
  const read = (bytes: Buffer) => readAllowedSigners(bytes.toString('utf8'));
  const meaning = ({ line: _, text: __, ...rest }: AllowedSigner) => canonicalJson(rest);
  const [was, is] = [read(before), read(after)];
  if (same(was.signers.map(meaning), is.signers.map(meaning)) && is.unreadable.length === 0)
    return meaningless('comment or blank of allowed_signers');
  const inUse = (signers: readonly AllowedSigner[]) => signers.filter(({ key }) => used.includes(key));
  const [usedBefore, usedAfter] = [inUse(was.signers), inUse(is.signers)];
  if (same(usedBefore.map(meaning), usedAfter.map(meaning)))
    return policy('line of a key that has signed nothing here');
  const window = (signer: AllowedSigner) => {
    const { validAfter: _, validBefore: __, line: ___, text: ____, ...rest } = signer;
    return rest;
  };
  if (same(usedBefore.map(window), usedAfter.map(window)))
    return policy('another end of a time that is still open');
  const free = (signer: AllowedSigner) => ({ ...window(signer), namespaces: null });
  const wider = usedAfter.every(({ namespaces }) => namespaces === null);
  return wider && same(usedBefore.map(free), usedAfter.map(free)) ? policy('no namespace is named') : null;
}

function ofConfig(path: string, before: Config): Exemption | null {
  const after = readable(() => loadConfig(dirname(path)));
  // A glob may name what no document can be.
  const said = after && readable(() => meaning(after));
  if (!said) return null;
  const { targets: was, signatures: policyBefore, ...rest } = meaning(before);
  const { targets: is, signatures: policyAfter, ...restAfter } = said;
  if (!same(rest, restAfter)) return null;
  if (!same(policyBefore ?? null, policyAfter ?? null)) return policy('roles or what has to be signed');
  if (!same(was, is)) return meaningless('targets: verify opens no database');
  const globs = same([before.corpus, before.ignore], [after.corpus, after.ignore]);
  return meaningless(globs ? 'comment or layout of the configuration' : 'a glob that names the same files');
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** A configuration by what it says, with the files in place of the globs that name them. */
function meaning(config: Config) {
  const { places: _, root: __, corpus: ___, ignore: ____, ...rest } = config;
  return { ...rest, files: listFiles(config).map(({ path }) => path) };
}

function ofSignature(before: Buffer, after: Buffer): Exemption | null {
  const blob = (bytes: Buffer) => {
    const text = bytes.toString('latin1');
    const armour =
      /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END SSH SIGNATURE-----(?:\r?\n)?$/;
    return armour.exec(text)?.[1]?.replace(/[\r\n]/g, '') ?? null;
  };
  const was = blob(before);
  return was !== null && was === blob(after) ? meaningless('line ends of an armour') : null;
}

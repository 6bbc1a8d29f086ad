import { posix } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.js';
import { type Config, loadConfig } from '../load/config.js';
import { documentsSince } from '../load/documents-since.js';
import { changesSince } from '../load/git-changes.js';
import type { Entry } from '../model/entry.js';
import { type Suspect, suspectsAmong } from '../model/suspects.js';
import { headerText, headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { counted } from '../render/counted.js';
import { suspectLines } from '../render/status.js';
import { affectedBy } from './affected.js';
import { judgeSignatures, signatureFindings, signersFindings, signersOfWorkTree } from './signatures.js';
import type { Environment } from './terminal.js';

/** What a change does to the words that were given before it. Published as `since` of `verify --format json`. */
export interface Since {
  readonly revision: string;
  /** Documents that were added or changed. */
  readonly changed: readonly string[];
  /** Documents that are gone, or that the configuration leaves out now. */
  readonly removed: readonly string[];
  /** Reviews that approve and authorizations that rest on bytes which the change took away. */
  readonly suspects: readonly Suspect[];
}

/** A change, and which findings it has caused. */
export interface SinceSelection {
  readonly since: Since;
  causes(finding: Diagnostic): boolean;
  /** Whether a document is among those that findings are shown of. */
  affects(path: string): boolean;
}

/**
 * What changed since the merge base with a revision, and what `verify` shows of it.
 * @param entries the documents that were asked for
 * @throws UsageError as git does
 */
export async function selectSince(
  environment: Environment,
  compilation: Compilation,
  entries: readonly Entry[],
  revision: string,
): Promise<SinceSelection> {
  const { config, model } = compilation;
  const { paths } = await changesSince(config, environment, revision);
  const affected = await affectedBy(compilation, paths);
  const beside = new Set(entries.filter((entry) => changedBeside(entry, paths)).map(pathOf));
  const signers = [config.signatures, loadConfig(config.root).signatures].flatMap((one) =>
    one ? [posix.normalize(one.allowed_signers)] : [],
  );
  const signersChanged = signers.some((path) => paths.includes(path));
  const before = await documentsSince(config, environment, revision);
  return {
    since: {
      revision,
      changed: paths.filter((path) => model.entries.has(path)),
      removed: before.filter((path) => !model.entries.has(path)),
      suspects: madeSuspect(compilation, entries, new Set(paths)),
    },
    causes: (one) =>
      affected.finding(one) || beside.has(one.file) || (signersChanged && BY_SIGNERS.includes(one.ruleId)),
    affects: (path) => affected.document(path) || beside.has(path),
  };
}

/** Rules that judge by the file of signers. */
const BY_SIGNERS: readonly string[] = ['signature-valid', 'seal-signature'];

function pathOf({ document }: Entry): string {
  return document.path;
}

/** Whether what proves a document changed and not the document: a signature beside it, the record of a report. */
function changedBeside({ document }: Entry, paths: readonly string[]): boolean {
  const record = headerValue(document, 'record.path')?.value;
  const folder = record === undefined ? null : `${posix.dirname(posix.normalize(record))}/`;
  const isSignature = (path: string) => path.startsWith(`${document.path}.`) && path.endsWith('.sig');
  return paths.some((path) => isSignature(path) || (folder !== null && path.startsWith(folder)));
}

/** Approvals whose way along pins now ends at bytes that the change replaced or removed. */
function madeSuspect(
  { model }: Compilation,
  entries: readonly Entry[],
  changed: ReadonlySet<string>,
): Suspect[] {
  const approvals = entries.filter(
    ({ kind, document }) =>
      kind === 'authorization' || (kind === 'review' && headerText(document, 'verdict') !== 'fail'),
  );
  return suspectsAmong(model, approvals).flatMap(({ document, broken }) => {
    const caused = broken.filter(
      (pin) => changed.has(pin.document) || pin.way.slice(1).some((path) => changed.has(path)),
    );
    return caused.length === 0 ? [] : [{ document, broken: caused }];
  });
}

/**
 * What the work tree's own policy of signatures says beyond the trusted one's: what would not hold any more once the
 * change is there for all.
 * @param found findings by the trusted policy
 */
export async function ownPolicyFindings(
  compilation: Compilation,
  entries: readonly Entry[],
  at: Date,
  found: readonly Diagnostic[],
): Promise<Diagnostic[]> {
  const { root, policy } = compilation.config;
  if (!policy?.differs) return [];
  const own = withSignersOfWorkTree(loadConfig(root));
  const key = ({ file, message }: Diagnostic) =>
    `${file}\0${message.replace(/ \(by the policy of [^)]*\)$/, '')}`;
  const known = new Set(found.map(key));
  const judged = await judgeSignatures({ ...compilation, config: own }, entries, at);
  const findings = [...signatureFindings(compilation, judged), ...signersFindings(loadConfig(root))];
  return findings.filter((one) => !known.has(key(one)));
}

/** As if the work tree were a revision, so that findings say whose policy they speak of. */
function withSignersOfWorkTree(config: Config): Config {
  const { root, signatures } = config;
  const allowedSigners = signatures ? signersOfWorkTree(root, signatures) : '';
  return { ...config, policy: { revision: 'the work tree', allowedSigners, differs: true } };
}

/** What changed, and which words no longer count, for people. */
export function sinceLines({ revision, changed, removed, suspects }: Since): string[] {
  const became =
    suspects.length === 0 ? 'no earlier review or authorization became suspect' : 'became suspect:';
  return [
    `since ${revision}: ${counted(changed.length, 'document')} changed or added, ${removed.length} removed`,
    ...removed.map((path) => `      removed ${path}`),
    became,
    ...suspects.flatMap(suspectLines),
  ];
}

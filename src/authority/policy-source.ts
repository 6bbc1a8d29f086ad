import { join, posix, relative, sep } from 'node:path';
import { readPlainFile } from '../base/read-plain-file.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, readSignatureConfig } from '../load/config.js';
import type { SignatureConfig } from '../load/config-types.js';
import { CONFIG_FILE } from '../load/config-yaml.js';
import { Git, type Surroundings } from '../load/git.js';
import { fileAtCommit, folderInRepository } from '../load/git-files.js';

/** A configuration that takes its policy of signatures from a revision, and what its user should be told of that. */
export interface PolicySource {
  readonly config: Config;
  readonly note: string | null;
}

/**
 * Puts the policy of signatures and the signers of a revision in the place of the work tree's, so that a change cannot
 * say itself who may sign it. Only a revision without any policy leaves the judgement to the work tree's.
 * @param from the folder that the configuration was looked for from
 * @throws UsageError where the revision, its configuration or its signers cannot be read, or are not where the work
 * tree has them: then nobody may be taken for a signer
 */
export async function policyFromRevision(
  config: Config,
  from: string,
  surroundings: Surroundings,
  revision: string,
): Promise<PolicySource> {
  const git = await Git.open(config.root, surroundings);
  const commit = await git.commit(revision);
  if (!commit) {
    const help = 'a shallow clone may lack it: fetch it first';
    throw new UsageError('bad-argument', `there is no commit "${revision}" in the repository`, help);
  }
  const folder = await folderInRepository(git);
  const start = posix.join(folder, relative(config.root, from).split(sep).join('/'));
  const signatures = await signaturesAt({ git, commit, revision, folder, start });
  if (!signatures) return withoutPolicy(config, revision);
  const path = posix.join(folder, signatures.allowed_signers);
  const bytes = await fileAtCommit(git, commit, path);
  if (!bytes) {
    const help = 'signatures.allowed_signers of its configuration names it; without it nobody may sign';
    throw new UsageError('cannot-read', `${revision} has no ${signatures.allowed_signers}`, help);
  }
  const allowedSigners = Buffer.from(bytes).toString('utf8');
  const differs = !isAsInWorkTree(config, signatures, allowedSigners);
  const note = `signatures are judged by the policy and the signers of ${revision}; the work tree has others`;
  const policy = { revision, allowedSigners, differs };
  return { config: { ...config, signatures, policy }, note: differs ? note : null };
}

/** A first policy can only be judged by itself. */
function withoutPolicy(config: Config, revision: string): PolicySource {
  if (!config.signatures) return { config, note: null };
  const note = `${revision} has no policy of signatures: they are judged by that of the work tree, which is new`;
  return { config, note };
}

interface Place {
  readonly git: Git;
  readonly commit: string;
  readonly revision: string;
  /** Of the corpus in the repository: empty, or ending in `/`. */
  readonly folder: string;
  /** Where the configuration was looked for from. */
  readonly start: string;
}

/** What the nearest configuration of the commit says. @throws UsageError where that is not the place of the work tree's */
async function signaturesAt({ git, commit, revision, folder, start }: Place) {
  for (let at = posix.join(start, '.'); ; at = posix.dirname(at)) {
    const bytes = await fileAtCommit(git, commit, posix.join(at, CONFIG_FILE));
    if (bytes) {
      if (posix.join(at, '.') !== posix.join(folder, '.')) {
        const help = 'move the configuration in a change of its own';
        const message = `${revision} has its configuration in ${at}, and the work tree in ${posix.join(folder, '.')}`;
        throw new UsageError('bad-configuration', message, help);
      }
      return readPolicy(Buffer.from(bytes).toString('utf8'), revision);
    }
    if (at === '.') return undefined;
  }
}

function readPolicy(text: string, revision: string): SignatureConfig | undefined {
  try {
    return readSignatureConfig(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `${revision}: ${error.message}`, error.help);
  }
}

function isAsInWorkTree(
  { root, signatures }: Config,
  trusted: SignatureConfig,
  allowedSigners: string,
): boolean {
  if (JSON.stringify(signatures) !== JSON.stringify(trusted)) return false;
  try {
    return readPlainFile(join(root, trusted.allowed_signers)).toString('utf8') === allowedSigners;
  } catch {
    return false;
  }
}

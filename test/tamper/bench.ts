import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isSignedKind,
  judgeDocument,
  type SignableDocument,
} from '../../src/authority/document-signatures.js';
import { judgeRunSignature } from '../../src/authority/judge-run-signature.js';
import { missingSigners, type SigningPolicy } from '../../src/authority/signing-policy.js';
import { readSignature } from '../../src/authority/ssh-signature.js';
import { hashFile } from '../../src/base/hash-file.js';
import { LOCK_FILE } from '../../src/base/lock-file.js';
import { UsageError } from '../../src/base/usage-error.js';
import { judgeLock } from '../../src/check/judge-lock.js';
import { readPolicy } from '../../src/commands/signatures.js';
import { readFacts } from '../../src/engine/read-facts.js';
import { loadConfig } from '../../src/load/config.js';
import { type Release, readDocumentLock, releasesOf } from '../../src/model/document-lock.js';
import { headerText } from '../../src/parse/document.js';
import { type Compilation, compile } from '../../src/pipeline.js';
import { preAuthEncoding } from '../../src/record/dsse.js';
import { readSeal, sealProblems } from '../../src/record/seal.js';
import { readRecord, recordProblem, type StoredRecord } from '../../src/record/store.js';
import { teamRules } from '../../src/team-rules.js';
import type { Published } from '../support/sealed-run.js';
import { type Answer, found, NOTHING, verifyAll, words } from './answers.js';
import { type Exemption, exemption } from './exempt.js';

interface Run {
  readonly published: Published;
  readonly stored: StoredRecord;
  readonly pinned: string;
}

/**
 * A copy of the corpus in which one file at a time is changed. It is first judged by the function of `verify` that
 * looks at such a file, and by the whole command where that says nothing.
 */
export class Bench {
  private constructor(
    readonly root: string,
    private readonly compilation: Compilation,
    private readonly policy: SigningPolicy,
    private readonly kinds: Awaited<ReturnType<typeof teamRules>>['kinds'],
    private readonly runs: readonly Run[],
    private readonly releases: readonly Release[],
    private readonly used: readonly string[],
  ) {}

  static async open(root: string, published: readonly Published[]): Promise<Bench> {
    const config = loadConfig(root);
    const compilation = await compile(config);
    const { kinds } = await teamRules(config, false);
    const runs = published.map((one): Run => {
      const { document } = compilation.model.entries.get(one.report)!;
      const pinned = headerText(document, 'record.sha256') ?? '';
      return { published: one, stored: readRecord(join(root, one.record)), pinned };
    });
    const releases = releasesOf(compilation.model.entries.values());
    const bench = new Bench(root, compilation, readPolicy(config)!, kinds, runs, releases, []);
    return new Bench(root, compilation, bench.policy, kinds, runs, releases, bench.keys());
  }

  /** Public keys of the signatures that are here. */
  private keys(): string[] {
    const signatures = this.signed().map(({ path }) => readFileSync(join(this.root, `${path}.sig`)));
    const seals = this.runs.flatMap(({ published }) => {
      const seal = readSeal(join(this.root, published.seal));
      return typeof seal === 'string' ? [] : seal.signatures.map(({ sig }) => Buffer.from(sig, 'base64'));
    });
    return [...signatures, ...seals].map((bytes) => readSignature(bytes)!.key);
  }

  private signed(): SignableDocument[] {
    return [...this.compilation.model.entries.values()].flatMap(({ kind, document: { path } }) =>
      isSignedKind(kind) ? [{ path, kind, bytes: this.compilation.files.get(path)!.bytes }] : [],
    );
  }

  /** Writes a file, has it judged, and brings it back. @param bytes null where the file is taken away */
  async with<T>(file: string, bytes: Buffer | null, judge: () => Promise<T>): Promise<T> {
    const path = join(this.root, file);
    const before = existsSync(path) ? readFileSync(path) : null;
    if (bytes) writeFileSync(path, bytes);
    else rmSync(path);
    try {
      return await judge();
    } finally {
      if (before) writeFileSync(path, before);
      else rmSync(path);
    }
  }

  exemption(file: string, before: Buffer, after: Buffer): Exemption | null {
    const { config } = this.compilation;
    return exemption(join(this.root, file), file, { before, after, config, used: this.used });
  }

  /** What the part of `verify` says that looks at this file. */
  async quick(file: string): Promise<Answer> {
    try {
      return await this.judge(file);
    } catch (error) {
      return error instanceof UsageError
        ? { outcome: 'refused', words: [error.message] }
        : { outcome: 'crash', words: [String((error as Error).stack)] };
    }
  }

  private async judge(file: string): Promise<Answer> {
    const run = this.runs.find(({ published }) => file.startsWith(`${published.folder}/`));
    if (run) return this.inRun(run, file);
    if (file === LOCK_FILE) return this.lock(this.releases);
    if (file.endsWith('.sig')) return this.signatures([file.slice(0, -'.sig'.length)]);
    if (file === 'allowed_signers') return this.signers();
    if (file.endsWith('.md')) {
      const entry = await readFacts(file, readFileSync(join(this.root, file)), this.kinds);
      return this.lock([...this.releases.filter(({ path }) => path !== file), ...releasesOf([entry])]);
    }
    // The configuration decides over everything: who reads it is the whole command.
    loadConfig(this.root);
    return NOTHING;
  }

  private lock(releases: readonly Release[]): Answer {
    const lock = readDocumentLock(readFileSync(join(this.root, LOCK_FILE)));
    const findings = judgeLock(lock, releases, (path) => existsSync(join(this.root, path)));
    return findings.length === 0 ? NOTHING : found(...findings.map(words));
  }

  private async inRun({ published, stored, pinned }: Run, file: string): Promise<Answer> {
    const record = join(this.root, published.record);
    if (file === published.record)
      try {
        return readRecord(record).sha256 === pinned ? NOTHING : found('the record has another digest');
      } catch (error) {
        // Of a record, this is a finding.
        if (error instanceof UsageError) return found(error.message);
        throw error;
      }
    if (file === published.journal) {
      const problem = recordProblem(record, stored);
      return problem === null ? NOTHING : found(problem);
    }
    if (file === published.seal) return this.seal(record, published, stored);
    const artefact = stored.record.artefacts.find(({ path }) => `${published.folder}/${path}` === file)!;
    const digest = await hashFile(join(this.root, file));
    return digest === artefact.sha256 ? NOTHING : found(`artefact ${artefact.path} has another digest`);
  }

  private async seal(record: string, published: Published, stored: StoredRecord): Promise<Answer> {
    const seal = readSeal(join(this.root, published.seal));
    if (typeof seal === 'string') return found(seal);
    const problems = sealProblems(seal, record, stored, readFileSync(join(this.root, published.report)));
    if (problems.length > 0) return found(...problems);
    const bytes = preAuthEncoding(seal.payload);
    const verdicts = [];
    for (const one of seal.signatures) {
      const verdict = await judgeRunSignature(bytes, one, this.policy.allowed, new Date());
      if (!verdict.accepted) return found(verdict.reason);
      verdicts.push({ verdict });
    }
    const rule = stored.record.mode === 'run' ? this.policy.required.run : undefined;
    const missing = rule ? missingSigners(rule, this.policy, verdicts) : null;
    return missing === null ? NOTHING : found(missing);
  }

  private async signatures(paths: readonly string[], policy = this.policy): Promise<Answer> {
    for (const document of this.signed().filter(({ path }) => paths.includes(path))) {
      const { signatures, missing } = await judgeDocument(document, {
        whyNot: () => null,
        root: this.root,
        policy,
        at: new Date(),
      });
      const refused = signatures.flatMap(({ verdict }) => (verdict.accepted ? [] : [verdict.reason]));
      if (missing !== null || refused.length > 0) return found(...refused, ...(missing ? [missing] : []));
    }
    return NOTHING;
  }

  /** Only those documents are judged whose line is another one. */
  private async signers(): Promise<Answer> {
    const policy = readPolicy(loadConfig(this.root))!;
    const textOf = ({ allowed }: SigningPolicy, key: string) =>
      allowed.signers
        .filter((one) => one.key === key)
        .map(({ text }) => text)
        .join('\n');
    const differs = (bytes: Uint8Array) => {
      const { key } = readSignature(bytes)!;
      return textOf(policy, key) !== textOf(this.policy, key);
    };
    const documents = this.signed()
      .map(({ path }) => path)
      .filter((path) => differs(readFileSync(join(this.root, `${path}.sig`))));
    const answer = await this.signatures(documents.slice(0, 1), policy);
    if (answer.outcome !== 'nothing') return answer;
    for (const { published } of this.runs) {
      const seal = readSeal(join(this.root, published.seal));
      if (typeof seal === 'string') return found(seal);
      for (const one of seal.signatures) {
        if (!differs(Buffer.from(one.sig, 'base64'))) continue;
        const verdict = await judgeRunSignature(
          preAuthEncoding(seal.payload),
          one,
          policy.allowed,
          new Date(),
        );
        if (!verdict.accepted) return found(verdict.reason);
        const missing = missingSigners(policy.required.run!, policy, [{ verdict }]);
        if (missing !== null) return found(missing);
      }
    }
    return NOTHING;
  }

  /** What the whole command says where signers and policy are those of the commit that is checked out. */
  byCommit(): ReturnType<typeof verifyAll> {
    return verifyAll(this.root, 'HEAD');
  }

  /** What the whole command says of the corpus as it is. */
  full(): Promise<Answer> {
    return verifyAll(this.root);
  }
}

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { compareDiagnostics, compareText, type Diagnostic } from '../base/diagnostic.js';
import { LOCK_FILE } from '../base/lock-file.js';
import { judgeLockSince, unwrittenLock } from '../check/judge-lock.js';
import { UNREADABLE } from '../check/protected-rules.js';
import { lockDrift } from '../check/rules/lock-drift.js';
import { revisionBump } from '../check/rules/revision-bump.js';
import { lockSince } from '../load/lock-since.js';
import { type DocumentLock, lockText, readDocumentLock, releasesOf } from '../model/document-lock.js';
import type { Compilation } from '../pipeline.js';
import { counted } from '../render/counted.js';
import { diagnosticsPretty, type Paint, summarise } from '../render/diagnostics.js';
import { encodeTerminal } from '../render/encode.js';
import { compileCorpus, linesOf, showErrors } from './corpus.js';
import { type OutputOptions, writeFindings } from './findings.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

export interface LockOptions extends OutputOptions {
  /** Nothing is written: whether the file is as it would be written. */
  readonly check: boolean;
  /** A revision of git, whose lock file no line of this one may contradict. */
  readonly since?: string;
  /** Also where a locked revision has other bytes, or the file cannot be read. */
  readonly force: boolean;
}

/** `probatum lock`: writes the lock file, or checks it. @returns exit code: 0 written or as it shall be, 1 findings */
export async function lock(environment: Environment, options: LockOptions): Promise<number> {
  const { compilation } = await compileCorpus(environment);
  const { strict } = compilation;
  // A document that cannot be read may be a governed one.
  const unread = strict.filter(({ severity, ruleId }) => severity === 'error' && UNREADABLE.includes(ruleId));
  if (options.check) return check(environment, compilation, unread, options);
  const { known, text } = lockOf(compilation);
  const broken = strict.filter(
    ({ ruleId, file }) => ruleId === revisionBump.id || (known.problems.length > 0 && file === LOCK_FILE),
  );
  const denied = [
    ...unread,
    ...(options.force ? [] : broken),
    ...(await contradictions(environment, compilation, readDocumentLock(Buffer.from(text)), options)),
  ];
  if (denied.length > 0) {
    showErrors(environment, compilation, denied.sort(compareDiagnostics));
    const force =
      options.force || broken.length === 0 ? '' : '; --force writes it for revisions that nobody has seen';
    environment.terminal.err(`refused: ${LOCK_FILE} was not written${force}\n`);
    return 1;
  }
  write(environment, compilation, options.format);
  return 0;
}

/** The lock file as it is, empty where there is none, and the text that it would have. */
function lockOf({ files, model }: Compilation): {
  known: DocumentLock;
  before: Uint8Array | null;
  text: string;
} {
  const before = files.get(LOCK_FILE)?.bytes ?? null;
  const known = readDocumentLock(before ?? Buffer.alloc(0));
  return { known, before, text: lockText(releasesOf(model.entries.values())) };
}

async function contradictions(
  environment: Environment,
  { config }: Compilation,
  lines: DocumentLock,
  { since }: LockOptions,
): Promise<Diagnostic[]> {
  if (since === undefined) return [];
  const then = await lockSince(config, environment, since);
  return then ? judgeLockSince(readDocumentLock(then), lines, since) : [];
}

async function check(
  environment: Environment,
  compilation: Compilation,
  unread: readonly Diagnostic[],
  options: LockOptions,
): Promise<number> {
  const { known, before, text } = lockOf(compilation);
  const judged = compilation.strict.filter(
    ({ ruleId }) => ruleId === revisionBump.id || ruleId === lockDrift.id,
  );
  const other = judged.length === 0 && !(before && Buffer.from(text).equals(before));
  const found = [
    ...unread,
    ...judged,
    ...(other ? [unwrittenLock(before === null)] : []),
    ...(await contradictions(environment, compilation, known, options)),
  ].sort(compareDiagnostics);
  const documents = known.lines.map(({ path }) => path);
  const summary = summarise(found, documents.length);
  const verdict = (paint: Paint) =>
    found.length === 0
      ? paint.green(`${LOCK_FILE} has every governed document, ${documents.length} of them, as it is`)
      : paint.red(counted(found.length, 'finding'));
  await writeFindings(
    environment,
    {
      compilation,
      diagnostics: found,
      documents,
      pretty: (paint) => `${diagnosticsPretty(found, linesOf(compilation), paint)}${verdict(paint)}\n`,
      json: () => `${JSON.stringify({ diagnostics: found, summary }, null, 2)}\n`,
    },
    options,
  );
  return found.length === 0 ? 0 : 1;
}

/** What became of a document's line. */
interface LockChange {
  readonly path: string;
  /** Null where it had no line. */
  readonly from: string | null;
  /** Null where it has none any more; the same as before where a revision has other bytes. */
  readonly to: string | null;
}

/** Writes the file where it is another one, and says line by line what became of it. */
function write({ terminal }: Environment, compilation: Compilation, format: OutputOptions['format']): void {
  const { known, before, text } = lockOf(compilation);
  const file = join(compilation.config.root, LOCK_FILE);
  const written = !(before && Buffer.from(text).equals(before));
  if (written) {
    writeResult(`${file}.partial`, text, true);
    renameSync(`${file}.partial`, file);
  }
  const changes = changesOf(known, readDocumentLock(Buffer.from(text)));
  if (format === 'json') {
    terminal.out(`${JSON.stringify({ written, changes }, null, 2)}\n`);
    return;
  }
  for (const change of changes) terminal.err(`${encodeTerminal(said(change))}\n`);
  terminal.err(`${LOCK_FILE} ${written ? 'was written' : 'is up to date'}\n`);
}

function changesOf(before: DocumentLock, after: DocumentLock): LockChange[] {
  const then = new Map(before.lines.map((line) => [line.path, line]));
  const changes = after.lines.flatMap(({ path, revision, digest }): LockChange[] => {
    const was = then.get(path);
    then.delete(path);
    const same = was?.revision === revision && was.digest === digest;
    return same ? [] : [{ path, from: was?.revision ?? null, to: revision }];
  });
  const gone = [...then.values()].map(({ path, revision }) => ({ path, from: revision, to: null }));
  return [...changes, ...gone].sort((a, b) => compareText(a.path, b.path));
}

function said({ path, from, to }: LockChange): string {
  if (from === null) return `+ ${path} ${to}`;
  if (to === null) return `- ${path} ${from}`;
  return from === to ? `! ${path} ${to} has other bytes` : `~ ${path} ${from} to ${to}`;
}

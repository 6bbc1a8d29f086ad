import { UsageError } from '../base/usage-error.js';
import { type Fixable, isFixable } from '../fix/apply-fixes.js';
import { type FixedDocument, fixDocuments, isGenerated } from '../fix/fix-documents.js';
import { bytesInHistory } from '../fix/git-history.js';
import { unifiedDiff } from '../fix/unified-diff.js';
import { writeDocument } from '../fix/write-document.js';
import type { Compilation } from '../pipeline.js';
import { encodeTerminal } from '../render/encode.js';
import { compileCorpus, documentPath } from './corpus.js';
import { diffText } from './diff-text.js';
import type { Environment } from './terminal.js';

export interface PinOptions {
  readonly write: boolean;
}

/** `probatum pin DOC…`: what changed in the documents that these pin, and the pins renewed. @returns exit code, 1 where it was shown only */
export async function pinDocuments(
  environment: Environment,
  paths: readonly string[],
  { write }: PinOptions,
): Promise<number> {
  const { compilation, files: besides } = await compileCorpus(environment, paths);
  const files = paths.map((path) =>
    pinningDocument(compilation, documentPath(compilation, environment, path)),
  );
  const documents = await fixDocuments(
    compilation,
    besides,
    ({ file, fix }) => fix.kind === 'digests' && files.includes(file),
  );
  for (const document of documents) await show(environment, compilation, documents, document);
  const { err } = environment.terminal;
  for (const { path, before, after } of write ? documents : []) {
    await writeDocument(compilation.config.root, path, before, after);
    err(`written  ${encodeTerminal(path)}\n`);
  }
  sayLeftOut(environment, compilation, files);
  if (documents.length === 0) err('nothing to do: the pins say what is there\n');
  else if (!write) err('nothing was written; write it with --write when you have read what changed\n');
  return documents.length > 0 && !write ? 1 : 0;
}

function pinningDocument({ model }: Compilation, path: string): string {
  const entry = model.entries.get(path);
  if (!entry) throw new UsageError('no-such-document', `${path} is no document that is read`);
  if (!isGenerated(entry)) return path;
  throw new UsageError('wrong-kind', `${path} is rendered from its record`, 'what it pins is what was run');
}

async function show(
  { terminal }: Environment,
  compilation: Compilation,
  documents: readonly FixedDocument[],
  { path, fixed }: FixedDocument,
): Promise<void> {
  const { out, colors } = terminal;
  out(`${colors.bold(encodeTerminal(path))}\n`);
  for (const target of new Set(fixed.map(targetOf))) {
    const changes = fixed.filter((finding) => targetOf(finding) === target);
    out(`  pins ${encodeTerminal(target)}\n`);
    for (const finding of changes) out(`    ${encodeTerminal(changeLine(compilation, finding))}\n`);
    const old = changes.find(({ ruleId }) => ruleId === 'document-digest-matches')?.observed;
    if (old === undefined) continue;
    const before = await bytesInHistory(compilation.config.root, target, old.toLowerCase());
    const after = documents.find((one) => one.path === target)?.after ?? compilation.files.get(target)!.bytes;
    if (before) out(diffText(unifiedDiff(target, before, after), colors));
    else out('    what changed is not known: git has no version of it with the old digest\n');
  }
}

/** The document that a digest or revision speaks of: every such finding leads to it. */
function targetOf({ file, related }: Fixable): string {
  return related?.[0]?.file ?? file;
}

function changeLine({ model }: Compilation, { file, position, observed, expected }: Fixable): string {
  const { line } = position.start;
  const pins = model.entries.get(file)!.pins;
  const keys = pins.flatMap(({ key, fields }) =>
    fields.filter((field) => field.position.start.line === line).map(({ name }) => `${key}.${name}`),
  );
  return `${keys[0] ?? `line ${line}`}: ${observed} → ${expected}`;
}

/** Says what a machine does not write: digests in SQL, and those that may mean several things. */
function sayLeftOut({ terminal }: Environment, { diagnostics }: Compilation, files: readonly string[]): void {
  const rules = ['document-digest-matches', 'sql-digest-matches', 'no-stale-revision'];
  for (const finding of diagnostics) {
    if (!files.includes(finding.file) || !rules.includes(finding.ruleId) || isFixable(finding)) continue;
    const { line, column } = finding.position.start;
    terminal.err(`left  ${encodeTerminal(`${finding.file}:${line}:${column} ${finding.message}`)}\n`);
  }
}

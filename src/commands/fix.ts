import type { Fix } from '../base/diagnostic.js';
import { type Fixable, isFixable } from '../fix/apply-fixes.js';
import { fixDocuments } from '../fix/fix-documents.js';
import { unifiedDiff } from '../fix/unified-diff.js';
import { writeDocument } from '../fix/write-document.js';
import type { Entry } from '../model/entry.js';
import type { Compilation } from '../pipeline.js';
import { encodeTerminal } from '../render/encode.js';
import { compileCorpus } from './corpus.js';
import { diffText } from './diff-text.js';
import type { Environment } from './terminal.js';

/** `digests` applies the safe fixes too. */
export type FixKind = Fix['kind'];

/** `lint --fix`: applies the fixes of the documents named, and says on standard error what was fixed. */
export async function fixCorpus(
  environment: Environment,
  paths: readonly string[],
  kind: FixKind,
): Promise<void> {
  const { compilation, documents } = await findFixes(environment, paths, kind);
  for (const { path, before, after, fixed } of documents) {
    await writeDocument(compilation.config.root, path, before, after);
    for (const finding of fixed) environment.terminal.err(`fixed  ${fixLine(finding)}\n`);
  }
}

/** `lint --fix-dry-run`: the difference that the fixes make, and nothing else. @returns exit code, 1 where there is one */
export async function showFixes(
  environment: Environment,
  paths: readonly string[],
  kind: FixKind,
): Promise<number> {
  const { documents } = await findFixes(environment, paths, kind);
  const { out, err, colors } = environment.terminal;
  for (const { path, before, after } of documents) out(diffText(unifiedDiff(path, before, after), colors));
  const count = documents.flatMap(({ fixed }) => fixed).length;
  err(`${count === 1 ? '1 fix' : `${count} fixes`}, nothing was written\n`);
  return count > 0 ? 1 : 0;
}

async function findFixes(environment: Environment, paths: readonly string[], kind: FixKind) {
  const { compilation, files, includes } = await compileCorpus(environment, paths);
  const documents = await fixDocuments(
    compilation,
    files,
    ({ file, fix }, entry) =>
      includes(file) && (fix.kind === 'safe' || (kind === 'digests' && !isJudgement(entry))),
  );
  if (kind === 'digests') sayLeftOut(environment, compilation, includes);
  return { compilation, documents };
}

/** What a person read and judged: a digest in it is renewed one by one, by somebody who was shown what changed. */
function isJudgement({ kind }: Entry): boolean {
  return kind === 'review' || kind === 'authorization';
}

function sayLeftOut(
  { terminal }: Environment,
  { model, diagnostics }: Compilation,
  includes: (path: string) => boolean,
): void {
  const left = diagnostics.filter(
    (one) =>
      isFixable(one) &&
      one.fix.kind === 'digests' &&
      includes(one.file) &&
      isJudgement(model.entries.get(one.file)!),
  );
  for (const file of new Set(left.map((one) => one.file)))
    terminal.err(`left   ${encodeTerminal(file)}: a judgement is renewed by "probatum pin"\n`);
}

function fixLine({ file, position, fix, ruleId }: Fixable): string {
  const { line, column } = position.start;
  return `${encodeTerminal(`${file}:${line}:${column} ${fix.title}`)} [${ruleId}]`;
}

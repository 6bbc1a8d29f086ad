import type { Diagnostic } from '../base/diagnostic.js';
import { incrementalCompile } from '../incremental.js';
import type { Entry } from '../model/entry.js';
import { readDocument } from '../parse/read-document.js';
import type { Compilation } from '../pipeline.js';
import { applyFixes, type Fixable, isFixable } from './apply-fixes.js';
import { sameSql } from './same-sql.js';

/** A document that fixes changed, in memory. */
export interface FixedDocument {
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** What was fixed; `observed` is what the document said at first, `expected` what it says now. */
  readonly fixed: readonly Fixable[];
}

/** Which fixes are to be applied, and the entry of the finding's document as it was read at first. */
export type Wanted = (finding: Fixable, entry: Entry) => boolean;

/** A digest that is written changes the digest of its own document: as many links of such a chain are followed. */
const ROUNDS = 10;

/** Whether a document is rendered from a record: one that was put right by hand proves nothing. */
export function isGenerated({ kind }: Entry): boolean {
  return kind === 'dry-run-report' || kind === 'execution-report';
}

/**
 * Applies the fixes that are wanted, compiles again with what they change, and goes on until nothing is left to fix.
 * Writes nothing. A document of which its fixes would make anything worse stays as it is.
 * @param besides paths that were compiled besides those of the configuration's globs
 */
export async function fixDocuments(
  compilation: Compilation,
  besides: readonly string[],
  wants: Wanted,
): Promise<FixedDocument[]> {
  const { config, files, model } = compilation;
  const compileAgain = incrementalCompile(config, false);
  const documents = new Map<string, { after: Uint8Array; fixed: Map<string, Fixable> }>();
  let findings = compilation.diagnostics;
  for (let round = 0; ; round++) {
    const groups = byDocument(findings, (finding) => {
      const entry = model.entries.get(finding.file)!;
      return !isGenerated(entry) && wants(finding, entry);
    });
    // Documents that pin each other in a circle would change for ever: they, and what pins them, are left alone.
    if (round === ROUNDS && groups.size > 0)
      return fixDocuments(compilation, besides, (one, entry) => !groups.has(one.file) && wants(one, entry));
    let changed = false;
    for (const [path, wanted] of groups) {
      const known = documents.get(path) ?? { after: files.get(path)!.bytes, fixed: new Map() };
      const result = await fixOnce(path, known.after, wanted);
      for (const finding of result?.applied ?? []) remember(known.fixed, finding);
      if (result) documents.set(path, { ...known, after: result.bytes });
      changed ||= result !== null;
    }
    if (!changed) break;
    const overlay = new Map([...documents].map(([path, { after }]) => [path, after]));
    findings = (await compileAgain({ besides, overlay })).diagnostics;
  }
  return [...documents].map(([path, { after, fixed }]) => ({
    path,
    before: files.get(path)!.bytes,
    after,
    fixed: [...fixed.values()],
  }));
}

/** Null where nothing could be applied, or the document would read worse, or its SQL not be the same. */
async function fixOnce(path: string, bytes: Uint8Array, wanted: readonly Fixable[]) {
  const before = await readDocument(path, bytes);
  const result = applyFixes(before, bytes, wanted);
  if (result.applied.length === 0) return null;
  const after = await readDocument(path, result.bytes);
  return after.problems.length > before.problems.length || !sameSql(before, after) ? null : result;
}

function byDocument(findings: readonly Diagnostic[], wants: (finding: Fixable) => boolean) {
  const groups = new Map<string, Fixable[]>();
  for (const finding of findings.filter(isFixable).filter(wants))
    groups.set(finding.file, [...(groups.get(finding.file) ?? []), finding]);
  return groups;
}

/** A place that is fixed in several rounds is one fix, from what stood there at first. */
function remember(fixed: Map<string, Fixable>, finding: Fixable): void {
  const { line, column } = finding.position.start;
  const key = `${finding.ruleId} ${line}:${column}`;
  const observed = fixed.get(key)?.observed ?? finding.observed;
  fixed.set(key, { ...finding, ...(observed === undefined ? {} : { observed }) });
}

import type { Diagnostic } from '../base/diagnostic.js';
import { RULES } from '../check/rules/index.js';
import { judgeBesideOthers, judgeDocument } from '../check/run-rules.js';
import { readFacts } from '../engine/read-facts.js';
import type { Entry, FullEntry } from '../model/entry.js';
import { buildModel, type Model } from '../model/model.js';
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

/** A digest that is written changes the digest of its own document: as many links of such a chain are followed. */
const ROUNDS = 10;

/** Whether a document is rendered from a record: one that was put right by hand proves nothing. */
export function isGenerated({ kind }: Entry): boolean {
  return kind === 'dry-run-report' || kind === 'execution-report';
}

/**
 * Applies the fixes that are wanted, judges the changed documents and all that name them again, and goes on until
 * nothing is left to fix. Writes nothing. Documents of which the fixes would make anything worse stay as they are.
 */
export async function fixDocuments(
  compilation: Compilation,
  wants: (finding: Fixable, entry: Entry) => boolean,
): Promise<FixedDocument[]> {
  const { config, files, model, diagnostics } = compilation;
  const work = new Workspace(config.corpus, entriesOf(model));
  const documents = new Map<string, { after: Uint8Array; fixed: Map<string, Fixable> }>();
  let findings: readonly Diagnostic[] = diagnostics;
  for (let round = 0; ; round++) {
    const groups = byDocument(findings.filter(isFixable), (finding) => {
      const entry = work.entries.get(finding.file)!;
      return !isGenerated(entry) && wants(finding, entry);
    });
    // Documents that pin each other in a circle would change for ever: they, and what pins them, are left alone.
    if (round === ROUNDS && groups.size > 0)
      return fixDocuments(
        compilation,
        (finding, entry) => !groups.has(finding.file) && wants(finding, entry),
      );
    let changed = false;
    for (const [path, wanted] of groups) {
      const known = documents.get(path) ?? { after: files.get(path)!.bytes, fixed: new Map() };
      const result = applyFixes(work.entries.get(path)!.document, known.after, wanted);
      if (result.applied.length === 0 || !(await work.replace(path, result.bytes))) continue;
      for (const finding of result.applied) remember(known.fixed, finding);
      documents.set(path, { ...known, after: result.bytes });
      changed = true;
    }
    if (!changed) break;
    findings = work.judge();
  }
  return [...documents].map(([path, { after, fixed }]) => ({
    path,
    before: files.get(path)!.bytes,
    after,
    fixed: [...fixed.values()],
  }));
}

function entriesOf({ entries }: Model): Map<string, Entry> {
  return new Map([...entries.values()].map((entry) => [entry.document.path, entry]));
}

function byDocument(findings: readonly Fixable[], wants: (finding: Fixable) => boolean) {
  const groups = new Map<string, Fixable[]>();
  for (const finding of findings.filter(wants))
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

/** The corpus while it is being fixed: changed documents with all facts, the others with what is kept of them. */
class Workspace {
  private readonly changed = new Map<string, FullEntry>();

  constructor(
    private readonly globs: readonly string[],
    readonly entries: Map<string, Entry>,
  ) {}

  /** Takes new bytes of a document; refuses those that read worse, or whose SQL is not the same. */
  async replace(path: string, bytes: Uint8Array): Promise<boolean> {
    const { document: before } = this.entries.get(path)!;
    const entry = await readFacts(path, bytes);
    const { document } = entry;
    if (document.problems.length > before.problems.length || !sameSql(before, document)) return false;
    this.entries.set(path, entry);
    this.changed.set(path, entry);
    return true;
  }

  /** Findings of the changed documents, and those in others that need nothing but what is kept of them. */
  judge(): Diagnostic[] {
    const model = buildModel([...this.entries.values()], this.globs);
    const alone = Object.fromEntries(
      RULES.flatMap((rule) => (rule.scope === 'corpus' && !rule.collect ? [[rule.id, null]] : [])),
    );
    return [...this.entries.values()].flatMap((entry) => {
      const full = this.changed.get(entry.document.path);
      const judged = full && judgeDocument(full, RULES);
      const beside = judgeBesideOthers(entry, judged?.collected ?? alone, model, RULES);
      return [...(judged?.diagnostics ?? []), ...beside];
    });
  }
}

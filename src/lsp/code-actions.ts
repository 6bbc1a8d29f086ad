import { type CodeAction, CodeActionKind } from 'vscode-languageserver/node';
import type { Diagnostic, Edit } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import { isProtected } from '../check/protected-rules.js';
import { RULES } from '../check/rules/index.js';
import type { Addresses, Client } from './client.js';
import { toClientDiagnostic } from './diagnostics.js';
import { overlap } from './positions.js';
import type { Snapshot } from './snapshot.js';
import { toWorkspaceEdit } from './workspace-edit.js';

/** Kind of the action that applies every safe fix of a document; editors can run it on save. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.probatum`;

/** What can be done about the findings in a span. @param only kinds that the client asks for; all if undefined */
export function codeActionsAt(
  snapshot: Snapshot,
  path: string,
  range: Range,
  only: readonly string[] | undefined,
  client: Client,
  addresses: Addresses,
): CodeAction[] {
  const findings = snapshot.diagnostics(path);
  const edit = (edits: readonly Edit[]) => toWorkspaceEdit(new Map([[path, edits]]), client, addresses);
  const asked = (kind: string) => only?.some((one) => kind === one || kind.startsWith(`${one}.`)) ?? true;
  const quickfix = (finding: Diagnostic, title: string, edits: readonly Edit[], isPreferred: boolean) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toClientDiagnostic(finding, client, addresses)],
    isPreferred,
    edit: edit(edits),
  });
  const actions: CodeAction[] = [];
  if (asked(CodeActionKind.QuickFix)) {
    const here = findings.filter(({ position }) => overlap(position, range));
    for (const finding of here) if (finding.fix) actions.push(quickfix(finding, ...fixOf(finding.fix)));
    for (const finding of here) {
      const comment = suppression(snapshot, finding);
      if (comment) actions.push(quickfix(finding, ...comment, false));
    }
  }
  const all = asked(FIX_ALL) ? safeEdits(findings) : [];
  // Asked for nothing in particular, a client wants what helps at this place.
  if (all.length > 0 && only !== undefined)
    actions.push({ title: 'Apply all safe fixes of probatum', kind: FIX_ALL, edit: edit(all) });
  return actions;
}

function fixOf({ title, kind, edits }: NonNullable<Diagnostic['fix']>): [string, readonly Edit[], boolean] {
  const asOrder = title.charAt(0).toUpperCase() + title.slice(1);
  // A digest says that somebody read what it is the digest of: no editor offers that as the obvious thing.
  if (kind === 'digests') return [`${asOrder} (says that it was read again)`, edits, false];
  return [asOrder, edits, true];
}

/** Edits of the safe fixes, each only if it touches nothing that an earlier one changes. */
function safeEdits(findings: readonly Diagnostic[]): Edit[] {
  const taken: Edit[] = [];
  for (const { fix } of findings) {
    if (fix?.kind !== 'safe') continue;
    const free = fix.edits.every((edit) => !taken.some((other) => overlap(edit.position, other.position)));
    if (free) taken.push(...fix.edits);
  }
  return taken;
}

/**
 * A comment above the line that suppresses a finding, where a comment can stand and may: nothing about provenance is
 * suppressed, and beside SQL that runs there is no HTML. The author writes the reason.
 */
function suppression(snapshot: Snapshot, finding: Diagnostic): [string, readonly Edit[]] | null {
  const { ruleId, file, position } = finding;
  const document = snapshot.entry(file)?.document;
  const rule = RULES.find(({ id }) => id === ruleId);
  // A rule of the team's own is none of ours, and may be suppressed.
  if (!document || (rule && isProtected(rule))) return null;
  const line = position.start.line;
  const header = document.header?.origin === 'front-matter' ? document.header.position.end.line : 0;
  const inFence = document.fences.some(
    ({ firstLine, lastLine }) => line >= firstLine - 1 && line <= lastLine + 1,
  );
  if (line <= header || inFence || document.problems.length > 0) return null;
  if (document.fences.some(({ role }) => role !== null)) return null;
  const text = snapshot.source(file).line(line);
  // Between the rows of a table a comment would end it.
  if (/^\s*\|/.test(text)) return null;
  const indent = /^\s*/.exec(text)![0];
  const at = { line, column: 1 };
  const comment = `${indent}<!-- probatum-disable-next-line ${ruleId}: -->\n`;
  const title = `Suppress ${ruleId} on this line (write the reason)`;
  return [title, [{ position: { start: at, end: at }, text: comment }]];
}

import type { Diagnostic } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import type { UnitText } from '../sql/unit-text.js';
import { findSquawk } from './binary.js';
import { runSquawk, type SquawkFinding } from './run-squawk.js';

/** The migration of a document. */
export interface Migration {
  readonly path: string;
  readonly text: UnitText;
}

/** What squawk finds in migrations, each at its place in the Markdown document. @throws UsageError `missing-tool` */
export function squawkDiagnostics(root: string, migrations: readonly Migration[]): Diagnostic[] {
  const binary = findSquawk(root);
  const scripts = migrations.map(({ text }) => text.bytes);
  return runSquawk(binary, root, scripts).map((finding) => {
    const { path, text } = migrations[finding.script]!;
    return {
      ruleId: 'lock-hazard',
      severity: 'warning',
      message: `${finding.message} (squawk: ${finding.rule})`,
      file: path,
      position: place(text, finding),
      ...(finding.help === null ? {} : { help: finding.help }),
    };
  });
}

/** What goes over several lines is shown on its first. */
function place(text: UnitText, { start, end }: SquawkFinding): Range {
  const lines = lineStarts(text.bytes);
  const first = (lines[start.line] ?? 0) + start.column;
  const lineEnd = (lines[start.line + 1] ?? text.bytes.length + 1) - 1;
  const last = end.line === start.line ? (lines[end.line] ?? 0) + end.column : lineEnd;
  return text.range(first, Math.max(first, Math.min(last, lineEnd)));
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}

import type { Diagnostic, Severity } from '../../base/diagnostic.js';
import { showUnprintable } from '../encode.js';
import { type Findings, messageLines } from './findings.js';

const COMMAND: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions, one line for each finding. */
export function github({ diagnostics, placeOf }: Findings): string {
  return diagnostics.map((one) => `${command(one, placeOf(one.file))}\n`).join('');
}

function command(diagnostic: Diagnostic, path: string): string {
  const { severity, ruleId, position } = diagnostic;
  const { start, end } = position;
  const oneLine = start.line === end.line;
  const properties = {
    file: showUnprintable(path),
    line: start.line,
    endLine: end.line,
    // Columns are only taken for spans of one line.
    ...(oneLine ? { col: start.column, endColumn: end.column } : {}),
    title: ruleId,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${COMMAND[severity]} ${list.join(',')}::${escapeData(messageLines(diagnostic).join('\n'))}`;
}

// As `@actions/core` escapes them.
function escapeData(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(value: string): string {
  return escapeData(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

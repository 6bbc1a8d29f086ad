import { type Diagnostic as ClientDiagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { Diagnostic, Severity } from '../base/diagnostic.js';
import type { Addresses, Client } from './client.js';
import { toClientRange } from './positions.js';

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** Who says it, in the editor's list of problems. */
const SOURCE = 'probatum';

/** A finding as the editor shows it: what was expected, observed and what to do stand below the message. */
export function toClientDiagnostic(
  diagnostic: Diagnostic,
  client: Client,
  addresses: Addresses,
): ClientDiagnostic {
  const { ruleId, severity, message, position, expected, observed, help, related = [] } = diagnostic;
  const places = client.relatedInformation ? [] : related;
  const lines = [
    message,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(observed === undefined ? [] : [`observed: ${observed}`]),
    ...places.map((one) => `see: ${one.file}:${one.position.start.line} ${one.message}`),
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  const relatedInformation = related.map((one) => ({
    location: { uri: addresses.uri(one.file), range: toClientRange(one.position) },
    message: one.message,
  }));
  return {
    range: toClientRange(position),
    severity: SEVERITY[severity],
    code: ruleId,
    source: SOURCE,
    message: lines.join('\n'),
    ...(client.relatedInformation && related.length > 0 ? { relatedInformation } : {}),
  };
}

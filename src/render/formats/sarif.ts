import type { Log, PhysicalLocation, ReportingDescriptor, Result } from 'sarif';
import type { Diagnostic, Fix, Severity } from '../../base/diagnostic.js';
import type { Range } from '../../base/position.js';
import { encodeTerminal } from '../encode.js';
import { type Findings, type Fingerprint, fingerprints, messageLines, type RuleText } from './findings.js';

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>;

/** Name of the folder that paths are relative to, as GitHub and the SARIF viewers know it. */
const ROOT = '%SRCROOT%';

/** SARIF 2.1.0 (OASIS, with errata 01): one run with the rules and every finding. */
export function sarif(findings: Findings): string {
  const rules = describedRules(findings);
  const prints = fingerprints(findings);
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'probatum', semanticVersion: findings.version, rules } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        invocations: [{ executionSuccessful: true }],
        results: findings.diagnostics.map((one, at) => result(one, prints[at]!, rules, findings)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** All rules, and the names of findings that come from no rule. */
function describedRules({ rules, diagnostics }: Findings): ReportingDescriptor[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = new Set(diagnostics.map(({ ruleId }) => ruleId).filter((id) => !known.has(id)));
  return [...rules.map(descriptor), ...[...others].map((id) => ({ id }))];
}

function descriptor({ id, severity, what, why, fix }: RuleText): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    help: { text: fix },
    defaultConfiguration: { level: LEVEL[severity] },
  };
}

function result(
  diagnostic: Diagnostic,
  { digest, occurrence }: Fingerprint,
  rules: readonly ReportingDescriptor[],
  { placeOf }: Findings,
): Result {
  const { ruleId, severity, file, position, related = [], fix } = diagnostic;
  const location = (path: string, range: Range): PhysicalLocation => ({
    artifactLocation: { uri: uriOf(placeOf(path)), uriBaseId: ROOT },
    region: region(range),
  });
  return {
    ruleId,
    ruleIndex: rules.findIndex(({ id }) => id === ruleId),
    level: LEVEL[severity],
    message: { text: plainText(messageLines(diagnostic).join('\n')) },
    locations: [{ physicalLocation: location(file, position) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((one, id) => ({
            id,
            physicalLocation: location(one.file, one.position),
            message: { text: plainText(encodeTerminal(one.message)) },
          })),
        }),
    // GitHub's name for it; where it is missing, GitHub computes its own from the file.
    partialFingerprints: { primaryLocationLineHash: `${digest}:${occurrence}` },
    // A digest is written by who read what it is the digest of, never by a button.
    ...(fix?.kind === 'safe' ? { fixes: [sarifFix(fix, uriOf(placeOf(file)))] } : {}),
  };
}

function sarifFix({ title, edits }: Fix, uri: string) {
  return {
    description: { text: plainText(title) },
    artifactChanges: [
      {
        artifactLocation: { uri, uriBaseId: ROOT },
        replacements: edits.map(({ position, text }) => ({
          deletedRegion: region(position),
          insertedContent: { text },
        })),
      },
    ],
  };
}

function region({ start, end }: Range) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative reference (RFC 3986) of a path. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * In SARIF's plain text `[text](target)` is a link (3.11.6); what a document says must not become one. A bracket after an odd
 * number of backslashes closes no link.
 */
function plainText(text: string): string {
  return text.replace(/(\\*)\]\(/g, (all, escapes: string) => (escapes.length % 2 === 0 ? `\\${all}` : all));
}

import { compareDiagnostics, compareText } from '../base/diagnostic.js';
import { DIGEST } from '../base/digest.js';
import { RULES } from '../check/rules/index.js';
import type { Entry } from '../model/entry.js';
import { headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { diagnosticsPretty, type Paint, summarise } from '../render/diagnostics.js';
import { compileCorpus, linesOf } from './corpus.js';
import { type OutputOptions, type Shown, writeFindings } from './findings.js';
import { judgeSignatures, signatureFindings } from './signatures.js';
import type { Environment } from './terminal.js';
import { type Compared, verifyReport } from './verify-report.js';

/** Rules whose findings mean that something is not what a document says it is, or could not be read at all. */
const RULE_IDS = new Set([
  ...RULES.filter(({ group }) => group === 'provenance').map(({ id }) => id),
  ...[
    'encoding',
    'readable',
    'front-matter-yaml',
    'front-matter-schema',
    'no-broken-reference',
    'reference-kind',
  ],
]);

/** `probatum verify [PATH…]`: every digest pin, and every report against its record. @returns exit code */
export async function verify(
  environment: Environment,
  paths: readonly string[],
  options: OutputOptions,
): Promise<number> {
  const { compilation, includes } = await compileCorpus(environment, paths);
  const entries = [...compilation.model.entries.values()].filter(({ document }) => includes(document.path));
  const diagnostics = compilation.strict.filter(({ ruleId, file }) => RULE_IDS.has(ruleId) && includes(file));
  const compared: Compared = {
    ...comparePins(compilation, entries),
    reports: 0,
    journals: 0,
    artefacts: 0,
    signatures: 0,
  };
  const found = [...diagnostics];
  for (const entry of entries) {
    if (isReport(entry)) found.push(...(await verifyReport(compilation, entry, compared)));
  }
  const judged = await judgeSignatures(compilation, entries, environment.now());
  found.push(...signatureFindings(compilation, judged));
  const accepted = judged.flatMap(({ signatures }) => signatures.filter(({ verdict }) => verdict.accepted));
  compared.signatures = accepted.length;
  found.sort(compareDiagnostics);
  const documents = entries.map(({ document }) => document.path);
  await show(environment, { compilation, diagnostics: found, documents }, compared, options);
  return found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** Whatever names a record is a report, also where it calls itself something else. */
function isReport({ kind, document }: Entry): boolean {
  return (
    kind === 'dry-run-report' ||
    kind === 'execution-report' ||
    headerValue(document, 'record.path') !== undefined
  );
}

/** Digests that documents pin: how many could be compared, and of which documents not. */
function comparePins({ model }: Compilation, entries: readonly Entry[]): Pick<Compared, 'pins' | 'absent'> {
  const pins = entries.flatMap((entry) => entry.pins);
  const here = pins.filter(({ path }) => model.entries.has(path));
  const digests = here.flatMap(({ fields }) => fields).filter(({ value }) => DIGEST.test(value));
  const absent = pins.map(({ path }) => path).filter((path) => !model.entries.has(path));
  return { pins: digests.length, absent: [...new Set(absent)].sort(compareText) };
}

function show(
  environment: Environment,
  findings: Pick<Shown, 'compilation' | 'diagnostics' | 'documents'>,
  compared: Compared,
  options: OutputOptions,
): Promise<void> {
  const { compilation, diagnostics, documents } = findings;
  const summary = summarise(diagnostics, documents.length);
  const lines = [
    `compared ${compared.pins} digest pins in ${documents.length} documents`,
    `rendered ${compared.reports} reports again from their records, folded ${compared.journals} journals`,
    `hashed ${compared.artefacts} artefacts of the records`,
    `accepted ${compared.signatures} signatures`,
    ...(compared.absent.length > 0 ? [`not here, not compared: ${compared.absent.join(', ')}`] : []),
  ];
  const verdict = (paint: Paint) =>
    summary.errors === 0 ? paint.green('verified') : paint.red(`${summary.errors} findings`);
  const pretty = (paint: Paint) =>
    `${diagnosticsPretty(diagnostics, linesOf(compilation), paint)}${lines.join('\n')}\n${verdict(paint)}\n`;
  const json = () => `${JSON.stringify({ diagnostics, summary, compared }, null, 2)}\n`;
  return writeFindings(environment, { ...findings, pretty, json }, options);
}

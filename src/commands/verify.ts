import { compareDiagnostics, compareText, type Diagnostic } from '../base/diagnostic.js';
import { DIGEST } from '../base/digest.js';
import { RULES } from '../check/rules/index.js';
import type { Entry } from '../model/entry.js';
import { headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { diagnosticsPretty, summarise } from '../render/diagnostics.js';
import { compileCorpus, linesOf } from './corpus.js';
import type { Environment } from './terminal.js';
import { type Compared, verifyReport } from './verify-report.js';

export interface VerifyOptions {
  readonly format: 'pretty' | 'json';
}

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
  options: VerifyOptions,
): Promise<number> {
  const { compilation, includes } = await compileCorpus(environment, paths);
  const entries = [...compilation.model.entries.values()].filter(({ document }) => includes(document.path));
  const diagnostics = compilation.strict.filter(({ ruleId, file }) => RULE_IDS.has(ruleId) && includes(file));
  const compared: Compared = { ...comparePins(compilation, entries), reports: 0, journals: 0, artefacts: 0 };
  const found = [...diagnostics];
  for (const entry of entries) {
    if (isReport(entry)) found.push(...(await verifyReport(compilation, entry, compared)));
  }
  found.sort(compareDiagnostics);
  show(environment, compilation, found, entries.length, compared, options);
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
  { terminal }: Environment,
  compilation: Compilation,
  found: readonly Diagnostic[],
  documents: number,
  compared: Compared,
  { format }: VerifyOptions,
): void {
  const summary = summarise(found, documents);
  if (format === 'json') {
    terminal.out(`${JSON.stringify({ diagnostics: found, summary, compared }, null, 2)}\n`);
    return;
  }
  const { colors } = terminal;
  terminal.out(diagnosticsPretty(found, linesOf(compilation), colors));
  const lines = [
    `compared ${compared.pins} digest pins in ${documents} documents`,
    `rendered ${compared.reports} reports again from their records, folded ${compared.journals} journals`,
    `hashed ${compared.artefacts} artefacts of the records`,
    ...(compared.absent.length > 0 ? [`not here, not compared: ${compared.absent.join(', ')}`] : []),
  ];
  const verdict = summary.errors === 0 ? colors.green('verified') : colors.red(`${summary.errors} findings`);
  terminal.out(`${lines.join('\n')}\n${verdict}\n`);
}

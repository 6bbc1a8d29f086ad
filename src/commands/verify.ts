import { straySignatures } from '../authority/document-signatures.js';
import { compareDiagnostics, compareText } from '../base/diagnostic.js';
import { DIGEST } from '../base/digest.js';
import { RULES } from '../check/rules/index.js';
import type { Entry } from '../model/entry.js';
import { headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { counted } from '../render/counted.js';
import { diagnosticsPretty, type Paint, summarise } from '../render/diagnostics.js';
import { encodeTerminal } from '../render/encode.js';
import { compileCorpus, linesOf } from './corpus.js';
import { type OutputOptions, type Shown, writeFindings } from './findings.js';
import { removedWords } from './removed-words.js';
import { judgeSignatures, signatureFindings, signersFindings } from './signatures.js';
import type { Environment } from './terminal.js';
import { authorizationFindings } from './verify-authorizations.js';
import { type Compared, nothingCompared, verifyReport } from './verify-report.js';
import { ownPolicyFindings, type Since, selectSince, sinceLines } from './verify-since.js';

export interface VerifyOptions extends OutputOptions {
  /** Revision: only what changed since its merge base with HEAD counts. */
  readonly since?: string;
  /** Revision whose policy of signatures is taken; `since`, unless said. */
  readonly policyFrom?: string;
}

/** Rules whose findings mean that something is not what a document says it is, or could not be read at all. */
const RULE_IDS = new Set([
  ...RULES.filter(({ group }) => group === 'provenance' || group === 'authority').map(({ id }) => id),
  ...[
    'encoding',
    'readable',
    'front-matter-yaml',
    'front-matter-schema',
    'no-broken-reference',
    'reference-kind',
  ],
]);

/** What a change breaks far from where it is: who may judge, what comes after what, what may be used once. */
const OF_THE_WHOLE = new Set([
  ...RULES.filter(({ group }) => group === 'authority').map(({ id }) => id),
  'authorization-matches',
]);

/** `probatum verify [PATH…]`: every digest pin, and every report against its record. @returns exit code */
export async function verify(
  environment: Environment,
  paths: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const policyFrom = options.policyFrom ?? options.since;
  const { compilation, includes } = await compileCorpus(environment, paths, policyFrom);
  const entries = [...compilation.model.entries.values()].filter(({ document }) => includes(document.path));
  const diagnostics = compilation.strict.filter(({ ruleId, file }) => RULE_IDS.has(ruleId) && includes(file));
  const compared: Compared = { ...nothingCompared(), ...comparePins(compilation, entries) };
  const found = [...diagnostics];
  for (const entry of entries) {
    if (isReport(entry)) found.push(...(await verifyReport(environment, compilation, entry, compared)));
  }
  const judged = await judgeSignatures(compilation, entries, environment.now());
  const refused = [...signatureFindings(compilation, judged), ...signersFindings(compilation.config)];
  found.push(...refused);
  if (options.since !== undefined)
    found.push(...(await ownPolicyFindings(compilation, entries, environment.now(), refused)));
  found.push(...authorizationFindings(compilation, entries, environment.now()));
  const accepted = judged.flatMap(({ signatures }) => signatures.filter(({ verdict }) => verdict.accepted));
  compared.signatures = accepted.length;
  const signable = judged.map(({ document }) => document);
  compared.strays = straySignatures(compilation.config.root, signable);
  found.sort(compareDiagnostics);
  const documents = entries.map(({ document }) => document.path);
  const change =
    options.since === undefined ? null : await selectSince(environment, compilation, entries, options.since);
  const gone = change
    ? await removedWords(environment, compilation, change.since.removed, change.since.revision)
    : [];
  const shown = change
    ? [...found.filter((one) => change.causes(one) || OF_THE_WHOLE.has(one.ruleId)), ...gone].sort(
        compareDiagnostics,
      )
    : found;
  const meant = change ? documents.filter(change.affects) : documents;
  await show(environment, { compilation, diagnostics: shown, documents: meant }, compared, {
    ...options,
    all: documents.length,
    change: change?.since ?? null,
  });
  return shown.some(({ severity }) => severity === 'error') ? 1 : 0;
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
  { all, change, ...options }: OutputOptions & { readonly all: number; readonly change: Since | null },
): Promise<void> {
  const { compilation, diagnostics, documents } = findings;
  const summary = summarise(diagnostics, documents.length);
  const lines = [
    `compared ${counted(compared.pins, 'digest pin')} in ${counted(all, 'document')}`,
    `rendered ${counted(compared.reports, 'report')} again from the record, folded ${counted(compared.journals, 'journal')}`,
    `hashed ${counted(compared.artefacts, 'artefact')} of the records`,
    `read ${counted(compared.seals, 'seal')}, ${compared.signedSeals} of them signed; planned ${counted(compared.plans, 'package')} again at the commit of the record`,
    `accepted ${counted(compared.signatures, 'signature')}`,
    ...(compared.absent.length > 0 ? [`not here, not compared: ${compared.absent.join(', ')}`] : []),
    ...(compared.strays.length > 0
      ? [`signatures beside no document: ${encodeTerminal(compared.strays.join(', '))}`]
      : []),
  ];
  const changes = (change ? sinceLines(change) : []).map((line) => `${encodeTerminal(line)}\n`).join('');
  // A file for another program has no place for it, and who reads the log of a job wants to know.
  if (options.format !== 'pretty' && options.format !== 'json') environment.terminal.err(changes);
  const verdict = (paint: Paint) =>
    summary.errors === 0 ? paint.green('verified') : paint.red(counted(summary.errors, 'finding'));
  const pretty = (paint: Paint) =>
    `${diagnosticsPretty(diagnostics, linesOf(compilation), paint)}${lines.join('\n')}\n${changes}${verdict(paint)}\n`;
  const since = change ? { since: change } : {};
  const json = () => `${JSON.stringify({ diagnostics, summary, compared, ...since }, null, 2)}\n`;
  return writeFindings(environment, { ...findings, pretty, json }, options);
}

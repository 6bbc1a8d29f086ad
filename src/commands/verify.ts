import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';
import { UsageError } from '../base/usage-error.js';
import { RULES } from '../check/rules/index.js';
import { hashFile } from '../execute/hash-file.js';
import type { Entry } from '../model/model.js';
import { headerPosition, headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { readRecord, recordProblem, type StoredRecord } from '../record/store.js';
import { diagnosticsPretty, summarise } from '../render/diagnostics.js';
import { renderReport } from '../render/report.js';
import { compileCorpus, linesOf } from './corpus.js';
import type { Environment } from './terminal.js';

export interface VerifyOptions {
  readonly format: 'pretty' | 'json';
}

/** What was compared, so that a reader knows what "verified" covers. */
interface Compared {
  pins: number;
  reports: number;
  journals: number;
  artefacts: number;
  /** Artefacts that the records name and that are not here: their digests were not compared. */
  readonly absent: string[];
}

/** Rules whose findings mean that something is not what a document says it is, or could not be read at all. */
const RULE_IDS = new Set([
  ...RULES.filter(({ group }) => group === 'provenance').map(({ id }) => id),
  ...['encoding', 'readable', 'front-matter-yaml', 'front-matter-schema', 'no-broken-reference'],
]);

/** `probatum verify [PATH…]`: every digest pin, and every report against its record. @returns exit code */
export async function verify(
  environment: Environment,
  paths: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const { compilation, includes } = await compileCorpus(environment, paths);
  const entries = [...compilation.model.entries.values()].filter(({ document }) => includes(document.path));
  const diagnostics = compilation.diagnostics.filter(
    ({ ruleId, file }) => RULE_IDS.has(ruleId) && includes(file),
  );
  const compared: Compared = { pins: countPins(entries), reports: 0, journals: 0, artefacts: 0, absent: [] };
  const found = [...diagnostics];
  for (const entry of entries) {
    if (entry.kind === 'dry-run-report' || entry.kind === 'execution-report')
      found.push(...(await verifyReport(compilation, entry, compared)));
  }
  found.sort(compareDiagnostics);
  show(environment, compilation, found, entries.length, compared, options);
  return found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function countPins(entries: readonly Entry[]): number {
  return entries
    .flatMap(({ pins }) => pins.flatMap(({ fields }) => fields))
    .filter(({ name }) => name !== 'revision').length;
}

async function verifyReport(
  compilation: Compilation,
  entry: Entry,
  compared: Compared,
): Promise<Diagnostic[]> {
  const { document } = entry;
  const finding = (
    ruleId: string,
    key: string,
    message: string,
    rest: Partial<Diagnostic> = {},
  ): Diagnostic => ({
    ruleId,
    severity: 'error',
    file: document.path,
    message,
    position: headerPosition(document, key) ?? FILE_START,
    ...rest,
  });
  const named = headerValue(document, 'record.path')?.value;
  if (!named) return [finding('report-matches-record', 'record', 'the report names no record')];
  const file = join(compilation.config.root, named);
  if (!existsSync(file)) return [finding('report-matches-record', 'record.path', `no record at ${named}`)];
  let stored: StoredRecord;
  try {
    stored = readRecord(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [finding('record-chain', 'record.path', error.message)];
  }
  const findings: Diagnostic[] = [];
  const pinned = headerValue(document, 'record.sha256')?.value ?? '';
  if (pinned !== stored.sha256) {
    const rest = { expected: stored.sha256, observed: pinned };
    findings.push(finding('report-matches-record', 'record.sha256', 'the record has another digest', rest));
  }
  compared.journals += 1;
  const broken = recordProblem(file, stored);
  if (broken) findings.push(finding('record-chain', 'record.path', `${named}: ${broken}`));
  compared.reports += 1;
  findings.push(...compareBytes(compilation, entry, renderReport(stored.record, stored.sha256)));
  for (const artefact of stored.record.artefacts) {
    const path = join(file, '..', artefact.path);
    if (!existsSync(path)) {
      compared.absent.push(`${stored.record.runId}/${artefact.path}`);
      continue;
    }
    compared.artefacts += 1;
    const observed = await hashFile(path);
    const rest = { expected: artefact.sha256, observed };
    if (observed !== artefact.sha256)
      findings.push(
        finding('record-chain', 'record.path', `artefact ${artefact.path} has another digest`, rest),
      );
  }
  return findings;
}

/** A report that was edited differs from what its record renders to; the first line that does is shown. */
function compareBytes({ files }: Compilation, { document }: Entry, rendered: string): Diagnostic[] {
  const bytes = files.get(document.path)!.bytes;
  if (Buffer.from(rendered).equals(bytes)) return [];
  const here = Buffer.from(bytes).toString('utf8').split('\n');
  const there = rendered.split('\n');
  const index = here.findIndex((line, at) => line !== there[at]);
  const at = index < 0 ? here.length - 1 : index;
  const line = here[at] ?? '';
  return [
    {
      ruleId: 'report-matches-record',
      severity: 'error',
      file: document.path,
      message: 'the report is not what its record renders to',
      position: { start: { line: at + 1, column: 1 }, end: { line: at + 1, column: line.length + 1 } },
      expected: there[at] ?? '(end of the report)',
      observed: line,
      help: 'a report is never edited by hand: render it again with "probatum report RECORD --publish --force"',
    },
  ];
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

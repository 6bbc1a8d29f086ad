import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.js';
import { hashFile } from '../base/hash-file.js';
import { FILE_START } from '../base/position.js';
import { UsageError } from '../base/usage-error.js';
import type { VerifyRuleId } from '../check/verify-rules.js';
import type { Entry } from '../model/entry.js';
import { type DocumentIndex, headerPosition, headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { readRecord, recordProblem, type StoredRecord } from '../record/store.js';
import { renderReport } from '../render/report.js';
import { compareManifest, isManifest } from '../target/directory-manifest.js';
import { VERSION } from '../version.js';
import type { Environment } from './terminal.js';
import { comparePlan } from './verify-plan.js';
import { judgeSeal } from './verify-seal.js';

/** What was compared, so that a reader knows what "verified" covers. */
export interface Compared {
  pins: number;
  reports: number;
  journals: number;
  artefacts: number;
  signatures: number;
  /** Seals that could be read, and those of them with a signature that counts. */
  seals: number;
  signedSeals: number;
  /** Plans that the corpus gave again at the commit of their record. */
  plans: number;
  /** Documents and artefacts that are named and not here: their digests were not compared. */
  readonly absent: string[];
  /** Signatures beside no document: nobody's word on anything that is here. */
  strays: readonly string[];
}

/** Nothing was compared yet. */
export function nothingCompared(): Compared {
  return {
    pins: 0,
    reports: 0,
    journals: 0,
    artefacts: 0,
    signatures: 0,
    seals: 0,
    signedSeals: 0,
    plans: 0,
    absent: [],
    strays: [],
  };
}

/** Holds a report against its record: the record's digest, its journal, its plan, the rendered bytes, the seal, the artefacts. */
export async function verifyReport(
  environment: Environment,
  compilation: Compilation,
  entry: Entry,
  compared: Compared,
): Promise<Diagnostic[]> {
  const { document } = entry;
  const named = headerValue(document, 'record.path')?.value;
  if (!named) return [finding(document, 'report-matches-record', 'record', 'the report names no record')];
  const file = join(compilation.config.root, named);
  if (!existsSync(file))
    return [finding(document, 'report-matches-record', 'record.path', `no record at ${named}`)];
  let stored: StoredRecord;
  try {
    stored = readRecord(file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [finding(document, 'record-chain', 'record.path', error.message.replace(file, named))];
  }
  compared.journals += 1;
  compared.reports += 1;
  const report = compilation.files.get(document.path)!.bytes;
  const sealed = await judgeSeal(environment, compilation.config, { file, stored, report }, compared);
  const plan = await comparePlan(environment, compilation.config, stored.record, compared);
  return [
    ...compareRecord(document, named, file, stored),
    ...compareBytes(compilation, entry, stored),
    ...sealed.map((problem) =>
      finding(document, 'seal-signature', 'record.path', `the seal beside ${named}: ${problem}`),
    ),
    ...plan.map((problem) => finding(document, 'record-chain', 'record.path', `${named}: ${problem}`)),
    ...(await compareArtefacts(document, file, stored, compared)),
  ];
}

function finding(
  document: DocumentIndex,
  ruleId: VerifyRuleId,
  key: string,
  message: string,
  rest: Partial<Diagnostic> = {},
): Diagnostic {
  const position = headerPosition(document, key) ?? FILE_START;
  return { ruleId, severity: 'error', file: document.path, message, position, ...rest };
}

/** The record is the one that the report pins, and follows from the journal beside it. */
function compareRecord(
  document: DocumentIndex,
  named: string,
  file: string,
  stored: StoredRecord,
): Diagnostic[] {
  const findings: Diagnostic[] = [];
  const pinned = headerValue(document, 'record.sha256')?.value ?? '';
  if (pinned !== stored.sha256) {
    const rest = { expected: stored.sha256, observed: pinned };
    const message = 'the record has another digest';
    findings.push(finding(document, 'report-matches-record', 'record.sha256', message, rest));
  }
  const broken = recordProblem(file, stored);
  if (broken) findings.push(finding(document, 'record-chain', 'record.path', `${named}: ${broken}`));
  return findings;
}

async function compareArtefacts(
  document: DocumentIndex,
  file: string,
  { record }: StoredRecord,
  compared: Compared,
): Promise<Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const artefact of record.artefacts) {
    const path = join(file, '..', artefact.path);
    if (!existsSync(path)) {
      compared.absent.push(`${record.runId}/${artefact.path}`);
      continue;
    }
    compared.artefacts += 1;
    const observed = await hashFile(path).catch((error: Error) => error.message);
    if (observed === artefact.sha256) {
      if (artefact.name === 'backup' && isManifest(artefact.path))
        findings.push(...(await compareFolder(document, artefact.path, path, record.runId, compared)));
      continue;
    }
    const rest = { expected: artefact.sha256, observed };
    const message = `artefact ${artefact.path} has another digest`;
    findings.push(finding(document, 'record-chain', 'record.path', message, rest));
  }
  return findings;
}

/** A backup in several files: the manifest has its digest, and each of them has the one that the manifest says. */
async function compareFolder(
  document: DocumentIndex,
  named: string,
  path: string,
  runId: string,
  compared: Compared,
): Promise<Diagnostic[]> {
  const comparison = await compareManifest(path);
  if (comparison === null) {
    compared.absent.push(`${runId}/${named.replace(/\.manifest$/, '/')}`);
    return [];
  }
  compared.artefacts += comparison.files;
  return comparison.problems.map((problem) =>
    finding(document, 'record-chain', 'record.path', `backup of ${named}: ${problem}`),
  );
}

/** A report that was edited differs from what its record renders to; the first line that does is shown. */
function compareBytes(
  { files }: Compilation,
  { document }: Entry,
  { record, sha256 }: StoredRecord,
): Diagnostic[] {
  const rendered = renderReport(record, sha256);
  const bytes = files.get(document.path)!.bytes;
  if (Buffer.from(rendered).equals(bytes)) return [];
  const here = Buffer.from(bytes).toString('utf8').split('\n');
  const there = rendered.split('\n');
  const index = here.findIndex((line, at) => line !== there[at]);
  const at = index < 0 ? here.length - 1 : index;
  const line = here[at] ?? '';
  const again = 'render it again with "probatum report RECORD --publish --force"';
  const help =
    record.tool.version === VERSION
      ? `a report is never edited by hand: ${again}`
      : `the record was made by version ${record.tool.version}, this is ${VERSION} with templates of its own: ${again}`;
  return [
    {
      ruleId: 'report-matches-record',
      severity: 'error',
      file: document.path,
      message: 'the report is not what its record renders to',
      position: { start: { line: at + 1, column: 1 }, end: { line: at + 1, column: line.length + 1 } },
      expected: there[at] ?? '(end of the report)',
      observed: line,
      help,
    },
  ];
}

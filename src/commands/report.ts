import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { loadConfig } from '../load/config.js';
import { toRootPath } from '../load/corpus.js';
import { linkOnWay } from '../load/link-on-way.js';
import {
  JOURNAL_FILE,
  RECORD_FILE,
  readRecord,
  readRun,
  recordProblem,
  SEAL_FILE,
  type StoredRecord,
} from '../record/store.js';
import { renderReport } from '../render/report.js';
import { recordPath } from '../render/report-view.js';
import { attestHelp, sealProblem } from './seal.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

export interface ReportOptions {
  readonly output?: string;
  readonly publish: boolean;
  readonly force: boolean;
}

/** `probatum report RECORD`: renders a record; nothing but the record goes in. @returns exit code */
export async function report(
  environment: Environment,
  path: string,
  options: ReportOptions,
): Promise<number> {
  const { cwd, terminal } = environment;
  const { file, stored } = findRecord(environment, path);
  const { record } = stored;
  const text = renderReport(record, stored.sha256);
  if (options.output !== undefined) writeResult(resolve(cwd, options.output), text, options.force);
  if (options.publish) {
    if (!existsSync(file))
      throw new UsageError('bad-record', `${path} has no record: the run was interrupted`);
    const problem = recordProblem(file, stored) ?? sealProblem(file, stored, text);
    if (problem) throw new UsageError('bad-record', `${path} is not published: ${problem}`, attestHelp(file));
    const { root } = loadConfig(environment.root);
    const { dryRun, execution } = record.plan.reports;
    // A path of a document is written by an author: it may not lead out of the root.
    const reportPath = toRootPath(root, root, (record.mode === 'rehearsal' ? dryRun : execution).path);
    for (const path of [reportPath, recordPath(record)]) {
      const link = linkOnWay(root, path);
      if (link)
        throw new UsageError('cannot-write', `${link} is a symbolic link, and those are not followed`);
    }
    if (!options.force && existsSync(join(root, reportPath)))
      throw new UsageError('cannot-write', `${reportPath} exists already`, 'replace it with --force');
    publishRecord(file, stored, join(root, dirname(recordPath(record))), options.force);
    writeResult(join(root, reportPath), text, options.force);
    terminal.err(`report  ${reportPath}\nrecord  ${recordPath(record)}\n`);
  }
  if (options.output === undefined && !options.publish) terminal.out(text);
  return 0;
}

/** A record that is named by its file, or by its folder, where an interrupted run has left a journal only. */
export function findRecord(
  { cwd }: Environment,
  path: string,
): { readonly file: string; readonly stored: StoredRecord } {
  const named = resolve(cwd, path);
  if (!existsSync(named)) throw new UsageError('cannot-read', `no such record: ${path}`);
  const isFolder = statSync(named).isDirectory();
  const file = isFolder ? join(named, RECORD_FILE) : named;
  return { file, stored: isFolder ? readRun(named) : readRecord(file) };
}

/** Files the record with its journal, its seal and its small artefacts; a backup does not belong in a repository. */
function publishRecord(file: string, { record }: StoredRecord, to: string, force: boolean): void {
  const small = record.artefacts.filter(({ step }) => step !== 'backup').map(({ path }) => path);
  writeResult(join(to, RECORD_FILE), readFileSync(file), force);
  for (const name of [JOURNAL_FILE, SEAL_FILE, ...small]) {
    const source = join(dirname(file), name);
    if (existsSync(source)) writeResult(join(to, name), readFileSync(source), force);
  }
}

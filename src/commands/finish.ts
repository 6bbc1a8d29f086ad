import { join, relative } from 'node:path';
import type { SealKey } from '../authority/seal-key.js';
import type { FinishedRun } from '../execute/start-run.js';
import { RECORD_FILE, REPORT_FILE, replaceDurably } from '../record/store.js';
import { encodeTerminal } from '../render/encode.js';
import { renderReport } from '../render/report.js';
import { endLine, faultOf } from './run-end.js';
import { attestHelp, sealBeside, sealText, signedOtherwise } from './seal.js';
import type { Environment } from './terminal.js';

export interface FinishOptions {
  /** Signs the seal; null where nobody does. */
  readonly sealKey: SealKey | null;
  readonly format: 'pretty' | 'json';
}

/**
 * Writes report and seal into the run's folder and says how the run ended. Neither what cannot be written nor a bug
 * changes how that was. @returns exit code
 */
export async function finish(
  environment: Environment,
  { status, exitCode, reason, folder, stored, fault }: FinishedRun,
  { sealKey, format }: FinishOptions,
): Promise<number> {
  const { terminal, cwd } = environment;
  const [file, reportFile] = [join(folder, RECORD_FILE), join(folder, REPORT_FILE)];
  const report = writeReport(environment, reportFile, stored);
  const signedBy = await writeSeal(environment, file, { stored, report, sealKey });
  if (fault instanceof Error) terminal.err(`a fault of probatum, please report it\n${fault.stack}\n`);
  const shown = {
    record: relative(cwd, file),
    report: relative(cwd, reportFile),
    seal: relative(cwd, sealBeside(file)),
  };
  if (format === 'json') {
    const { runId, mode, planSha256, migration } = stored.record;
    terminal.out(
      endLine({
        ...{ mode, runId, status, exitCode, reason },
        outcome: migration?.outcome ?? 'not-started',
        error: fault === null ? null : faultOf(fault),
        ...{ planSha256, recordSha256: stored.sha256, ...shown, signedBy },
      }),
    );
    return exitCode;
  }
  const { colors } = terminal;
  const mark = exitCode === 0 ? colors.green(status) : colors.red(status);
  const signed = signedBy.length === 0 ? 'not signed' : `signed by ${signedBy.join(', ')}`;
  terminal.out(
    `${mark}: ${encodeTerminal(reason)}\nrecord  ${shown.record}\nreport  ${shown.report}\nseal    ${shown.seal} (${signed})\n`,
  );
  return exitCode;
}

/** Renders the report and writes it: it follows from the record, so what a process that died has left of it is replaced. */
function writeReport(
  { terminal }: Environment,
  file: string,
  { record, sha256 }: FinishedRun['stored'],
): string | null {
  let text: string | null = null;
  try {
    text = renderReport(record, sha256);
    replaceDurably(file, Buffer.from(text));
  } catch (error) {
    terminal.err(`no report: ${(error as Error).message}\n`);
  }
  return text;
}

interface Sealed {
  readonly stored: FinishedRun['stored'];
  readonly report: string | null;
  readonly sealKey: SealKey | null;
}

/** Seals the run; where its key fails at the end, without a signature: the digests are kept. @returns keys that signed */
async function writeSeal(
  { terminal }: Environment,
  file: string,
  { stored, report, sealKey }: Sealed,
): Promise<readonly string[]> {
  const again = attestHelp(file);
  if (signedOtherwise(file, stored, report)) {
    terminal.err(
      `no new seal: ${sealBeside(file)} is signed and says something else, or cannot be read; find out why before you sign again\n  ${again}\n`,
    );
    return [];
  }
  const seal = async (key: SealKey | null) => {
    const { text, signedBy } = await sealText(file, stored, report, key);
    replaceDurably(sealBeside(file), Buffer.from(text));
    return signedBy;
  };
  try {
    return await seal(sealKey).catch((error: Error) => {
      if (!sealKey) throw error;
      terminal.err(`not signed: ${error.message}\n  ${again} --seal-key FILE\n`);
      return seal(null);
    });
  } catch (error) {
    terminal.err(`no seal: ${(error as Error).message}\n  ${again}\n`);
    return [];
  }
}

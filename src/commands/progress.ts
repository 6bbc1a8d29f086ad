import { STEPS } from '../execute/steps/index.js';
import type { JournalLine } from '../record/events.js';
import { encodeTerminal } from '../render/encode.js';
import type { Environment } from './terminal.js';

interface Spinner {
  text: string;
  start(): unknown;
  stop(): unknown;
}

/** Shows a run step by step: a line for each, a spinner while one runs where somebody watches. */
export async function runProgress({
  terminal,
  touched,
  began,
}: Environment): Promise<(line: JournalLine) => void> {
  const { errColors: paint, err } = terminal;
  const spinner: Spinner | null = terminal.interactive ? (await import('yocto-spinner')).default() : null;
  const print = (text: string) => {
    spinner?.stop();
    err(`${text}\n`);
  };
  return (line) => {
    if (line.type === 'transaction-started') touched();
    if (line.type === 'run-started') began?.(line.runId, line.mode);
    if (line.type === 'run-started')
      print(`run ${line.runId} of plan ${line.planSha256} on ${line.target.name}`);
    if (line.type === 'scratch-built')
      print(`${paint.green('done')}    scratch database from ${line.documents.length} documents`);
    if (line.type === 'step-started' && spinner) {
      spinner.text = `${line.id} ${STEPS[line.step].title}`;
      spinner.start();
    }
    if (line.type === 'gate-evaluated' && line.verdict !== 'PASS')
      print(`${paint.red('denied')}  gate ${line.id} ${line.gate}: ${encodeTerminal(line.observed)}`);
    if (line.type === 'check-evaluated' && line.verdict === 'FAIL') {
      const observed = line.observed ? line.observed.join(' / ') : (line.reason ?? '');
      print(
        `${paint.red('FAIL')}    ${line.id} ${encodeTerminal(`${line.title}: expected ${line.expected.join(' / ')}, observed ${observed}`)}`,
      );
    }
    if (line.type === 'step-finished') {
      const mark =
        line.status === 'done'
          ? paint.green('done')
          : line.status === 'skipped'
            ? paint.dim('skipped')
            : paint.red(line.status);
      const pad = ' '.repeat(Math.max(1, 8 - line.status.length));
      print(`${mark}${pad}${line.id.padEnd(6)} ${STEPS[line.step].title}: ${encodeTerminal(line.detail)}`);
    }
    if (line.type === 'run-finished') spinner?.stop();
  };
}

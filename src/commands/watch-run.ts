import { endLine, errorEnd, interruptedEnd } from './run-end.js';
import type { Environment } from './terminal.js';

export interface Executed {
  readonly format: 'pretty' | 'json';
  readonly mode: 'run' | 'rehearsal';
  /** Whether it takes up a run that another process began. */
  readonly resumes?: boolean;
}

/** A command that executes a plan, as the process sees it. */
export interface WatchedRun {
  readonly environment: Environment;
  /** Prints, for machines, the end of a command that has not printed its own. @param exitCode as the process ends */
  readonly sayEnd: (error: unknown, exitCode: number) => void;
  /** Says at a signal how to go on. @returns exit code */
  readonly interrupted: () => number;
}

/** Surroundings of a command that executes a plan, and what is said where something else ends it. */
export function watchRun(environment: Environment, { format, mode, resumes = false }: Executed): WatchedRun {
  const { terminal } = environment;
  const begun = { mode, runId: null as string | null, touched: false, resumes };
  let said = false;
  const out = (text: string | Uint8Array) => {
    said = true;
    terminal.out(text);
  };
  const say = (end: Parameters<typeof endLine>[0]) => {
    if (format === 'json' && !said) out(endLine(end));
  };
  const interrupted = () => {
    const isRun = begun.mode === 'run' && begun.runId !== null;
    const help = isRun ? `settle it with: probatum resume ${begun.runId}` : 'nothing was sent to a target';
    const exitCode = isRun && begun.touched ? 4 : 1;
    terminal.err(`interrupted; ${help}\n`);
    say(interruptedEnd(begun, help, exitCode));
    return exitCode;
  };
  const touched = () => {
    begun.touched = true;
    environment.touched();
  };
  const began: Environment['began'] = (runId, of) => {
    Object.assign(begun, { runId, mode: of });
  };
  return {
    environment: { ...environment, terminal: { ...terminal, out }, touched, began },
    interrupted,
    sayEnd: (error, exitCode) => say(errorEnd(begun, error, exitCode)),
  };
}

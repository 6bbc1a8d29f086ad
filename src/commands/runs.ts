import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { isAtWork, isUnsettled, runLock, runsIn } from '../execute/run-folder.js';
import { loadConfig } from '../load/config.js';
import type { StoredRecord } from '../record/store.js';
import { displayWidth } from '../render/display-width.js';
import { encodeJson, encodeTerminal } from '../render/encode.js';
import { lockState } from '../target/lock-file.js';
import type { Environment } from './terminal.js';

export interface RunsOptions {
  readonly format: 'pretty' | 'json';
}

interface Listed {
  readonly change: string;
  readonly run: string;
  readonly mode: string;
  readonly target: string;
  /** A run's status, `running` where a process works on it, `unreadable` where its files are damaged. */
  readonly status: string;
  readonly outcome: string;
  readonly startedAt: string;
  readonly reason: string;
  /** Whether somebody has to look at it before the next run. */
  readonly open: boolean;
}

/** `probatum runs [CHANGE]`: what ran here and how it ended. @returns exit code: 1 where one is to be settled */
export function runs(environment: Environment, change: string | undefined, { format }: RunsOptions): number {
  const { root } = loadConfig(environment.root);
  const all = join(root, '.probatum', 'runs');
  const changes = changesIn(all);
  const listed = changes
    .filter((one) => change === undefined || one === change)
    .flatMap((one) => list(all, one));
  const open = listed.filter((one) => one.open);
  const { terminal } = environment;
  const shown = listed.map(({ open: _, ...one }) => one);
  if (format === 'json') terminal.out(`${encodeJson(canonicalJson({ runs: shown }))}\n`);
  else if (listed.length === 0) terminal.err(`no runs${change === undefined ? '' : ` of ${change}`}\n`);
  else terminal.out(table(listed));
  if (open.some(({ status }) => status !== 'unreadable'))
    terminal.err('a run is not settled: probatum resume RUN\n');
  if (open.some(({ status }) => status === 'unreadable'))
    terminal.err(
      'a run cannot be read, so it is not known what it has sent: put its files back from a copy\n',
    );
  return open.length > 0 ? 1 : 0;
}

/** Names of the changes that have run here; anything but a folder is somebody else's. */
function changesIn(all: string): string[] {
  if (!existsSync(all)) return [];
  const folders = readdirSync(all, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).sort();
}

const UNKNOWN = { mode: '', target: '', outcome: '', startedAt: '' } as const;

function list(all: string, change: string): Listed[] {
  return runsIn(join(all, change)).map((one): Listed => {
    const { name: run, folder, stored, problem } = one;
    if (problem !== null) {
      const known = stored && knownOf(stored);
      return { change, run, ...UNKNOWN, ...known, status: 'unreadable', reason: problem, open: true };
    }
    if (!stored)
      return {
        change,
        run,
        ...UNKNOWN,
        status: 'not-begun',
        reason: 'it ended before its first event',
        open: false,
      };
    const { status, reason } = stored.record;
    const running = isAtWork(folder);
    return {
      change,
      run,
      ...knownOf(stored),
      status: running ? 'running' : status,
      reason: running ? '' : reason + heldElsewhere(folder),
      open: isUnsettled(one),
    };
  });
}

function knownOf({ record }: StoredRecord): Pick<Listed, keyof typeof UNKNOWN> {
  const { mode, target, migration, startedAt } = record;
  return { mode, target: target.name, outcome: migration?.outcome ?? 'not-started', startedAt };
}

/** Whether its process still works there cannot be asked from here. */
function heldElsewhere(folder: string): string {
  const { state, holder } = lockState(runLock(folder));
  return state === 'elsewhere' ? `, or goes on in ${holder}` : '';
}

function table(listed: readonly Listed[]): string {
  const head = ['RUN', 'CHANGE', 'MODE', 'TARGET', 'STATUS', 'MIGRATION'];
  const cells = listed.map(({ run, change, mode, target, status, outcome }) =>
    [run, change, mode, target, status, outcome].map(encodeTerminal),
  );
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((row) => displayWidth(row[column]!))),
  );
  const line = (row: readonly string[], rest: string) =>
    `${[...row.map((cell, column) => cell + ' '.repeat(widths[column]! - displayWidth(cell))), rest].join('  ').trimEnd()}\n`;
  const reasons = listed.map(({ reason }) => encodeTerminal(reason));
  return line(head, 'REASON') + cells.map((row, index) => line(row, reasons[index]!)).join('');
}

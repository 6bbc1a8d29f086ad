import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { isAtWork, runsIn } from '../execute/run-folder.js';
import { loadConfig } from '../load/config.js';
import { displayWidth } from '../render/display-width.js';
import { encodeJson, encodeTerminal } from '../render/encode.js';
import type { Environment } from './terminal.js';

export interface RunsOptions {
  readonly format: 'pretty' | 'json';
}

interface Listed {
  readonly change: string;
  readonly run: string;
  readonly mode: string;
  readonly target: string;
  /** A run's status, `running` where a process works on it, `unreadable` where its folder cannot be read. */
  readonly status: string;
  readonly outcome: string;
  readonly startedAt: string;
  readonly reason: string;
}

/** `probatum runs [CHANGE]`: what ran here and how it ended. @returns exit code: 1 where one is to be settled */
export function runs(environment: Environment, change: string | undefined, { format }: RunsOptions): number {
  const { root } = loadConfig(environment.root);
  const all = join(root, '.probatum', 'runs');
  const changes = existsSync(all) ? readdirSync(all).sort() : [];
  const listed = changes
    .filter((one) => change === undefined || one === change)
    .flatMap((one) => list(all, one));
  const open = listed.some(({ mode, status }) => mode === 'run' && status === 'indeterminate');
  const { terminal } = environment;
  if (format === 'json') terminal.out(`${encodeJson(canonicalJson({ runs: listed }))}\n`);
  else if (listed.length === 0) terminal.err(`no runs${change === undefined ? '' : ` of ${change}`}\n`);
  else terminal.out(table(listed));
  if (open) terminal.err('a run is not settled: probatum resume RUN\n');
  return open ? 1 : 0;
}

function list(all: string, change: string): Listed[] {
  return runsIn(join(all, change)).map(({ name, folder, stored }): Listed => {
    if (!stored)
      return {
        change,
        run: name,
        mode: '',
        target: '',
        status: 'unreadable',
        outcome: '',
        startedAt: '',
        reason: '',
      };
    const { mode, target, status, migration, startedAt, reason } = stored.record;
    const running = isAtWork(folder);
    return {
      change,
      run: name,
      mode,
      target: target.name,
      status: running ? 'running' : status,
      outcome: migration?.outcome ?? 'not-started',
      startedAt,
      reason: running ? '' : reason,
    };
  });
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

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** A command whose wall time is taken as a whole, from its start to its end. */
export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Done before each run, outside the time that is taken. */
  readonly before?: () => void;
  /** How often it runs at most; for those that take minutes. */
  readonly atMost?: number;
  /** Whether the command prints the milliseconds that count, as its process start does not belong to it. */
  readonly timesItself?: boolean;
}

/** Wall times in milliseconds, in the order of the runs, and the largest resident set in MB. */
export interface Measured {
  readonly name: string;
  readonly walls: readonly number[];
  /** Null where the system has no `/usr/bin/time` that says it. */
  readonly peakMegabytes: number | null;
}

const TIME = '/usr/bin/time';
/** Linters end with 1 where they have findings. */
const FINE = [0, 1];

/**
 * Runs every contender once a round, so that a change of the machine's mood meets all of them. Output goes nowhere.
 * @throws Error where a command fails otherwise than by findings
 */
export async function measure(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const found = contenders.map(({ name }) => ({ name, walls: [] as number[], peaks: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      if (round >= (contender.atMost ?? rounds)) continue;
      contender.before?.();
      const { wall, peak } = await runOnce(contender);
      found[index]!.walls.push(wall);
      if (peak !== null) found[index]!.peaks.push(peak);
    }
  }
  return found.map(({ name, walls, peaks }) => ({
    name,
    walls,
    peakMegabytes: peaks.length > 0 ? Math.max(...peaks) : null,
  }));
}

async function runOnce(contender: Contender): Promise<{ wall: number; peak: number | null }> {
  const { name, command, args, cwd, timesItself } = contender;
  const folder = mkdtempSync(join(tmpdir(), 'probatum-peak-'));
  const file = join(folder, 'kilobytes');
  const timed = existsSync(TIME) && process.platform === 'linux';
  const line = timed ? [TIME, '-o', file, '-f', '%M', command, ...args] : [command, ...args];
  try {
    const start = performance.now();
    const child = spawn(line[0]!, line.slice(1), {
      cwd,
      stdio: ['ignore', timesItself ? 'pipe' : 'ignore', 'pipe'],
    });
    let printed = '';
    let complaint = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      complaint = (complaint + chunk).slice(-2000);
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const wall = performance.now() - start;
    if (!FINE.includes(status ?? -1)) throw new Error(`${name} ended with ${status}: ${complaint}`);
    // Its last line is the figure; a line before it tells of an exit code that is not 0.
    const peak = timed ? Number(readFileSync(file, 'utf8').trim().split('\n').at(-1)) / 1024 : null;
    return { wall: timesItself ? Number(printed) : wall, peak };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The middle one of the wall times. @throws RangeError where there is none */
export function median({ name, walls }: Pick<Measured, 'name' | 'walls'>): number {
  const middle = [...walls].sort((a, b) => a - b)[Math.floor((walls.length - 1) / 2)];
  if (middle === undefined) throw new RangeError(`${name} was not run`);
  return middle;
}

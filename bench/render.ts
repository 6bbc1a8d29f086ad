import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { type Measured, median } from './measure.js';
import type { Row, Target } from './rows.js';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** The rows as Markdown: what each contender took, and each target with whether it was reached. */
export function renderRows(rows: readonly Row[], command: string): string {
  const times = rows.flatMap(({ work, measured }) => measured.map((one) => timeCells(work, one)));
  const targets = rows.flatMap(({ work, targets: all }) =>
    all.map((target) => [work, ...targetCells(target)]),
  );
  return [
    ...surroundings(command),
    '',
    ...table(['Work', 'Target', 'Found', 'Reached'], targets),
    '',
    ...table(['Work', 'What', 'Median', 'Min', 'Max', 'Runs', 'Peak memory'], times),
  ].join('\n');
}

function timeCells(work: string, measured: Measured): string[] {
  const { name, walls, peakMegabytes } = measured;
  const memory = peakMegabytes === null ? 'not measured' : `${peakMegabytes.toFixed(0)} MB`;
  const figures = [median(measured), Math.min(...walls), Math.max(...walls)].map(duration);
  return [work, name, ...figures, String(walls.length), memory];
}

function targetCells({ text, found, limit, atMost, unit }: Target): string[] {
  const digits = unit === 'x' ? 1 : 0;
  const reached = atMost ? found <= limit : found >= limit;
  const bound = `${text}: at ${atMost ? 'most' : 'least'} ${limit}${unit}`;
  return [bound, `${found.toFixed(digits)}${unit}`, reached ? 'reached' : 'not reached'];
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

/** Machine, versions and date. */
function surroundings(command: string): string[] {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'bench') === '' ? '' : ', with changes';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `- Machine: ${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${memory} GiB of memory, ${process.platform}`,
    `- Node: ${process.version}`,
    `- Commit: ${git('rev-parse', '--short', 'HEAD')}${changed}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Command: \`${command}\``,
  ];
}

/** Puts the text between the page's two markers. @throws Error where the page has no markers */
export function writePage(file: string, text: string): void {
  const page = readFileSync(file, 'utf8');
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`${file} has no ${START} … ${END}`);
  writeFileSync(file, `${page.slice(0, start + START.length)}\n\n${text}\n\n${page.slice(end)}`);
}

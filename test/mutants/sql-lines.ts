import type { Line } from './originals.js';

/* Lines of SQL, told apart by their text alone. */

export const CHANGES = /^(?:migration|rollback|fixture)$/;
export const CHECKS = /^(?:preflight|verify)$/;
export const inFence =
  (roles: RegExp) =>
  ({ region, role }: Line) =>
    region === 'fence' && roles.test(role);
export const code = ({ region, role, text }: Line) =>
  region === 'fence' && role !== '' && text !== '' && !text.startsWith('--');
export const opening = ({ region, text }: Line) => region === 'mark' && text.startsWith('```sql ');
export const starts = (line: Line) => code(line) && /^[A-Z]/.test(line.text) && startOf(line) === line.number;

/** The first line of the statement that a line belongs to. */
export function startOf({ document, number }: Line): number {
  const above = document.lines
    .slice(0, number - 1)
    .findLast(({ text, region }) => region === 'mark' || text.startsWith('--') || /;$/.test(text));
  const first = document.lines.find((line) => line.number > (above?.number ?? 0) && line.text !== '');
  return first!.number;
}

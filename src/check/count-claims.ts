import type { Range } from '../base/position.js';
import type { FullEntry } from '../model/entry.js';
import type { Cell, Table } from '../parse/document.js';
import { Beside, type CheckSet } from './check-sets.js';
import { type NumberClaim, numbersOfChecks } from './count-claims-in-text.js';

/** A number of checks, at its place, beside exactly one set of checks. */
export interface CountClaim extends Pick<NumberClaim, 'what' | 'count'> {
  readonly position: Range;
  readonly set: CheckSet;
}

const MAY_COUNT = /PASS|FAIL|_count|checks/i;
/** Checks that were not run after COMMIT were run before it, and that is what the table then shows. */
const OF_ONE_MOMENT = /after COMMIT.*NOT RUN/;
/** In the row of a command, which does not say of which moment it speaks. */
const NOT_RUN = /\bnot run\b/i;

/** Every number of checks of a document that can be tied to exactly one table or fence. */
export function readCountClaims(entry: FullEntry): CountClaim[] {
  const { prose, tables } = entry.document;
  if (!prose.some(({ text }) => MAY_COUNT.test(text))) return [];
  const beside = new Beside(entry);
  return [...claimsInLines(entry, beside), ...tables.flatMap((table) => claimsInCells(table, beside))];
}

function claimsInLines({ document }: FullEntry, beside: Beside): CountClaim[] {
  const headings = new Set(document.headings.map(({ position }) => position.start.line));
  const keyValues = new Map(document.keyValues.map((entry) => [entry.keyPosition.start.line, entry.key]));
  let before = 0;
  return document.prose.flatMap(({ line, text }) => {
    const opens = before < line - 1;
    before = line;
    if (!MAY_COUNT.test(text) || OF_ONE_MOMENT.test(text) || beside.isInTable(line)) return [];
    const heading = headings.has(line);
    const numbers = numbersOfChecks(text, heading ? 'heading' : opens ? 'opening' : 'line');
    if (numbers.length === 0) return [];
    const command = heading ? undefined : commandOf(keyValues.get(line) ?? '', text);
    const set =
      command === undefined ? beside.line(line, heading, numbers) : beside.command(command, null, numbers);
    return set ? numbers.map((number) => placed(number, set, { line, column: 1 })) : [];
  });
}

/** The command that a line speaks of, by its key or by its id: a number beside it counts the checks of that command. */
function commandOf(key: string, text: string): string | undefined {
  const keyed = /^c(\d{2})_/i.exec(key)?.[1];
  return keyed === undefined ? /(?<![\w-])C-\d+[a-z]*(?![\w-])/.exec(text)?.[0] : `C-${keyed}`;
}

/** Numbers in a row that begins with a command's id: a heading names it, or the step that stands behind it. */
function claimsInCells(table: Table, beside: Beside): CountClaim[] {
  return table.rows.flatMap(({ cells }) => {
    const id = /^(?:C-\d+[a-z]*|GUARD)$/.exec(cells[0]?.text.trim() ?? '')?.[0];
    if (id === undefined) return [];
    const step = cells[1]?.text.trim() ?? null;
    return cells.slice(1).flatMap((cell) => {
      const counts = MAY_COUNT.test(cell.text) && !NOT_RUN.test(cell.text);
      const numbers = counts ? numbersOfChecks(cell.text, 'heading') : [];
      const set = numbers.length > 0 ? beside.command(id, step, numbers) : null;
      return set ? numbers.map((number) => inCell(number, set, cell)) : [];
    });
  });
}

/** Emphasis or escapes make a cell longer than its text; it is then shown as a whole. */
function inCell(number: NumberClaim, set: CheckSet, { text, position }: Cell): CountClaim {
  const exact = position.end.column - position.start.column === text.length;
  const claim = placed(number, set, position.start);
  return exact ? claim : { ...claim, position };
}

function placed(
  { what, count, start, end }: NumberClaim,
  set: CheckSet,
  { line, column }: Range['start'],
): CountClaim {
  const position = { start: { line, column: column + start }, end: { line, column: column + end } };
  return { what, count, position, set };
}

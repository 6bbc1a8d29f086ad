import type { Range } from '../base/position.js';
import type { FullEntry } from '../model/entry.js';
import type { Cell, Table } from '../parse/document.js';
import { type CheckTable, readCheckTable, verdicts } from './check-tables.js';
import { type NumberClaim, numbersOfChecks } from './count-claims-in-text.js';
import { sectionNames } from './section-names.js';
import { type Section, sectionAt, sectionsOf, withParts } from './sections.js';
import { counted } from './words.js';

/** What a number of checks is held against: one table of checks, or the checks of one SQL fence. */
interface CheckSet {
  readonly total: number;
  /** Null where nothing says how the checks came out. */
  readonly passes: number | null;
  readonly fails: number | null;
  readonly position: Range;
  readonly summary: string;
}

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

/** Which set of checks stands beside a place. */
class Beside {
  private readonly sections: readonly Section[];
  private readonly tableLines: readonly Range[];

  constructor(private readonly entry: FullEntry) {
    this.sections = sectionsOf(entry.document);
    this.tableLines = entry.document.tables.map(({ position }) => position);
  }

  isInTable(line: number): boolean {
    return this.tableLines.some(({ start, end }) => start.line <= line && line <= end.line);
  }

  /**
   * The set in the section of a line that its numbers are of; for a heading without one, in the parts of its section.
   * There, several parts can be meant: the one that bears out some of the numbers, and not all of them.
   */
  line(line: number, heading: boolean, numbers: readonly NumberClaim[]): CheckSet | null {
    const section = sectionAt(this.sections, line);
    if (!section) return null;
    const own = this.setsIn([section]);
    if (own.length > 0 || !heading) return own.length === 1 ? own[0]! : null;
    const parts = this.setsIn(withParts(this.sections, section));
    if (parts.length < 2) return parts[0] ?? null;
    const all = [...parts, together(parts)];
    if (all.some((set) => numbers.every((number) => !contradiction(number, set)))) return null;
    // That all passed can be said of any part, and tells none from the others.
    const telling = numbers.filter(({ what }) => what !== 'all');
    const agreeing = (set: CheckSet) => telling.filter((number) => !contradiction(number, set)).length;
    const most = Math.max(...parts.map(agreeing));
    return most === 0 ? null : parts.findLast((set) => agreeing(set) === most)!;
  }

  /** The set below the one heading that names a command, or else its step. */
  command(id: string, step: string | null, numbers: readonly NumberClaim[]): CheckSet | null {
    const byId = this.sections.filter(({ heading }) =>
      heading?.text.split(/[^\w-]+/).some((word) => word === id),
    );
    const byStep = this.sections.filter(
      ({ heading }) => step !== null && heading && sectionNames(heading.text).includes(step.toLowerCase()),
    );
    const named = byId.length > 0 ? byId : byStep;
    return named.length === 1 ? this.line(named[0]!.firstLine, true, numbers) : null;
  }

  private setsIn(sections: readonly Section[]): CheckSet[] {
    return sections.flatMap((section) => [
      ...section.tables.flatMap((table) => ofTable(readCheckTable(table))),
      ...this.ofFences(section),
    ]);
  }

  private ofFences({ firstLine, endLine }: Section): CheckSet[] {
    const { document, sql } = this.entry;
    const fences = document.fences.filter(
      ({ role, position: { start } }) =>
        (role === 'preflight' || role === 'verify') && firstLine <= start.line && start.line < endLine,
    );
    return fences.map((fence) => {
      const total = sql.checks.filter(
        ({ position: { start } }) => fence.firstLine <= start.line && start.line <= fence.lastLine,
      ).length;
      const summary = `${counted(total, 'check')} in this fence`;
      return { total, passes: null, fails: null, position: fence.position, summary };
    });
  }
}

/** A number of checks, and what there is of them in a set, where the two differ. */
export function contradiction(
  { what, count }: Pick<CountClaim, 'what' | 'count'>,
  set: CheckSet,
): { readonly claimed: number; readonly actual: number } | null {
  const claimed = what === 'all' ? set.total : count;
  const actual = what === 'all' ? set.passes : set[what];
  return actual === null || actual === claimed ? null : { claimed, actual };
}

function together(sets: readonly CheckSet[]): CheckSet {
  const sum = (of: (set: CheckSet) => number | null) =>
    sets.reduce<number | null>((all, set) => (all === null || of(set) === null ? null : all + of(set)!), 0);
  return {
    ...sets[0]!,
    total: sum(({ total }) => total)!,
    passes: sum((set) => set.passes),
    fails: sum((set) => set.fails),
  };
}

function ofTable(checks: CheckTable | null): CheckSet[] {
  if (!checks) return [];
  const total = checks.rows.length;
  const [passes, fails] = [verdicts(checks, 'PASS'), verdicts(checks, 'FAIL')];
  const outcome = checks.judged ? `: ${passes} PASS, ${fails} FAIL` : '';
  return [
    {
      total,
      passes: checks.judged ? passes : null,
      fails: checks.judged ? fails : null,
      position: checks.table.header.position,
      summary: `${counted(total, 'row')} in this table${outcome}`,
    },
  ];
}

import type { Range } from '../base/position.js';
import type { FullEntry } from '../model/entry.js';
import type { Fence } from '../parse/document.js';
import { type CheckTable, readCheckTable, verdicts } from './check-tables.js';
import type { NumberClaim } from './count-claims-in-text.js';
import { sectionNames } from './section-names.js';
import { type Section, sectionAt, sectionsOf, withParts } from './sections.js';
import { counted } from './words.js';

/** What a number of checks is held against: one table of checks, or the checks of one SQL fence. */
export interface CheckSet {
  readonly total: number;
  /** Null where nothing says how the checks came out. */
  readonly passes: number | null;
  readonly fails: number | null;
  readonly position: Range;
  readonly summary: string;
}

/** Which set of checks stands beside a place. A document may have thousands of places: nothing is read twice. */
export class Beside {
  private readonly sections: readonly Section[];
  private readonly tableLines: ReadonlySet<number>;
  private readonly read = new Map<Section, readonly CheckSet[]>();
  private readonly readParts = new Map<Section, readonly CheckSet[]>();
  private names: SectionsByName | undefined;
  private readonly fences: readonly Fence[];

  constructor(private readonly entry: FullEntry) {
    this.sections = sectionsOf(entry.document);
    const { fences, tables } = entry.document;
    this.fences = fences.filter(({ role }) => role === 'preflight' || role === 'verify');
    this.tableLines = linesOf(tables.map(({ position }) => position));
  }

  isInTable(line: number): boolean {
    return this.tableLines.has(line);
  }

  /**
   * The set in the section of a line that its numbers are of; for a heading without one, in the parts of its section.
   * There, several parts can be meant: the one that bears out some of the numbers, and not all of them.
   */
  line(line: number, heading: boolean, numbers: readonly NumberClaim[]): CheckSet | null {
    const section = sectionAt(this.sections, line);
    if (!section) return null;
    const own = this.setsIn(section);
    if (own.length > 0 || !heading) return own.length === 1 ? own[0]! : null;
    const parts = this.setsInParts(section);
    if (parts.length < 2) return parts[0] ?? null;
    const all = [...parts, together(parts)];
    if (all.some((set) => numbers.every((number) => !contradiction(number, set)))) return null;
    // That all passed can be said of any part, and tells none from the others.
    const telling = numbers.filter(({ what }) => what !== 'all');
    const agreeing = (set: CheckSet) => telling.filter((number) => !contradiction(number, set)).length;
    const counts = parts.map(agreeing);
    const most = counts.reduce((one, other) => Math.max(one, other), 0);
    return most === 0 ? null : parts[counts.lastIndexOf(most)]!;
  }

  /** The set below the one heading that names a command, or else its step. */
  command(id: string, step: string | null, numbers: readonly NumberClaim[]): CheckSet | null {
    this.names ??= sectionsByName(this.sections);
    const byId = this.names.words.get(id) ?? [];
    const byStep = step === null ? [] : (this.names.steps.get(step.toLowerCase()) ?? []);
    const named = byId.length > 0 ? byId : byStep;
    return named.length === 1 ? this.line(named[0]!.firstLine, true, numbers) : null;
  }

  private setsInParts(section: Section): readonly CheckSet[] {
    const known = this.readParts.get(section);
    if (known) return known;
    const sets = withParts(this.sections, section).flatMap((part) => this.setsIn(part));
    this.readParts.set(section, sets);
    return sets;
  }

  private setsIn(section: Section): readonly CheckSet[] {
    const known = this.read.get(section);
    if (known) return known;
    const sets = [
      ...section.tables.flatMap((table) => ofTable(readCheckTable(table))),
      ...this.ofFences(section),
    ];
    this.read.set(section, sets);
    return sets;
  }

  private ofFences({ firstLine, endLine }: Section): CheckSet[] {
    const inside = this.fences.filter(
      ({ position: { start } }) => firstLine <= start.line && start.line < endLine,
    );
    return inside.map((fence) => {
      const total = this.entry.sql.checks.filter(
        ({ position: { start } }) => fence.firstLine <= start.line && start.line <= fence.lastLine,
      ).length;
      const summary = `${counted(total, 'check')} in this fence`;
      return { total, passes: null, fails: null, position: fence.position, summary };
    });
  }
}

/** Sections by what their headings say. */
interface SectionsByName {
  /** By each word of the heading. */
  readonly words: ReadonlyMap<string, readonly Section[]>;
  /** By the names that the heading can be asked for by. */
  readonly steps: ReadonlyMap<string, readonly Section[]>;
}

function sectionsByName(sections: readonly Section[]): SectionsByName {
  const found = { words: new Map<string, Section[]>(), steps: new Map<string, Section[]>() };
  const add = (into: Map<string, Section[]>, name: string, section: Section) => {
    const known = into.get(name);
    if (known) known.push(section);
    else into.set(name, [section]);
  };
  for (const section of sections) {
    if (!section.heading) continue;
    const { text } = section.heading;
    for (const word of new Set(text.split(/[^\w-]+/))) add(found.words, word, section);
    for (const name of sectionNames(text)) add(found.steps, name, section);
  }
  return found;
}

function linesOf(ranges: readonly Range[]): Set<number> {
  const lines = new Set<number>();
  for (const { start, end } of ranges) for (let line = start.line; line <= end.line; line++) lines.add(line);
  return lines;
}

/** A number of checks, and what there is of them in a set, where the two differ. */
export function contradiction(
  { what, count }: Pick<NumberClaim, 'what' | 'count'>,
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

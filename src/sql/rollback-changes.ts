import type { Range } from '../base/position.js';
import type { SqlProblem } from './facts.js';
import type { ParsedStatement } from './grammar.js';
import { type Before, EXCESS, type ParsedUnit } from './inversion-state.js';
import type { Renamed } from './renames.js';
import type { Change, RowsWritten } from './taken-back.js';

/** Judges what a rollback does to properties, names and rows of what was there before its migration. */
export class ChangesBack {
  /** Properties that the migration changes. */
  private readonly changed = new Map<string, Set<string>>();
  private readonly takenBack = new Set<string>();
  /** Names and labels that the rollback makes. */
  private readonly own = new Set<string>();
  private readonly droppedNames: ReadonlySet<string>;

  /** @param indirect names of what the migration writes by triggers and functions */
  constructor(
    private readonly before: Before,
    private readonly migration: ParsedUnit,
    private readonly rollback: ParsedUnit,
    private readonly indirect: ReadonlySet<string>,
  ) {
    for (const { what, way } of before.changes)
      this.changed.set(what, (this.changed.get(what) ?? new Set()).add(way));
    this.droppedNames = new Set([...before.dropped.keys()].map(nameIn));
  }

  /** Takes names and labels of what one of its statements makes, or drops. */
  moved(made: readonly string[], dropped: readonly string[]): void {
    for (const name of made) if (name !== '') this.own.add(name);
    for (const label of [...made, ...dropped]) this.takenBack.add(label);
  }

  /** Properties that one of its statements changes, and the migration does not. */
  changes(statement: ParsedStatement, changes: readonly Change[]): SqlProblem[] {
    const back = changes.filter((change) => this.takesBack(change));
    for (const { what, among = what } of back) this.takenBack.add(what).add(among);
    return changes
      .filter((change) => !back.includes(change) && !this.isItsOwn(change) && !this.isImplied(change))
      .map(({ what }) => this.tooMuch(statement, `changes ${what}, and takes back nothing of the migration`));
  }

  private takesBack({ what, way, twoWays }: Change): boolean {
    const ways = this.changed.get(what);
    return ways !== undefined && (!twoWays || [...ways].some((one) => one !== way));
  }

  /** Rows that one of its statements writes, and that no statement of the migration wrote the other way round. */
  rows(statement: ParsedStatement, rows: readonly RowsWritten[]): SqlProblem[] {
    const found = rows.filter(
      ({ how, table }) =>
        !this.isItsOwn({ of: [table] }) &&
        !ROWS[how].needs(this.before, table) &&
        !(how !== 'empties' && this.indirect.has(table)),
    );
    return [...new Set(found.map(({ how, table }) => ROWS[how].says(table)))].map((message) =>
      this.tooMuch(statement, message),
    );
  }

  /** What the migration changes or takes away, and the rollback leaves so. */
  left(fence: Range, renamed: readonly Renamed[]): SqlProblem[] {
    const related = [{ position: fence, message: 'the rollback' }];
    const left = (message: string, position: Range, help: string): SqlProblem => ({
      rule: 'rollback-inverts',
      message,
      position,
      related,
      help,
    });
    const changes = this.changesLeft().map(({ what, statement }) =>
      left(
        `the rollback does not change ${what} back, as the migration does`,
        this.migration.place(statement),
        'write the statement that takes it back in the rollback',
      ),
    );
    const gone = [...this.before.dropped].filter(([label]) => !this.isBack(label));
    return [
      ...changes,
      ...gone.map(([label, { statement }]) =>
        left(
          `the rollback does not make ${label} again, which the migration drops`,
          this.migration.place(statement),
          'make it again in the rollback',
        ),
      ),
      ...renamed
        .filter(({ first }) => !this.isItsOwn({ of: [first] }) && !this.droppedNames.has(nameIn(first)))
        .map(({ first, now, position }) =>
          left(`after the rollback, ${first} is called ${now}`, position, 'rename it back in the rollback'),
        ),
    ];
  }

  /** One that goes both ways in the migration may be as it was. */
  private changesLeft(): Before['changes'] {
    const byWhat = new Map<string, Before['changes'][number]>();
    const both = new Set<string>();
    for (const change of this.before.changes) {
      const first = byWhat.get(change.what);
      if (!first) byWhat.set(change.what, change);
      else if (first.way !== change.way) both.add(change.what);
    }
    return [...byWhat.values()].filter(
      (change) =>
        !both.has(change.what) &&
        !this.takenBack.has(change.way === 'revoke' ? change.among! : change.what) &&
        !this.isItsOwn(change) &&
        !change.of.some((one) => this.before.dropped.has(one) || this.droppedNames.has(one)) &&
        !(change.what.startsWith(NOT_NULL) && this.hasConstraint(this.own, change)),
    );
  }

  /** Whether it is about something that the migration, or the rollback, makes. */
  private isItsOwn({ of }: Pick<Change, 'of'>): boolean {
    const { everMade } = this.before;
    return of.some((one) => everMade.has(one) || this.own.has(one) || this.isNamedByServer(one));
  }

  /** What belongs to a new table has a name that begins with the table's; a new schema has nothing else in it. */
  private isNamedByServer(name: string): boolean {
    const { everMade } = this.before;
    const schema = /^(?:"(?:[^"]|"")*"|[^".]+)(?=\.)/.exec(name)?.[0];
    if (schema !== undefined && everMade.has(`schema ${schema}`)) return true;
    return (
      /_(?:seq|pkey|key|excl|idx)\d*"?$/.test(name) &&
      [...everMade].some((made) => made !== '' && name.startsWith(`${made}_`))
    );
  }

  /** Another type takes other properties of the column with it, and a key makes its columns NOT NULL. */
  private isImplied({ what, of }: Change): boolean {
    const column = of[1];
    if (column === undefined) return false;
    if (this.changed.has(`the type of ${column}`)) return true;
    if (what.startsWith(NOT_NULL))
      return (
        this.changed.has(`the identity of ${column}`) || this.hasConstraint(this.before.everMade, { of })
      );
    const others = ['the identity of', 'the expression of', 'the default of'];
    return (
      /^the (?:default|identity|expression) /.test(what) &&
      others.some((other) => this.changed.has(`${other} ${column}`))
    );
  }

  private hasConstraint(among: ReadonlySet<string>, { of: [table = ''] }: Pick<Change, 'of'>): boolean {
    return [...among].some(
      (one) =>
        one.startsWith(`constraint ${table}.`) || (/^constraint /.test(one) && one.endsWith(` of ${table}`)),
    );
  }

  private isBack(label: string): boolean {
    if (this.before.dropped.get(label)!.ifExists || this.own.has(label)) return true;
    const name = nameIn(label);
    if (/^type /.test(label) && this.own.has(`domain ${name}`)) return true;
    if (/^(?:column|constraint|trigger|index) /.test(label)) {
      const { table } = this.before.dropped.get(label)!;
      if (table !== null && (this.own.has(`table ${table}`) || this.before.dropped.has(`table ${table}`)))
        return true;
      const unnamed = table !== null && (this.own.has(unnamedOf(table)) || this.before.unnamed.has(table));
      return label.startsWith('constraint ') && unnamed;
    }
    return label.startsWith('sequence ') && this.own.has(SOME_SEQUENCE);
  }

  private tooMuch(statement: ParsedStatement, does: string): SqlProblem {
    return {
      rule: 'rollback-inverts',
      message: `the rollback ${does}`,
      position: this.rollback.place(statement),
      help: EXCESS,
    };
  }
}

const NOT_NULL = 'NOT NULL of ';
/** Stands for sequences that belong to columns and have no statement of their own. */
export const SOME_SEQUENCE = 'sequence of a column';

/** Stands for a constraint of a table to which the server gives a name. */
export function unnamedOf(table: string): string {
  return `constraint without a name of ${table}`;
}

const ROWS: Readonly<
  Record<
    RowsWritten['how'],
    { readonly needs: (before: Before, table: string) => boolean; readonly says: (table: string) => string }
  >
> = {
  deletes: {
    needs: (before, table) => before.wrote(table, ['inserts']),
    says: (table) => `deletes rows of ${table}, and the migration inserts none`,
  },
  inserts: {
    needs: (before, table) => before.wrote(table, ['deletes', 'empties']),
    says: (table) => `inserts rows into ${table}, and the migration deletes none`,
  },
  updates: {
    needs: (before, table) =>
      before.wrote(table, ['updates']) ||
      before.reduced.has(table) ||
      before.changes.some(({ what }) => what.startsWith(`the type of column ${table}.`)),
    says: (table) => `updates rows of ${table}, and the migration does not`,
  },
  empties: { needs: () => false, says: (table) => `empties ${table}, which was there before the migration` },
};

/** Name in a label; a name without a kind is itself. */
function nameIn(label: string): string {
  return label.replace(
    /^(?:table|index|view|sequence|type|domain|function|procedure|trigger|column|constraint|extension) /,
    '',
  );
}

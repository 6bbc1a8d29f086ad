import type { Range } from '../base/position.js';
import { effectsOf } from './effects.js';
import type { ParsedStatement } from './grammar.js';
import {
  commandsOf,
  labelOf,
  type Made,
  madeBy,
  makesSequences,
  namesLeftToServer,
  partLabel,
} from './made.js';
import { relationName } from './names.js';
import type { Names } from './renames.js';
import { type Change, changesOf, type RowsWritten, rowsOf } from './taken-back.js';

export const EXCESS =
  'take the statement out: a rollback takes back what its migration did, and nothing else';

/** One unit of a document, with the way from a statement to its place. */
export interface ParsedUnit {
  readonly statements: readonly ParsedStatement[];
  place(statement: ParsedStatement): Range;
}

/** What there is at a moment because of the statements so far. */
export class State {
  readonly made = new Map<string, Made>();
  private readonly belonging = new Map<string, Set<string>>();
  private readonly needing = new Map<string, Set<string>>();

  add(made: Made): void {
    this.made.set(made.label, made);
    for (const owner of made.belongs) add(this.belonging, owner, made.label);
    for (const need of made.needs) add(this.needing, need, made.label);
  }

  /** What goes when some of it is dropped: those, what belongs to them, and by CASCADE what needs them. */
  goesWith(labels: readonly string[], cascade: boolean): Set<string> {
    const going = new Set<string>();
    const open = [...labels];
    for (let label = open.pop(); label !== undefined; label = open.pop()) {
      const made = this.made.get(label);
      if (going.has(label) || (!made && !labels.includes(label))) continue;
      if (made) going.add(label);
      open.push(...this.known(this.belonging, label));
      if (cascade && made?.name) open.push(...this.known(this.needing, made.name));
    }
    return going;
  }

  /** What stays, and needs something that goes. */
  inTheWay(going: ReadonlySet<string>): Made | undefined {
    for (const label of going)
      for (const needing of this.known(this.needing, this.made.get(label)?.name || null))
        if (!going.has(needing)) return this.made.get(needing);
    return undefined;
  }

  remove(labels: Iterable<string>): void {
    for (const label of labels) {
      const { belongs = [], needs = [] } = this.made.get(label) ?? {};
      for (const owner of belongs) this.belonging.get(owner)?.delete(label);
      for (const need of needs) this.needing.get(need)?.delete(label);
      this.made.delete(label);
    }
  }

  private known(relation: ReadonlyMap<string, ReadonlySet<string>>, key: string | null): Iterable<string> {
    return (key === null ? undefined : relation.get(key)) ?? [];
  }
}

function add(relation: Map<string, Set<string>>, key: string, label: string): void {
  const known = relation.get(key);
  if (known) known.add(label);
  else relation.set(key, new Set([label]));
}

/** The state after the migration, and what it took away of what was there before. */
export class Before {
  readonly state = new State();
  /** Labels of what was there and is dropped. */
  readonly dropped = new Map<string, Dropped>();
  /** Labels and names of all that is made, whatever became of it. */
  readonly everMade = new Set<string>();
  /** Properties that are changed, in order. */
  readonly changes: (Change & { readonly statement: ParsedStatement })[] = [];
  readonly rows: RowsWritten[] = [];
  /** Tables of which something was dropped, with what may have gone with it. */
  readonly reduced = new Set<string>();
  /** Tables with constraints to which the server gave their names. */
  readonly unnamed = new Set<string>();
  /** Sequences were made that belong to columns. */
  sequences = false;
  /** A partition was attached, and may have got indexes. */
  attached = false;

  /** Whether rows of a table were written in one of some ways. */
  wrote(table: string, ways: readonly RowsWritten['how'][]): boolean {
    return this.rows.some((one) => one.table === table && ways.includes(one.how));
  }

  /** @param names that are followed up to the statement */
  follow(statement: ParsedStatement, names: Names): void {
    const { node, tree } = statement;
    for (const made of madeHere(statement, names, this.state)) {
      this.state.add(made);
      // What these make may have been there.
      if (!tree.replace && !tree.if_not_exists) this.everMade.add(made.label).add(made.name);
    }
    for (const change of changesOf(statement, names)) this.changes.push({ ...change, statement });
    this.rows.push(...rowsOf(statement, names));
    const table = tree.relation ? names.name(relationName(tree.relation)) : '';
    if (namesLeftToServer(tree)) this.unnamed.add(table);
    this.sequences ||= makesSequences(tree);
    this.attached ||= commandsOf(tree).some(({ subtype }) => subtype === 'AT_AttachPartition');
    for (const { labels, ifExists } of dropsOf(statement, names)) {
      for (const label of labels)
        if (!this.state.made.has(label))
          this.dropped.set(label, { statement, ifExists, table: table || null });
      // CASCADE is refused in migrations.
      this.state.remove(this.state.goesWith(labels, false));
      if (node === 'AlterTableStmt') this.reduced.add(table);
    }
  }
}

/** What was there before a migration, which drops it. */
export interface Dropped {
  readonly statement: ParsedStatement;
  readonly ifExists: boolean;
  /** Table that it was a part of, where the statement says so. */
  readonly table: string | null;
}

export interface Drop {
  readonly labels: readonly string[];
  readonly cascade: boolean;
  readonly ifExists: boolean;
  /** Table whose part is dropped. */
  readonly table: string | null;
}

export function dropsOf({ node, tree }: ParsedStatement, names: Names): Drop[] {
  if (node === 'DropStmt') {
    const labels = effectsOf(node, tree).map(({ kind, name }) => names.label(labelOf(kind, name)));
    return [
      { labels, cascade: tree.behavior === 'DROP_CASCADE', ifExists: tree.missing_ok === true, table: null },
    ];
  }
  if (node !== 'AlterTableStmt') return [];
  const table = relationName(tree.relation);
  return commandsOf(tree).flatMap(({ subtype, name, behavior, missing_ok: missing }) => {
    const kind =
      subtype === 'AT_DropColumn' ? 'column' : subtype === 'AT_DropConstraint' ? 'constraint' : null;
    if (!kind) return [];
    const labels = [names.label(partLabel(kind, table, name))];
    return [
      { labels, cascade: behavior === 'DROP_CASCADE', ifExists: missing === true, table: names.name(table) },
    ];
  });
}

/** What a statement makes, under first names. */
export function madeHere(statement: ParsedStatement, names: Names, state: State): Made[] {
  const isNew = (label: string) => state.made.has(names.label(label));
  return madeBy(statement, isNew).map((made) => ({
    ...made,
    label: names.label(made.label),
    name: made.name === '' ? '' : names.name(made.name),
    belongs: made.belongs.map((label) => names.label(label)),
    needs: made.needs.map((name) => names.name(name)),
  }));
}

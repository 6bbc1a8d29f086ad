import type { Range } from '../base/position.js';
import { effectsOf } from './effects.js';
import type { SqlProblem } from './facts.js';
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

/** One unit of a document, with the way from a statement to its place. */
export interface ParsedUnit {
  readonly statements: readonly ParsedStatement[];
  place(statement: ParsedStatement): Range;
}

/**
 * Where a rollback does not take back what its migration makes, takes away more, or does so in an order that the
 * server refuses. What cannot be told from the statements (types, rows, renames) is not judged.
 */
export function inversionProblems(migration: ParsedUnit, rollback: ParsedUnit, fence: Range): SqlProblem[] {
  const all = [...migration.statements, ...rollback.statements];
  if (all.some(({ node }) => node === 'RenameStmt')) return [];
  const before = new Before();
  for (const statement of migration.statements) before.follow(statement);
  const way = new WayBack(before, migration, rollback);
  for (const statement of rollback.statements) way.follow(statement);
  return [...way.problems, ...way.left(fence)];
}

/** What there is at a moment because of the statements so far. */
class State {
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
class Before {
  readonly state = new State();
  /** Labels of what was there and is dropped. */
  readonly dropped = new Set<string>();
  /** Tables of which something was dropped, with what may have gone with it. */
  readonly reduced = new Set<string>();
  /** Tables with constraints to which the server gave their names. */
  readonly unnamed = new Set<string>();
  /** Something may be gone that no statement names. */
  cascaded = false;
  sequences = false;

  follow(statement: ParsedStatement): void {
    const { node, tree } = statement;
    for (const made of madeBy(statement, (label) => this.state.made.has(label))) this.state.add(made);
    const table = tree.relation ? relationName(tree.relation) : '';
    if (namesLeftToServer(tree)) this.unnamed.add(table);
    this.sequences ||= makesSequences(tree);
    for (const { labels, cascade } of dropsOf(statement)) {
      for (const label of labels) if (!this.state.made.has(label)) this.dropped.add(label);
      this.state.remove(this.state.goesWith(labels, cascade));
      this.cascaded ||= cascade;
      if (node === 'AlterTableStmt') this.reduced.add(table);
    }
  }
}

interface Drop {
  readonly labels: readonly string[];
  readonly cascade: boolean;
  readonly ifExists: boolean;
  /** Table whose part is dropped. */
  readonly table: string | null;
}

function dropsOf({ node, tree }: ParsedStatement): Drop[] {
  if (node === 'DropStmt') {
    const labels = effectsOf(node, tree).map(({ kind, name }) => labelOf(kind, name));
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
    const labels = [partLabel(kind, table, name)];
    return [{ labels, cascade: behavior === 'DROP_CASCADE', ifExists: missing === true, table }];
  });
}

/** Follows a rollback from the state that its migration leaves. */
class WayBack {
  readonly problems: SqlProblem[] = [];
  private readonly gone = new Map<string, ParsedStatement>();
  private readonly own = new Set<string>();

  constructor(
    private readonly before: Before,
    private readonly migration: ParsedUnit,
    private readonly rollback: ParsedUnit,
  ) {}

  follow(statement: ParsedStatement): void {
    for (const drop of dropsOf(statement)) this.drop(statement, drop);
    const { state } = this.before;
    for (const made of madeBy(statement, (label) => state.made.has(label))) {
      if (made.demanded) this.judgeCreation(statement, made);
      this.own.add(made.label);
      this.gone.delete(made.label);
      state.add({ ...made, demanded: false });
    }
  }

  /** What the migration makes and the rollback leaves. A part is not named where its whole is left. */
  left(fence: Range): SqlProblem[] {
    const left = [...this.before.state.made.values()].filter(({ demanded }) => demanded);
    const labels = new Set(left.map(({ label }) => label));
    return left
      .filter(({ belongs }) => !belongs.some((owner) => labels.has(owner)))
      .map(({ label, name, statement }) => ({
        rule: 'rollback-inverts',
        message: `the rollback does not drop ${label}, which the migration ${name === '' ? 'adds' : 'creates'}`,
        position: this.migration.place(statement),
        related: [{ position: fence, message: 'the rollback' }],
        help: 'drop it in the rollback',
      }));
  }

  private drop(statement: ParsedStatement, { labels, cascade, ifExists, table }: Drop): void {
    const { state } = this.before;
    const found = labels.map((label) => this.nameFor(label));
    if (table !== null && this.gone.has(`table ${table}`)) {
      if (statement.tree.missing_ok !== true) this.reportGone(statement, `table ${table}`);
      return;
    }
    for (const label of found) {
      if (state.made.has(label) || this.isUnclear(label, table)) continue;
      if (!this.gone.has(label))
        this.report(
          statement,
          `the rollback drops ${label}, which the migration does not ${verb(label)}`,
          EXCESS,
        );
      else if (!ifExists) this.reportGone(statement, label);
    }
    const going = state.goesWith(found, cascade);
    const obstacle = cascade ? undefined : state.inTheWay(going);
    if (obstacle) this.reportObstacle(statement, found, obstacle);
    for (const label of going) this.gone.set(label, statement);
    state.remove(going);
  }

  private isUnclear(label: string, table: string | null): boolean {
    const { state, unnamed, sequences } = this.before;
    if (table !== null && state.made.has(`table ${table}`)) return true;
    if (table !== null && label.startsWith('constraint ') && unnamed.has(table)) return true;
    return sequences && label.startsWith('sequence ');
  }

  /** DROP TYPE drops a domain as well. */
  private nameFor(label: string): string {
    const domain = label.replace(/^type /, 'domain ');
    return this.before.state.made.has(domain) ? domain : label;
  }

  private judgeCreation(statement: ParsedStatement, { label, belongs }: Made): void {
    const { dropped, reduced, cascaded } = this.before;
    const whole = belongs.some((owner) => reduced.has(owner.replace(/^table /, '')));
    if (cascaded || dropped.has(label) || whole || this.gone.has(label)) return;
    // A table that the migration drops comes back with its indexes and constraints.
    if (belongs.some((owner) => dropped.has(owner) || this.own.has(owner))) return;
    this.report(statement, `the rollback makes ${label}, which the migration does not drop`, EXCESS);
  }

  private reportGone(statement: ParsedStatement, label: string): void {
    const earlier = this.gone.get(label)!;
    this.report(
      statement,
      `the rollback names ${label}, which is gone by then`,
      'take the statement out, or put it before the one that drops it',
      { position: this.rollback.place(earlier), message: 'gone since this statement' },
    );
  }

  private reportObstacle(statement: ParsedStatement, labels: readonly string[], obstacle: Made): void {
    const names = obstacle.name === '' ? obstacle.belongs[0]! : obstacle.label;
    this.report(
      statement,
      `the server refuses to drop ${labels.join(', ')} here: ${names} still needs it`,
      'drop in the reverse order of the migration',
      { position: this.migration.place(obstacle.statement), message: 'what still needs it' },
    );
  }

  private report(
    statement: ParsedStatement,
    message: string,
    help: string,
    related?: { position: Range; message: string },
  ): void {
    const position = this.rollback.place(statement);
    this.problems.push({
      rule: 'rollback-inverts',
      message,
      position,
      help,
      ...(related ? { related: [related] } : {}),
    });
  }
}

const EXCESS = 'take the statement out: a rollback takes back what its migration did, and nothing else';

function verb(label: string): string {
  return /^(?:column|constraint) /.test(label) ? 'add' : 'create';
}

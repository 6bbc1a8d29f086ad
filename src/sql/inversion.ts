import type { Range } from '../base/position.js';
import { effectsOf } from './effects.js';
import type { SqlProblem } from './facts.js';
import type { ParsedStatement } from './grammar.js';
import { Before, type Drop, dropsOf, EXCESS, madeHere, type ParsedUnit } from './inversion-state.js';
import { labelOf, type Made, makesSequences, namesLeftToServer } from './made.js';
import { relationName } from './names.js';
import { Names, shownName } from './renames.js';
import { ChangesBack, SOME_SEQUENCE, unnamedOf } from './rollback-changes.js';
import { Reach } from './rollback-reach.js';
import { changesOf, rowsOf } from './taken-back.js';

/**
 * Where a rollback does not take back what its migration makes, takes away, renames or changes, does more than that, or
 * does so in an order that the server refuses. What was in columns and rows cannot be told from the statements.
 * @param indirect names of what the migration writes by triggers and functions, as its scope has them
 */
export function inversionProblems(
  migration: ParsedUnit,
  rollback: ParsedUnit,
  fence: Range,
  indirect: ReadonlySet<string>,
): SqlProblem[] {
  const names = new Names();
  const before = new Before();
  const reach = new Reach(indirect);
  for (const statement of migration.statements) {
    before.follow(statement, names);
    reach.touch(statement, names);
    names.follow(statement, migration.place(statement));
  }
  const way = new WayBack(before, migration, rollback);
  const changes = new ChangesBack(before, migration, rollback, indirect);
  const beyond: SqlProblem[] = [];
  for (const statement of rollback.statements) {
    beyond.push(...reach.beyond(statement, names, rollback));
    const made = madeHere(statement, names, before.state);
    const drops = dropsOf(statement, names);
    way.follow(statement, made, drops);
    changes.moved(
      [...made.flatMap(({ label, name }) => [label, name]), ...madeAnew(statement, names)],
      drops.flatMap(({ labels }) => labels),
    );
    const changed = changesOf(statement, names).filter(({ of }) => reach.has(of[0]!));
    const rows = rowsOf(statement, names).filter(({ table }) => reach.has(table));
    beyond.push(...changes.changes(statement, changed), ...changes.rows(statement, rows));
    names.follow(statement, rollback.place(statement));
  }
  const renamed = names.renamed().filter(({ object }) => reach.has(object));
  const problems = [...way.problems, ...way.left(fence), ...beyond, ...changes.left(fence, renamed)];
  return problems.map((problem) => ({ ...problem, message: shownName(problem.message) }));
}

/** Labels of what a statement puts in the place of what is there, and of what it makes without a name. */
function madeAnew({ node, tree }: ParsedStatement, names: Names): string[] {
  const anew = effectsOf(node, tree).filter(({ action, kind }) => action === 'alter' && REPLACED.has(kind));
  const table = tree.relation ? names.name(relationName(tree.relation)) : '';
  return [
    ...anew.map(({ kind, name }) => names.label(labelOf(kind, name))),
    ...(namesLeftToServer(tree) ? [unnamedOf(table)] : []),
    ...(makesSequences(tree) ? [SOME_SEQUENCE] : []),
  ];
}

/** Kinds that CREATE OR REPLACE makes. */
const REPLACED: ReadonlySet<string> = new Set(['function', 'procedure', 'view', 'trigger']);

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

  follow(statement: ParsedStatement, all: readonly Made[], drops: readonly Drop[]): void {
    for (const drop of drops) this.drop(statement, drop);
    const { state } = this.before;
    for (const made of all) {
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
    const { state, unnamed, sequences, attached } = this.before;
    if (table !== null && state.made.has(`table ${table}`)) return true;
    if (table !== null && label.startsWith('constraint ') && unnamed.has(table)) return true;
    if (attached && label.startsWith('index ')) return true;
    return sequences && label.startsWith('sequence ');
  }

  /** DROP TYPE drops a domain as well. */
  private nameFor(label: string): string {
    const domain = label.replace(/^type /, 'domain ');
    return this.before.state.made.has(domain) ? domain : label;
  }

  private judgeCreation(statement: ParsedStatement, { label, belongs }: Made): void {
    const { dropped, reduced } = this.before;
    const whole = belongs.some((owner) => reduced.has(owner.replace(/^table /, '')));
    if (dropped.has(label) || whole || this.gone.has(label)) return;
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

function verb(label: string): string {
  return /^(?:column|constraint) /.test(label) ? 'add' : 'create';
}

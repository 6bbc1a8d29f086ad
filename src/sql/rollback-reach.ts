import { effectsOf } from './effects.js';
import type { Effect, SqlProblem } from './facts.js';
import type { ParsedStatement } from './grammar.js';
import { EXCESS, type ParsedUnit } from './inversion-state.js';
import { cascades } from './made.js';
import type { Names } from './renames.js';

/**
 * Finds where a rollback reaches further than its migration: to objects and rows that the migration does not touch, and by
 * CASCADE to whatever stands there by then. What it drops and makes is judged where it is inverted.
 */
export class Reach {
  private readonly touched: Set<string>;

  /** @param indirect names of what the migration writes by triggers and functions */
  constructor(indirect: ReadonlySet<string>) {
    this.touched = new Set(indirect);
  }

  /** Takes what a statement of the migration touches. */
  touch({ node, tree }: ParsedStatement, names: Names): void {
    for (const { name, table = name } of effectsOf(node, tree))
      this.touched.add(names.name(name)).add(names.name(table));
  }

  /** Whether the migration touches an object. */
  has(name: string): boolean {
    return this.touched.has(name);
  }

  beyond(statement: ParsedStatement, names: Names, rollback: ParsedUnit): SqlProblem[] {
    const problem = (message: string, help: string): SqlProblem => ({
      rule: 'rollback-inverts',
      message,
      position: rollback.place(statement),
      help,
    });
    const reached = effectsOf(statement.node, statement.tree).filter(
      ({ action, name, table = name }) =>
        (action === 'alter' || action === 'write-rows') &&
        !this.has(names.name(name)) &&
        !this.has(names.name(table)),
    );
    return [
      ...reached.map((effect) => problem(reachMessage(effect), EXCESS)),
      ...(cascades(statement) ? [problem(CASCADED, ONE_BY_ONE)] : []),
    ];
  }
}

const CASCADED =
  'CASCADE in a rollback takes away whatever stands there by then, and not only what the migration made';
const ONE_BY_ONE = 'name what the migration made, in the reverse order, without CASCADE';

function reachMessage({ action, name, table = name }: Effect): string {
  const does = action === 'write-rows' ? 'writes rows of' : 'changes';
  return `the rollback ${does} ${table}, which the migration does not touch`;
}

/** Whether a migration alters, drops or writes what was there before it. */
export function changesWhatIsThere({ statements }: ParsedUnit): boolean {
  const made = new Set<string>();
  return statements.some(({ node, tree }) =>
    effectsOf(node, tree).some(({ action, name, table = name }) => {
      if (action === 'create') made.add(name);
      return action !== 'create' && !made.has(table) && !made.has(name);
    }),
  );
}

import { renamedObject } from './effect-names.js';
import { effectsOf } from './effects.js';
import type { Effect, SqlProblem } from './facts.js';
import type { Node, ParsedStatement } from './grammar.js';
import type { ParsedUnit } from './inversion.js';
import { commandsOf } from './made.js';
import { quoteName, relationName } from './names.js';

/**
 * Where a rollback reaches further than its migration: to objects and rows that the migration does not touch, and by
 * CASCADE to whatever stands there by then. What it drops and makes is judged where it is inverted, unless names change.
 */
export function reachProblems(migration: ParsedUnit, rollback: ParsedUnit): SqlProblem[] {
  const touched = new Set<string>();
  let renamed = false;
  for (const { node, tree } of migration.statements) {
    for (const { name, table } of effectsOf(node, tree)) touched.add(name).add(table ?? name);
    if (node !== 'RenameStmt') continue;
    renamed = true;
    touched.add(newName(tree));
  }
  const reach = ({ node, tree }: ParsedStatement) =>
    effectsOf(node, tree).filter(
      ({ action, name, table }) =>
        (renamed || action === 'alter' || action === 'write-rows') &&
        !touched.has(name) &&
        !touched.has(table ?? name),
    );
  return rollback.statements.flatMap((statement) => {
    const problem = (message: string, help: string): SqlProblem => ({
      rule: 'rollback-inverts',
      message,
      position: rollback.place(statement),
      help,
    });
    return [
      ...reach(statement).map((effect) => problem(reachMessage(effect), BEYOND)),
      ...(cascades(statement) ? [problem(CASCADED, ONE_BY_ONE)] : []),
    ];
  });
}

const BEYOND = 'take the statement out: a rollback takes back what its migration did, and nothing else';
const CASCADED =
  'CASCADE in a rollback takes away whatever stands there by then, and not only what the migration made';
const ONE_BY_ONE = 'name what the migration made, in the reverse order, without CASCADE';

function reachMessage({ action, name, table = name }: Effect): string {
  const does = action === 'write-rows' ? 'writes rows of' : action === 'drop' ? 'drops' : 'changes';
  return `the rollback ${does} ${action === 'drop' ? name : table}, which the migration does not touch`;
}

function cascades({ node, tree }: ParsedStatement): boolean {
  if (node === 'DropStmt' || node === 'TruncateStmt') return tree.behavior === 'DROP_CASCADE';
  return node === 'AlterTableStmt' && commandsOf(tree).some(({ behavior }) => behavior === 'DROP_CASCADE');
}

/** The name that a renamed object has afterwards; of a part, the object that it belongs to. */
function newName(tree: Node): string {
  const old = renamedObject(tree);
  if (/^OBJECT_(?:COLUMN|ATTRIBUTE|TABCONSTRAINT|DOMCONSTRAINT)$/.test(String(tree.renameType))) return old;
  const name = quoteName(String(tree.newname));
  if (tree.renameType === 'OBJECT_SCHEMA') return `schema ${name}`;
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  if (tree.relation) return relationName({ schemaname, relname: String(tree.newname) });
  return old.replace(/(?:"(?:[^"]|"")*"|[^."]+)$/, () => name);
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

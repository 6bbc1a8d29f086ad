import type { Effect, Statement } from './facts.js';
import { givenLine, UNNAMED } from './given-line.js';

/**
 * What the statements of a migration give to objects besides what an object has by itself: indexes, triggers, unique keys,
 * comments, privileges, and properties such as NOT NULL. One line each, as the executor looks for them.
 * @returns null where something that is made here is renamed: then the lines would name what is not there
 */
export function givenParts(statements: readonly Statement[]): readonly string[] | null {
  const created = new Set<string>();
  const given = new Set<string>();
  const unnamed = new Map<string, number>();
  for (const { node, effects, table, given: properties } of statements) {
    if (node === 'RenameStmt' && effects.some(({ name }) => created.has(name))) return null;
    for (const effect of effects) {
      if (effect.action === 'create') created.add(effect.name);
      for (const line of linesOf(effect, node)) given.add(line);
    }
    if (table?.copies) given.add(givenLine('copies', table.name));
    for (const line of properties)
      if (line.startsWith(`${UNNAMED} of `)) unnamed.set(line, (unnamed.get(line) ?? 0) + 1);
      else given.add(line);
  }
  for (const [line, count] of unnamed) given.add(`${line}: ${count}`);
  return [...given].sort();
}

function linesOf({ action, kind, name, table }: Effect, node: string): string[] {
  if (action === 'create' && kind === 'index')
    return [`index ${name}`, givenLine('indexed table', name, table)];
  if (action !== 'drop' && kind === 'trigger') return [`trigger ${name}`];
  return node === 'AlterTableStmt' ? [givenLine('alterations', name)] : [];
}

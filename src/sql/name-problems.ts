import type { Range } from '../base/position.js';
import { bareNames, UNQUALIFIED, unqualifiedMessage } from './bare-names.js';
import { effectsOf, isAllowed } from './effects.js';
import type { SqlProblem } from './facts.js';
import type { ParsedStatement } from './grammar.js';
import { isQualified, relationName } from './names.js';
import type { UnitText } from './unit-text.js';
import { relationsOf } from './walk.js';

/**
 * Names without a schema in one statement; those in a body between quotes are judged with the body.
 * @param changes whether it is one of a change, and not a check
 * @param place of the statement
 */
export function nameProblems(
  raw: ParsedStatement,
  changes: boolean,
  text: UnitText,
  place: Range,
): SqlProblem[] {
  const names = new Set([...objectNames(raw, changes), ...relationsOf(raw.tree).map(relationName)]);
  const places = new Map([...names].filter((name) => !isQualified(name)).map((name) => [name, place]));
  for (const { label, location } of bareNames(raw.node, raw.tree)) {
    // A type that is dropped is named once; what a check may call is judged by a list of its own.
    if (
      places.has(label) ||
      places.has(label.replace(/^type /, '')) ||
      (!changes && label.startsWith('function '))
    )
      continue;
    places.set(label, location === undefined ? place : text.tokenAt(location));
  }
  return [...places].map(([label, position]) => ({
    rule: 'qualified-names',
    message: unqualifiedMessage(label),
    position,
    help: UNQUALIFIED,
  }));
}

/** What a statement makes, changes or drops. */
function objectNames({ node, tree }: ParsedStatement, changes: boolean): string[] {
  // What a block writes is judged with its body.
  if (!changes || node === 'DoStmt' || !isAllowed(node, tree)) return [];
  const objects = effectsOf(node, tree).filter(
    ({ action, kind, name }) =>
      // A new name is in the schema of the old one, and a new index in that of its table.
      action !== 'rename' &&
      !(kind === 'index' && action === 'create') &&
      !/^(?:schema|extension) /.test(name),
  );
  return objects.map(({ name }) => name);
}

import { declaredNames } from '../../model/scope.js';
import type { ScopeList } from '../../sql/scope.js';
import type { DocumentRule } from '../rule.js';
import { readScopeEffects, type ScopeEffect, scopePlace } from '../scope-effects.js';

export const declaredScope: DocumentRule = {
  id: 'declared-scope',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'An object that the migration creates, alters or drops and the scope does not declare, or a declared name without an effect. What triggers and functions write (`writes_rows_indirectly`) is seen by the run only.',
  why: 'The scope is what a reviewer agrees to and what a report is held against; the SQL must do that and no more.',
  fix: 'Declare the name under creates, alters or drops, or take the statement out.',
  check({ entry, report }) {
    const effects = readScopeEffects(entry);
    if (!effects) return;
    const declared = declaredNames(entry);
    for (const { list, name, statement } of effects) {
      // no-undeclared-rows judges rows.
      if (list === 'writes_rows' || declared.some((one) => one.list === list && one.name === name)) continue;
      const elsewhere = declared.find((one) => one.name === name);
      report({
        message: `the migration ${VERBS[list]} ${name}, which scope.${list} does not list`,
        position: statement.position,
        expected: `${name} under scope.${list}`,
        observed: elsewhere ? `${name} under scope.${elsewhere.list}` : 'not declared',
        related: [{ ...scopePlace(entry, list), message: `what the document says it ${VERBS[list]}` }],
        help: 'declare it, or take the statement out of the migration',
      });
    }
    for (const { list, name, position } of declared) {
      // Only the run can tell what triggers and functions write.
      if (list === 'writes_rows_indirectly') {
        const direct = effects.some((effect) => effect.list === 'writes_rows' && effect.name === name);
        if (direct)
          report({
            message: `scope.${list} lists ${name}, whose rows a statement of the migration writes itself`,
            position,
            help: 'declare it under writes_rows only',
          });
        continue;
      }
      if (effects.some((effect) => effect.list === list && effect.name === name)) continue;
      const replaces =
        list === 'creates' && effects.some((effect) => effect.name === name && isReplacing(effect));
      report({
        message: `scope.${list} lists ${name}, but no statement of the migration ${VERBS[list]} it`,
        position,
        help: replaces
          ? 'OR REPLACE counts as an alteration: write CREATE alone for what is new, or declare the name under alters'
          : 'take the name out of the scope, or write the statement',
      });
    }
  },
};

/** Only CREATE OR REPLACE alters something by a statement that makes such objects. */
function isReplacing({ list, statement }: ScopeEffect): boolean {
  return list === 'alters' && /^(?:CreateFunctionStmt|ViewStmt)$/.test(statement.node);
}

const VERBS: Readonly<Record<ScopeList, string>> = {
  creates: 'creates',
  alters: 'alters',
  drops: 'drops',
  writes_rows: 'writes rows of',
  writes_rows_indirectly: 'writes rows of',
};

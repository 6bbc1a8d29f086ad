import { unitOf } from '../../model/entry.js';
import { headerPosition } from '../../parse/document.js';
import type { DocumentContext, DocumentRule } from '../rule.js';
import { type ScopeList, scopeEffects } from '../scope-effects.js';

export const declaredScope: DocumentRule = {
  id: 'declared-scope',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'An effect of the migration that the scope does not declare, or a declared name without an effect.',
  why: 'The scope is what a reviewer agrees to and what a report is held against; the SQL must do that and no more.',
  fix: 'Declare the name under creates, alters, drops or writes_rows, or take the statement out.',
  check(context) {
    const { entry, report } = context;
    if (entry.kind !== 'ddl' || !isReadable(context)) return;
    const effects = scopeEffects(unitOf(entry, 'migration')?.statements ?? []);
    const declared = declaredNames(context);
    for (const { list, name, statement } of effects) {
      if (declared.some((one) => one.list === list && one.name === name)) continue;
      const elsewhere = declared.find((one) => one.name === name);
      report({
        message: `the migration ${VERBS[list]} ${name}, which scope.${list} does not list`,
        position: statement.position,
        expected: `${name} under scope.${list}`,
        observed: elsewhere ? `${name} under scope.${elsewhere.list}` : 'not declared',
        related: [{ ...scopePlace(context, list), message: `what the document says it ${VERBS[list]}` }],
        help: 'declare it, or take the statement out of the migration',
      });
    }
    for (const { list, name, position } of declared) {
      if (effects.some((effect) => effect.list === list && effect.name === name)) continue;
      report({
        message: `scope.${list} lists ${name}, but no statement of the migration ${VERBS[list]} it`,
        position,
        help: 'take the name out of the scope, or write the statement',
      });
    }
  },
};

const VERBS: Readonly<Record<ScopeList, string>> = {
  creates: 'creates',
  alters: 'alters',
  drops: 'drops',
  writes_rows: 'writes rows of',
};

/** SQL that could not be read, or that is not run, has been reported; its effects are not known. */
function isReadable({ entry }: DocumentContext): boolean {
  const { document, sql } = entry;
  const written = document.fences.some(({ role }) => role === 'migration');
  if (written && !unitOf(entry, 'migration')) return false;
  return (
    document.header !== null &&
    !sql.problems.some(({ rule }) => rule === 'sql-syntax' || rule === 'no-meta-command')
  );
}

function declaredNames({ entry }: DocumentContext) {
  return (entry.document.header?.values ?? []).flatMap(({ path, value, position }) => {
    const list = /^scope\.(creates|alters|drops|writes_rows)\.\d+$/.exec(path)?.[1] as ScopeList | undefined;
    return list ? [{ list, name: value, position }] : [];
  });
}

function scopePlace({ entry }: DocumentContext, list: ScopeList) {
  return { file: entry.document.path, position: headerPosition(entry.document, `scope.${list}`)! };
}

import { declaredNames } from '../../model/scope.js';
import type { DocumentRule } from '../rule.js';
import { readScopeEffects, scopePlace } from '../scope-effects.js';

export const noUndeclaredRows: DocumentRule = {
  id: 'no-undeclared-rows',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A table whose rows the migration writes and `scope.writes_rows` does not name: by INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY, in a WITH query, or by a column that is filled in every row.',
  why: 'A structure can be rolled back, a row that was overwritten cannot; whoever agrees to the change has to know whose rows it touches.',
  fix: 'Declare the table under writes_rows, or take the statement out.',
  check({ entry, report }) {
    const effects = readScopeEffects(entry);
    if (!effects) return;
    const declared = declaredNames(entry);
    const said = new Set(declared.flatMap(({ list, name }) => (list === 'writes_rows' ? [name] : [])));
    for (const { list, name, statement, filled } of effects) {
      if (list !== 'writes_rows' || said.has(name)) continue;
      said.add(name);
      const elsewhere = declared.find((one) => one.name === name);
      report({
        message:
          filled.length === 0
            ? `the migration writes rows of ${name}, which scope.writes_rows does not list`
            : `a value is calculated for ${filled.join(', ')} in every row of ${name}, which scope.writes_rows does not list`,
        position: statement.position,
        expected: `${name} under scope.writes_rows`,
        observed: elsewhere ? `${name} under scope.${elsewhere.list}` : 'not declared',
        related: [{ ...scopePlace(entry, 'writes_rows'), message: 'whose rows the document says it writes' }],
        help: 'declare it, or take the statement out of the migration',
      });
    }
  },
};

import type { Candidate } from '../column-candidate.js';
import { columnCandidates, columnClaims } from '../column-claims.js';
import { relatedDocument } from '../related.js';
import { type CorpusContext, corpusRule } from '../rule.js';
import { alternatives, counted } from '../words.js';

export const columnCountClaims = corpusRule<readonly Candidate[]>({
  id: 'column-count-claims',
  scope: 'corpus',
  group: 'claims',
  severity: 'error',
  what: 'A statement of how many columns a table has that its DDL documents do not bear out.',
  why: 'A number that is written in words is copied from document to document and is not counted again.',
  fix: 'Count the columns in the SQL, and write that number.',
  collect: (entry) => (entry.kind === 'note' ? null : columnCandidates(entry)),
  check(context) {
    const { model, collected, report } = context;
    for (const { table, count, position } of columnClaims(model, collected)) {
      const history = model.columns.get(table) ?? [];
      const allowed = [...new Set(history.map((known) => known.count))];
      if (allowed.includes(count)) continue;
      const expected = alternatives(allowed.map(String));
      report({
        message: `Unexpected ${counted(count, 'column')} for ${table}, expected ${expected}`,
        position,
        expected,
        observed: String(count),
        related: definitions(context, table),
        help: 'the SQL of the ddl document decides; correct the number here, or the SQL there',
      });
    }
  },
});

/** The statements that give a table its columns. */
function definitions({ model }: Pick<CorpusContext, 'model'>, table: string) {
  return (model.columns.get(table) ?? []).flatMap(({ count, path }) => {
    const ddl = model.entries.get(path);
    if (!ddl) return [];
    const statement = ddl.sql.units
      .flatMap(({ statements }) => statements)
      .find((one) => one.table?.name === table || one.alteration?.name === table);
    const message = `${table} has ${counted(count, 'column')} here`;
    return statement
      ? [{ file: path, position: statement.position, message }]
      : [relatedDocument(ddl, message)];
  });
}

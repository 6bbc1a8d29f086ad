import type { DerivedCheck } from '../sql/derived-checks.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import type { RowChange } from '../target/row-changes.js';
import { foldedDelta } from './folded-delta.js';
import { partsNotGiven } from './given-parts.js';
import { Ancestry } from './inheritance.js';
import { outsideOfScope } from './scope.js';

/** What derived checks are answered from. */
interface DerivedEvidence {
  /** Catalogue before the migration. */
  readonly before: CatalogueSnapshot | null;
  readonly after: CatalogueSnapshot;
  /** Counters of the transaction, null outside it. */
  readonly rows: readonly RowChange[] | null;
  /** Sequences that the transaction moved, and nothing explains. */
  readonly sequences: readonly string[];
  /** Tables whose rows the scope declares. */
  readonly writable: readonly string[];
  /** Owner of what the migration makes. */
  readonly role: string;
}

/** What the catalogue and the server's row counters say to a derived check; null where the evidence is missing. */
export function observeDerived(
  check: DerivedCheck,
  { before, after, rows, sequences, writable, role }: DerivedEvidence,
): readonly string[] | null {
  if (check.subject === 'catalogue-delta')
    return before ? foldedDelta(before, after, check.expected, writable) : null;
  if (check.subject === 'scope') return before ? outsideOfScope(check.allowed, before, after) : null;
  if (check.subject === 'given-parts')
    return before ? partsNotGiven(check.allowed, before, after, role) : null;
  if (check.subject === 'rows-written')
    return rows && rowsElsewhere(check.allowed, rows, sequences, new Ancestry(before ?? after, after));
  const parts = after.objects.filter(({ table }) => table === check.table);
  const of = (kind: string) => parts.filter((part) => part.kind === kind);
  const constraints = (type: string) => of('constraint').filter(({ definition }) => definition.type === type);
  switch (check.subject) {
    case 'columns':
      return of('column')
        .sort((a, b) => Number(a.definition.position) - Number(b.definition.position))
        .map((column) => `${lastName(column)} ${column.definition.type}`);
    case 'primary-key':
      return constraints('p').map(definitionOf);
    case 'foreign-keys':
      // The server keeps another one for each partition of the table that is referred to.
      return constraints('f')
        .filter(({ definition }) => definition.inherited === '0')
        .map(definitionOf)
        .sort();
    case 'check-constraints':
      return [String(constraints('c').length)];
    case 'column-defaults':
      return [String(of('column').filter(({ definition }) => definition.default !== null).length)];
    case 'triggers':
      return [String(of('trigger').length)];
  }
}

/** Tables and sequences outside of those that are declared; rows of partitions, and of tables that inherit, are those of what stands above. */
function rowsElsewhere(
  allowed: readonly string[],
  rows: readonly RowChange[],
  sequences: readonly string[],
  ancestry: Ancestry,
): string[] {
  const isAllowed = (name: string) => allowed.includes(name);
  const tables = rows.map(({ table }) => table);
  return [
    ...tables.filter((table) => !isAllowed(table) && !ancestry.above(table).some(isAllowed)),
    ...sequences.filter((name) => !isAllowed(name)).map((name) => `sequence ${name}`),
  ];
}

function definitionOf({ definition }: CatalogueObject): string {
  return definition.definition ?? '';
}

/** Last part of a qualified name, as SQL writes it. */
function lastName({ name }: CatalogueObject): string {
  return /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[0] ?? name;
}

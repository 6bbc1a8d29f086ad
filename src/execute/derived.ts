import type { DerivedCheck } from '../sql/derived-checks.js';
import {
  type CatalogueObject,
  type CatalogueSnapshot,
  catalogueDelta,
  deltaLines,
} from '../target/catalogue.js';
import type { RowChange } from '../target/row-changes.js';
import { partsNotGiven } from './given-parts.js';
import { ownedByTables } from './owned-by-tables.js';
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
  /** Owner of what the migration makes. */
  readonly role: string;
}

/** What the catalogue and the server's row counters say to a derived check; null where the evidence is missing. */
export function observeDerived(
  check: DerivedCheck,
  { before, after, rows, sequences, role }: DerivedEvidence,
): readonly string[] | null {
  if (check.subject === 'catalogue-delta') return before ? topLevel(before, after, check.expected) : null;
  if (check.subject === 'scope') return before ? outsideOfScope(check.allowed, before, after) : null;
  if (check.subject === 'given-parts')
    return before ? partsNotGiven(check.allowed, before, after, role) : null;
  if (check.subject === 'rows-written') {
    const others = (names: readonly string[]) => names.filter((name) => !check.allowed.includes(name));
    return (
      rows && [
        ...others(rows.map(({ table }) => table)),
        ...others(sequences).map((name) => `sequence ${name}`),
      ]
    );
  }
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
      return constraints('f').map(definitionOf).sort();
    case 'check-constraints':
      return [String(constraints('c').length)];
    case 'column-defaults':
      return [String(of('column').filter(({ definition }) => definition.default !== null).length)];
    case 'triggers':
      return [String(of('trigger').length)];
  }
}

/**
 * The delta with what happened to parts of a table that stays under the table's name, or under their own where a statement
 * names them: an index, the sequence of a column.
 */
function topLevel(
  before: CatalogueSnapshot,
  after: CatalogueSnapshot,
  expected: readonly string[],
): string[] {
  const delta = catalogueDelta(ownedByTables(before), ownedByTables(after));
  const changed = delta.changed.map(({ after: object }) => object);
  const moved = [...delta.added, ...delta.removed];
  const owners = new Set(moved.filter(({ table }) => table === undefined).map(({ name }) => name));
  const ofTables = [...moved, ...changed].filter(({ table }) => table !== undefined);
  const isNamed = ({ name }: CatalogueObject) => expected.includes(`~ ${name}`);
  const parts = ofTables.filter((part) => !owners.has(part.table!) || isNamed(part));
  const whole = changed.filter(({ table }) => table === undefined);
  const cameAndWent = deltaLines({ ...delta, changed: [] }).filter((line) => !partLines(parts).has(line));
  const touched = [
    ...parts.map((part) => (isNamed(part) ? part.name : part.table)),
    ...whole.map(({ kind, name }) => (kind === 'schema' ? `schema ${name}` : name)),
  ];
  return [...new Set([...cameAndWent, ...touched.map((name) => `~ ${name}`)])].sort();
}

function partLines(parts: readonly CatalogueObject[]): Set<string> {
  const lines = parts.flatMap((part) => [
    ...deltaLines({ added: [part], removed: [], changed: [] }),
    ...deltaLines({ added: [], removed: [part], changed: [] }),
  ]);
  return new Set(lines);
}

function definitionOf({ definition }: CatalogueObject): string {
  return definition.definition ?? '';
}

/** Last part of a qualified name, as SQL writes it. */
function lastName({ name }: CatalogueObject): string {
  return /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[0] ?? name;
}

import type { CatalogueObject, CatalogueSnapshot } from './catalogue.js';

/** What differs between two snapshots; each list is sorted as the snapshots are. */
export interface CatalogueDelta {
  readonly added: readonly CatalogueObject[];
  readonly removed: readonly CatalogueObject[];
  readonly changed: readonly { readonly before: CatalogueObject; readonly after: CatalogueObject }[];
}

/** Compares two snapshots, object by object. */
export function catalogueDelta(before: CatalogueSnapshot, after: CatalogueSnapshot): CatalogueDelta {
  const old = new Map(before.objects.map((object) => [keyOf(object), object]));
  const added: CatalogueObject[] = [];
  const changed: { before: CatalogueObject; after: CatalogueObject }[] = [];
  for (const object of after.objects) {
    const earlier = old.get(keyOf(object));
    if (earlier === undefined) added.push(object);
    else if (!sameDefinition(earlier, object)) changed.push({ before: earlier, after: object });
    old.delete(keyOf(object));
  }
  return { added, removed: [...old.values()], changed };
}

function keyOf({ kind, name }: CatalogueObject): string {
  return `${kind}\0${name}`;
}

function sameDefinition(a: CatalogueObject, b: CatalogueObject): boolean {
  const fields = Object.keys(a.definition);
  return (
    a.table === b.table &&
    fields.length === Object.keys(b.definition).length &&
    fields.every((field) => a.definition[field] === b.definition[field])
  );
}

/**
 * The delta in words: `+ table s.t`, `- view s.v`, `~ column s.t.c`, `+ index s.i on s.t`. What belongs to a table
 * that came or went is in the table's line, and the index of a constraint in the constraint's.
 */
export function deltaLines(delta: CatalogueDelta): readonly string[] {
  return [
    ...unfolded(delta.added).map((object) => `+ ${title(object)}`),
    ...unfolded(delta.removed).map((object) => `- ${title(object)}`),
    ...delta.changed.map(({ after }) => `~ ${title(after)}`),
  ];
}

const OWNERS_OF_PARTS: ReadonlySet<string> = new Set(['table', 'view', 'materialized view']);

function unfolded(objects: readonly CatalogueObject[]): readonly CatalogueObject[] {
  const owners = new Set(objects.filter(({ kind }) => OWNERS_OF_PARTS.has(kind)).map(({ name }) => name));
  const constraints = new Set(objects.filter(({ kind }) => kind === 'constraint').map(({ name }) => name));
  return objects.filter(
    ({ table, definition }) =>
      !(table !== undefined && owners.has(table)) && !constraints.has(definition.constraint ?? ''),
  );
}

function title({ kind, name, table }: CatalogueObject): string {
  return kind === 'index' ? `index ${name} on ${table}` : `${kind} ${name}`;
}

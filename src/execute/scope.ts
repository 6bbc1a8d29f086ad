import type { Effect } from '../sql/facts.js';
import { scopeLine, scopeName } from '../sql/scope.js';
import { placeOf } from '../target/attribution.js';
import {
  type CatalogueObject,
  type CatalogueSnapshot,
  catalogueDelta,
  deltaLines,
} from '../target/catalogue.js';
import type { CatalogueDelta } from '../target/catalogue-delta.js';
import { parentsOf } from './inheritance.js';
import { ownedByTables } from './owned-by-tables.js';

/**
 * What our transaction added, dropped or changed and the scope does not cover, as lines of a delta. Covered is what the
 * scope names and what belongs to it: parts of a table, its partitions and what inherits from it, members of an extension.
 * What only reads differently, because something that it names was renamed, is not changed.
 * @param declared lines of the scope @param before, after the catalogue without what others changed
 */
export function outsideOfScope(
  declared: readonly string[],
  before: CatalogueSnapshot,
  after: CatalogueSnapshot,
): readonly string[] {
  const [was, is] = [ownedByTables(before), ownedByTables(after)];
  const later = byPlace(is);
  const delta = writtenOnly(catalogueDelta(was, is), byPlace(was), later);
  const scope = new Scope(new Set(declared), was, is, delta);
  const outside = {
    added: delta.added.filter((object) => !scope.covers(object, 'create')),
    // What is there under another name was altered.
    removed: delta.removed.filter(
      (object) => !scope.covers(object, later.has(placeOf(object)) ? 'alter' : 'drop'),
    ),
    changed: delta.changed.filter(
      ({ before, after }) =>
        !scope.covers(after, 'alter') &&
        !(
          onlyDataFile(before, after) &&
          scope.covers({ ...after, name: after.table ?? after.name }, 'write-rows')
        ),
    ),
  };
  return [...deltaLines(outside)].sort();
}

/** The delta without objects of which no row was written: nothing was done to them. */
function writtenOnly(
  { added, removed, changed }: CatalogueDelta,
  earlier: Places,
  later: Places,
): CatalogueDelta {
  const written = (object: CatalogueObject, other: CatalogueObject | undefined) =>
    object.versions === '' || object.versions !== other?.versions;
  return {
    added: added.filter((object) => written(object, earlier.get(placeOf(object)))),
    removed: removed.filter((object) => written(object, later.get(placeOf(object)))),
    changed: changed.filter(({ before, after }) => before.id !== after.id || written(before, after)),
  };
}

/** A declared scope, held against what was found in the catalogue. */
class Scope {
  readonly #declared: ReadonlySet<string>;
  readonly #added: ReadonlySet<string>;
  readonly #removed: ReadonlySet<string>;
  /** Names of tables with those that they inherit from, before or after. */
  readonly #parents = new Map<string, Set<string>>();
  readonly #partitions = new Set<string>();

  constructor(
    declared: ReadonlySet<string>,
    was: CatalogueSnapshot,
    is: CatalogueSnapshot,
    delta: CatalogueDelta,
  ) {
    this.#declared = declared;
    this.#added = wholes(delta.added);
    this.#removed = wholes(delta.removed);
    for (const object of [...was.objects, ...is.objects]) {
      const { kind, name, definition } = object;
      if (kind !== 'table' || !definition.inherits) continue;
      if (definition.partition_bound) this.#partitions.add(name);
      const known = this.#parents.get(name) ?? new Set();
      for (const parent of parentsOf(object)) known.add(parent);
      this.#parents.set(name, known);
    }
  }

  covers(object: CatalogueObject, action: Effect['action']): boolean {
    const { table, extension } = object;
    const name = ownName(object);
    // What it was a part of is judged itself.
    if (table !== undefined && this.#removed.has(table)) return true;
    return (
      this.#names({ action, name }) ||
      (table !== undefined && this.#names({ action, name, table })) ||
      (extension !== undefined && this.#names({ action, name: `extension ${extension}` }))
    );
  }

  #names(effect: Pick<Effect, 'action' | 'name' | 'table'>): boolean {
    const place = scopeName(effect, this.#added);
    if (place === null || this.#declared.has(scopeLine(place))) return true;
    const { list, name } = place;
    if (list === 'alters' && this.#isMadeAgain(name)) return true;
    if (list === 'creates' || (list === 'drops' && !this.#partitions.has(name))) return false;
    return this.#ancestors(name).some((one) => this.#declared.has(scopeLine({ list, name: one })));
  }

  #isMadeAgain(name: string): boolean {
    return (['drops', 'creates'] as const).every((list) => this.#declared.has(scopeLine({ list, name })));
  }

  #ancestors(name: string): string[] {
    const found = new Set([name]);
    for (const one of found) for (const parent of this.#parents.get(one) ?? []) found.add(parent);
    return [...found].slice(1);
  }
}

/** Objects that are no part of another one. */
function wholes(objects: readonly CatalogueObject[]): ReadonlySet<string> {
  return new Set(objects.flatMap((object) => (object.table === undefined ? [ownName(object)] : [])));
}

/** Kinds that a scope writes without their kind. */
const PLAIN = new Set(
  'table,view,materialized view,sequence,index,type,domain,function,procedure,aggregate'.split(','),
);

/** As a scope writes it; what no scope can name has its kind in front, so that it is not taken for something else. */
function ownName({ kind, name }: CatalogueObject): string {
  return PLAIN.has(kind) ? name : `${kind} ${name}`;
}

/** TRUNCATE gives a table another data file and leaves its definition. */
function onlyDataFile(before: CatalogueObject, after: CatalogueObject): boolean {
  const fields = new Set([...Object.keys(before.definition), ...Object.keys(after.definition)]);
  fields.delete('filenode');
  return (
    before.id === after.id &&
    [...fields].every((field) => before.definition[field] === after.definition[field])
  );
}

type Places = ReadonlyMap<string, CatalogueObject>;

function byPlace({ objects }: CatalogueSnapshot): Places {
  return new Map(objects.map((object) => [placeOf(object), object]));
}

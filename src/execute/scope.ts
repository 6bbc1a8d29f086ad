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
import { Ancestry, referencedPartition } from './inheritance.js';
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
  readonly #ancestry: Ancestry;
  readonly #partitions = new Set<string>();
  /** Constraints with the indexes that have their names, before and after. */
  readonly #indexes = new Map<string, string>();
  /** Names of what has another name now, both of them. */
  readonly #renamed: ReadonlySet<string>;

  constructor(
    declared: ReadonlySet<string>,
    private readonly was: CatalogueSnapshot,
    private readonly is: CatalogueSnapshot,
    delta: CatalogueDelta,
  ) {
    this.#declared = declared;
    this.#added = wholes(delta.added);
    this.#removed = wholes(delta.removed);
    this.#ancestry = new Ancestry(was, is);
    this.#renamed = renamed(byPlace(was), byPlace(is));
    for (const { kind, name, definition } of [...was.objects, ...is.objects]) {
      if (kind === 'table' && definition.partition_bound) this.#partitions.add(name);
      if (kind === 'index' && definition.constraint) this.#indexes.set(definition.constraint, name);
    }
  }

  covers(object: CatalogueObject, action: Effect['action']): boolean {
    const { table, extension } = object;
    const name = ownName(object);
    // What it was a part of is judged itself.
    if (table !== undefined && this.#removed.has(table)) return true;
    const partition = referencedPartition(object, this.#ancestry, this.was, this.is);
    if (partition !== null && this.#coversTable(partition)) return true;
    return (
      this.#coversRenamed(object, action) ||
      this.#names({ action, name }) ||
      (table !== undefined && this.#names({ action, name, table })) ||
      (extension !== undefined && this.#names({ action, name: `extension ${extension}` }))
    );
  }

  /** The constraint of an index is renamed with it. */
  #coversRenamed({ kind, name }: CatalogueObject, action: Effect['action']): boolean {
    const index = kind === 'constraint' ? this.#indexes.get(name) : undefined;
    return index !== undefined && this.#renamed.has(name) && this.#names({ action, name: index });
  }

  #coversTable(name: string): boolean {
    return (['create', 'alter', 'drop'] as const).some((action) => this.#names({ action, name }));
  }

  #names(effect: Pick<Effect, 'action' | 'name' | 'table'>): boolean {
    const place = scopeName(effect, this.#added);
    if (place === null || this.#declared.has(scopeLine(place))) return true;
    const { list, name } = place;
    if (list === 'alters' && this.#isMadeAgain(name)) return true;
    if (list === 'creates' || (list === 'drops' && !this.#partitions.has(name))) return false;
    return this.#ancestry.above(name).some((one) => this.#declared.has(scopeLine({ list, name: one })));
  }

  #isMadeAgain(name: string): boolean {
    return (['drops', 'creates'] as const).every((list) => this.#declared.has(scopeLine({ list, name })));
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

function renamed(earlier: Places, later: Places): ReadonlySet<string> {
  return new Set(
    [...earlier].flatMap(([place, { name }]) => {
      const now = later.get(place)?.name ?? name;
      return now === name ? [] : [name, now];
    }),
  );
}

type Places = ReadonlyMap<string, CatalogueObject>;

function byPlace({ objects }: CatalogueSnapshot): Places {
  return new Map(objects.map((object) => [placeOf(object), object]));
}

import type { CatalogueObject, CatalogueSnapshot } from './catalogue.js';
import type { CatalogueDelta } from './catalogue-delta.js';
import { catalogueDelta } from './catalogue-delta.js';

/** What the server says of our transaction, by which a change between two readings is told to be ours. */
export interface OwnMarks {
  /** Ids (32 bits) of our transaction and its subtransactions. */
  readonly transactions: ReadonlySet<string>;
  /**
   * What our transaction locks against everybody, so that only it can have dropped it: what it drops stays locked until it
   * ends. Where no transaction of ours is open, null: what an earlier one dropped is under `removed`.
   */
  readonly locked: ReadonlySet<string> | null;
  /** Places of objects that earlier transactions of ours dropped; parts of one that went with it are not named. */
  readonly removed: ReadonlySet<string>;
}

/** Ids of transactions that wrote rows of the later snapshot and none of the earlier one. */
export function newWriters(before: CatalogueSnapshot, after: CatalogueSnapshot): ReadonlySet<string> {
  const old = new Set(before.objects.flatMap(writers));
  return new Set(after.objects.flatMap(writers).filter((id) => !old.has(id)));
}

/** What others changed between two readings, and what is ours. */
export interface Attribution {
  readonly ours: CatalogueDelta;
  readonly foreign: CatalogueDelta;
}

/**
 * Tells what others did from what is ours. Foreign is only what is proved to be: it came with a committed transaction
 * that is not ours, or it went and we do not hold the lock that every DROP takes, or it only reads differently though we
 * have renamed nothing. Everything else counts as ours.
 */
export function attribute(before: CatalogueSnapshot, after: CatalogueSnapshot, own: OwnMarks): Attribution {
  const delta = catalogueDelta(before, after);
  const earlier = byId(before);
  const later = byId(after);
  const written = (was: CatalogueObject | undefined, is: CatalogueObject) => {
    const old = new Set(was ? writers(was) : []);
    const fresh = writers(is).filter((id) => !old.has(id));
    return fresh.length > 0 && !fresh.some((id) => own.transactions.has(id));
  };
  // What we rename is renamed in all that we read.
  const weRenamed = delta.added.some((is) => {
    const was = earlier.get(placeOf(is));
    return was !== undefined && !rereads(was, is) && !written(was, is);
  });
  const foreign = (was: CatalogueObject | undefined, is: CatalogueObject) =>
    written(was, is) || (was !== undefined && !weRenamed && rereads(was, is));
  const isForeign = {
    added: (object: CatalogueObject) => foreign(earlier.get(placeOf(object)), object),
    removed: (object: CatalogueObject) => {
      const renamed = later.get(placeOf(object));
      return renamed ? foreign(object, renamed) : !isDropped(object, own, before);
    },
    changed: (pair: CatalogueDelta['changed'][number]) => foreign(pair.before, pair.after),
  };
  return {
    ours: {
      added: delta.added.filter((object) => !isForeign.added(object)),
      removed: delta.removed.filter((object) => !isForeign.removed(object)),
      changed: delta.changed.filter((pair) => !isForeign.changed(pair)),
    },
    foreign: {
      added: delta.added.filter(isForeign.added),
      removed: delta.removed.filter(isForeign.removed),
      changed: delta.changed.filter(isForeign.changed),
    },
  };
}

/** What names roles and tablespaces, which are not in the catalogue of a database: who renamed them is not seen. */
const NAMES_FROM_ELSEWHERE: ReadonlySet<string> = new Set([
  'owner',
  'acl',
  'type_acl',
  'roles',
  'tablespace',
]);

/** Whether none of an object's rows was written: it reads differently because something that it names was renamed. */
function rereads(was: CatalogueObject, is: CatalogueObject): boolean {
  if (was.versions === '' || was.versions !== is.versions || was.id !== is.id) return false;
  return Object.keys(is.definition).every(
    (field) => was.definition[field] === is.definition[field] || !NAMES_FROM_ELSEWHERE.has(field),
  );
}

/** A snapshot with a delta applied: what the catalogue would be if nobody else had changed anything. */
export function withChanges(snapshot: CatalogueSnapshot, delta: CatalogueDelta): CatalogueSnapshot {
  const objects = new Map(snapshot.objects.map((object) => [keyOf(object), object]));
  for (const object of delta.removed) objects.delete(keyOf(object));
  for (const object of [...delta.added, ...delta.changed.map(({ after }) => after)])
    objects.set(keyOf(object), object);
  const sorted = [...objects].sort(([a], [b]) => (a < b ? -1 : 1));
  return { objects: sorted.map(([, object]) => object) };
}

function keyOf({ kind, name }: CatalogueObject): string {
  return `${kind}\0${name}`;
}

/** Names the row of an object, whatever the object is called. Several objects may come from one row, such as a published table and its filter. */
export function placeOf({ kind, id }: CatalogueObject): string {
  return `${kind}\0${id}`;
}

function byId({ objects }: CatalogueSnapshot): Map<string, CatalogueObject> {
  return new Map(objects.map((object) => [placeOf(object), object]));
}

function writers({ versions }: CatalogueObject): string[] {
  return versions === '' ? [] : versions.split(' ');
}

/** Whether an object that is gone was, or may have been, dropped by us. */
function isDropped(object: CatalogueObject, own: OwnMarks, before: CatalogueSnapshot): boolean {
  // Objects without a lock of their own to be asked for: nothing proves that somebody else dropped them.
  if (object.versions === '' || object.kind === 'security label') return true;
  const owner = ownerOf(object, before);
  if (own.removed.has(object.id) || (owner !== undefined && own.removed.has(owner.id))) return true;
  // Locks stand on whole objects: on the table for a column, and we may have dropped a part under the table's lock.
  const whole = object.id.split('/').slice(0, 2).join('/');
  return own.locked !== null && (own.locked.has(whole) || (owner !== undefined && own.locked.has(owner.id)));
}

/** Table or view that an object is a part of. */
function ownerOf({ table }: CatalogueObject, { objects }: CatalogueSnapshot): CatalogueObject | undefined {
  if (table === undefined) return undefined;
  return objects.find((one) => one.name === table && one.table === undefined);
}

/** Places of what a delta of ours removed, without parts of what went as a whole. */
export function removedPlaces(ours: CatalogueDelta, after: CatalogueSnapshot): readonly string[] {
  const left = byId(after);
  const gone = ours.removed.filter((object) => !left.has(placeOf(object)));
  const wholes = new Set(gone.flatMap(({ name, table }) => (table === undefined ? [name] : [])));
  return gone.filter(({ table }) => table === undefined || !wholes.has(table)).map(({ id }) => id);
}

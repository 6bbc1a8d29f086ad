import { UNNAMED } from '../sql/given-line.js';
import { placeOf } from '../target/attribution.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import { GivenLines } from './given-lines.js';
import { GivenProperties } from './given-properties.js';

/**
 * What our transaction gave to objects and no statement of the migration says: what an event trigger, or a function that
 * is called, does beside it. Members of extensions are what the extension says. Default privileges that stood before are
 * what the server gives by itself.
 * @param given lines of `givenParts` @param before, after the catalogue without what others changed
 * @param role owner of whatever the migration makes
 */
export function partsNotGiven(
  given: readonly string[],
  before: CatalogueSnapshot,
  after: CatalogueSnapshot,
  role: string,
): readonly string[] {
  const lines = new GivenLines(given);
  const properties = new GivenProperties(lines, before, after, role);
  const looking = new Looking(lines, before, after, properties);
  return [...new Set(after.objects.flatMap((object) => looking.found(object)))].sort();
}

class Looking {
  readonly #earlier: ReadonlyMap<string, CatalogueObject>;
  /** What was there before, by kind and name. */
  readonly #names: ReadonlyMap<string, CatalogueObject>;
  readonly #tables: ReadonlyMap<string, CatalogueObject>;
  readonly #byDefault: readonly CatalogueObject[];
  /** New constraints of tables that no statement names. */
  readonly #unnamed = new Map<string, number>();

  constructor(
    private readonly given: GivenLines,
    before: CatalogueSnapshot,
    after: CatalogueSnapshot,
    private readonly properties: GivenProperties,
  ) {
    this.#earlier = new Map(before.objects.map((object) => [placeOf(object), object]));
    this.#names = new Map(before.objects.map((object) => [`${object.kind} ${object.name}`, object]));
    this.#tables = new Map(after.objects.flatMap((one) => (one.kind === 'table' ? [[one.name, one]] : [])));
    this.#byDefault = before.objects.filter(({ kind }) => kind === 'default privileges');
    for (const object of after.objects) {
      const { table = '' } = object;
      if (this.#isUnnamed(object)) this.#unnamed.set(table, (this.#unnamed.get(table) ?? 0) + 1);
    }
  }

  /** What nothing explains of one object, in lines. */
  found(object: CatalogueObject): string[] {
    if (object.extension !== undefined || object.kind === 'extension') return [];
    const was = this.#earlier.get(placeOf(object));
    if (was?.name !== undefined && was.name !== object.name) return [];
    if (this.given.has('renaming', schemaOf(object.name))) return [];
    if (was) return [...this.#changed(was, object), ...this.properties.found(object, was)];
    const { kind, name } = object;
    if (this.#isBuiltAgain(object))
      return kind === 'index' ? this.properties.found(object, this.#names.get(`${kind} ${name}`)) : [];
    return [
      ...this.#part(object),
      ...this.#privileges(object),
      ...this.#comment(object),
      ...this.properties.found(object, undefined),
    ];
  }

  /** Another type of a column has the server make its indexes and statistics anew, with their comments. */
  #isBuiltAgain({ kind, name, table }: CatalogueObject): boolean {
    if (kind === 'column' || table === undefined || !this.#names.has(`${kind} ${name}`)) return false;
    return this.given.has('alterations', table) || this.#inherits(table);
  }

  /** An object that is part of a table, and new. */
  #part(object: CatalogueObject): string[] {
    const { kind, name, table = '', definition } = object;
    const line = kind === 'index' ? `${kind} ${name} on ${table}` : `${kind} ${name}`;
    const fresh = !this.#stays(table);
    if (kind === 'policy' || kind === 'rule') return [line];
    if (this.given.has('copies', table)) return [];
    if (kind === 'statistics') return [line];
    // An index of a constraint, or of a partition, comes with what it belongs to.
    if (kind === 'index' && !definition.constraint && !definition.partition_of)
      return this.given.hasLine(`index ${name}`) ? [] : [line];
    // Triggers of a table that is only created are counted by a check of their own.
    if (kind === 'trigger' && (!fresh || this.given.has('alterations', table)) && !this.#inherits(table))
      return this.given.hasLine(`trigger ${name}`) ? [] : [line];
    const count = this.#isUnnamed(object) ? (this.#unnamed.get(table) ?? 0) : 0;
    return count === 0 || this.#givenUnnamed(table) >= count ? [] : [line];
  }

  /**
   * A new constraint of a table itself that no statement names. Those of a parent come with it, and stay where a partition
   * is taken from it.
   */
  #isUnnamed(object: CatalogueObject): boolean {
    const { kind, name, table = '', definition } = object;
    if (kind !== 'constraint' || definition.inherited !== '0') return false;
    const isKnown = this.#earlier.has(placeOf(object)) || this.#isBuiltAgain(object);
    const isGiven = this.given.hasLine(`constraint ${name}`) || this.given.has('renaming', name);
    return !isKnown && !isGiven && this.given.values('former parents', table).size === 0;
  }

  /** Of constraints that are the same the server makes one, so there may be less. */
  #givenUnnamed(table: string): number {
    return Math.max(0, ...[...this.given.values(UNNAMED, table)].map(Number));
  }

  /** Whether a table was there before. */
  #stays(table: string): boolean {
    const found = this.#tables.get(table);
    return found !== undefined && this.#earlier.has(placeOf(found));
  }

  #inherits(table: string): boolean {
    return Boolean(this.#tables.get(table)?.definition.inherits);
  }

  #privileges(object: CatalogueObject): string[] {
    const { kind, name, table, definition } = object;
    if (!definition.acl || this.#isGiven('privileges', object)) return [];
    const usual = this.#usual(kind, schemaOf(table ?? name));
    const items = definition.acl.match(ITEM) ?? [];
    return items
      .filter((item) => !ownersOwn(item) && !usual.has(item) && !usual.has(item.replace(/\/.*$/s, '')))
      .map((item) => `privileges of ${kind} ${name}: ${item}`);
  }

  /** To the object itself, which may stand with its kind, or to the table that it is a part of. */
  #isGiven(what: 'privileges' | 'comments', { kind, name, table }: CatalogueObject): boolean {
    return [name, `${kind} ${name}`, table ?? name].some((one) => this.given.has(what, one));
  }

  /** What everybody has on such an object by the server's own defaults, and what default privileges add. */
  #usual(kind: string, schema: string): ReadonlySet<string> {
    const [letter = '', everybody] = DEFAULTS[kind] ?? [];
    const places = [` in ${schema}`, ' in any schema'];
    const added = this.#byDefault
      .filter(({ name }) => name.startsWith(`${letter} of `) && places.some((place) => name.endsWith(place)))
      .flatMap(({ definition }) => definition.acl?.match(ITEM) ?? []);
    return new Set([...added, ...(everybody ? [everybody] : [])]);
  }

  #comment(object: CatalogueObject): string[] {
    const { kind, name, table, definition } = object;
    if (!definition.comment || this.#isGiven('comments', object)) return [];
    return table !== undefined && this.given.has('copies', table) ? [] : [`comment on ${kind} ${name}`];
  }

  /** What was there before, under the same name: delta and scope do not tell what of it was changed. */
  #changed(was: CatalogueObject, object: CatalogueObject): string[] {
    const { kind, name, table, definition } = object;
    const differs = (field: string) => (was.definition[field] ?? null) !== (definition[field] ?? null);
    const lines: string[] = [];
    const isGranted = this.#isGiven('privileges', object) || this.#hasOtherOwner(table ?? name);
    if (differs('acl') && was.definition.owner === definition.owner && !isGranted)
      lines.push(`privileges of ${kind} ${name}`);
    if (differs('comment') && !this.#isGiven('comments', object)) lines.push(`comment on ${kind} ${name}`);
    return lines;
  }

  /** Privileges are granted by their grantor: another owner changes all of them. */
  #hasOtherOwner(table: string): boolean {
    const now = this.#tables.get(table);
    return now !== undefined && this.#earlier.get(placeOf(now))?.definition.owner !== now.definition.owner;
  }
}

/** One privilege of a list, whose names may be quoted. */
const ITEM = /(?:"(?:[^"]|"")*"|[^\s"])+/g;

/** Letter of an object's kind in default privileges, and what everybody may do with it by the server's own. */
const DEFAULTS: Readonly<Record<string, readonly [letter: string, everybody?: string]>> = {
  table: ['r'],
  view: ['r'],
  'materialized view': ['r'],
  sequence: ['S'],
  function: ['f', '=X'],
  procedure: ['f', '=X'],
  aggregate: ['f', '=X'],
  type: ['T', '=U'],
  domain: ['T', '=U'],
  schema: ['n'],
};

/** First part of a qualified name. */
function schemaOf(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^."]+)/.exec(name)?.[0] ?? '';
}

/** `owner=arwdDxt/owner`. */
function ownersOwn(item: string): boolean {
  const grantor = /\/((?:"(?:[^"]|"")*"|[^"/])+)$/.exec(item)?.[1];
  return grantor !== undefined && item.startsWith(`${grantor}=`);
}

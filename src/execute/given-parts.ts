import { givenLine } from '../sql/given-parts.js';
import { placeOf } from '../target/attribution.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';

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
  const looking = new Looking(new Set(given), before, after, role);
  return [...new Set(after.objects.flatMap((object) => looking.found(object)))].sort();
}

class Looking {
  readonly #earlier: ReadonlyMap<string, CatalogueObject>;
  /** Kinds and names that were there before. */
  readonly #names: ReadonlySet<string>;
  readonly #tables: ReadonlyMap<string, CatalogueObject>;
  readonly #byDefault: readonly CatalogueObject[];
  readonly #keys = new Map<string, number>();

  constructor(
    private readonly given: ReadonlySet<string>,
    before: CatalogueSnapshot,
    after: CatalogueSnapshot,
    private readonly role: string,
  ) {
    this.#earlier = new Map(before.objects.map((object) => [placeOf(object), object]));
    this.#names = new Set(before.objects.map(({ kind, name }) => `${kind} ${name}`));
    this.#tables = new Map(after.objects.flatMap((one) => (one.kind === 'table' ? [[one.name, one]] : [])));
    this.#byDefault = before.objects.filter(({ kind }) => kind === 'default privileges');
    for (const { kind, table = '', definition } of after.objects)
      if (kind === 'constraint' && KEYS.has(definition.type ?? ''))
        this.#keys.set(table, (this.#keys.get(table) ?? 0) + 1);
  }

  /** What nothing explains of one object, in lines. */
  found(object: CatalogueObject): string[] {
    if (object.extension !== undefined || object.kind === 'extension') return [];
    const was = this.#earlier.get(placeOf(object));
    if (was) return was.name === object.name ? this.#changed(was, object) : [];
    if (this.#isBuiltAgain(object)) return [];
    return [
      ...this.#part(object),
      ...this.#privileges(object),
      ...this.#comment(object),
      ...this.#table(object),
    ];
  }

  /** Another type of a column has the server make its indexes and statistics anew, with their comments. */
  #isBuiltAgain({ kind, name, table }: CatalogueObject): boolean {
    if (table === undefined || !this.#names.has(`${kind} ${name}`)) return false;
    return this.#has('alterations', table) || this.#inherits(table);
  }

  #has(what: Parameters<typeof givenLine>[0], name: string): boolean {
    return this.given.has(givenLine(what, name));
  }

  /** An object that is part of a table, and new. */
  #part({ kind, name, table = '', definition }: CatalogueObject): string[] {
    const line = kind === 'index' ? `${kind} ${name} on ${table}` : `${kind} ${name}`;
    const fresh = !this.#stays(table);
    if (kind === 'policy' || kind === 'rule') return [line];
    if (this.#has('copies', table)) return [];
    if (kind === 'statistics') return [line];
    // An index of a constraint, or of a partition, comes with what it belongs to.
    if (kind === 'index' && !definition.constraint && !definition.partition_of)
      return this.given.has(`index ${name}`) ? [] : [line];
    // Triggers of a table that is only created are counted by a check of their own.
    if (kind === 'trigger' && (!fresh || this.#has('alterations', table)) && !this.#inherits(table))
      return this.given.has(`trigger ${name}`) ? [] : [line];
    const isKey = kind === 'constraint' && KEYS.has(definition.type ?? '');
    if (!isKey || !fresh || this.#has('alterations', table) || this.#inherits(table)) return [];
    const count = this.#keys.get(table) ?? 0;
    return count === 0 || this.#declaredKeys(table) >= count ? [] : [line];
  }

  #declaredKeys(table: string): number {
    const start = `${givenLine('keys', table)}: `;
    const line = [...this.given].find((one) => one.startsWith(start));
    return Number(line?.slice(start.length) ?? 0);
  }

  /** Whether a table was there before. */
  #stays(table: string): boolean {
    const found = this.#tables.get(table);
    return found !== undefined && this.#earlier.has(placeOf(found));
  }

  #inherits(table: string): boolean {
    return Boolean(this.#tables.get(table)?.definition.inherits);
  }

  #privileges({ kind, name, table, definition }: CatalogueObject): string[] {
    const of = table ?? name;
    if (!definition.acl || this.#mayHavePrivileges(of)) return [];
    const usual = this.#usual(kind, schemaOf(of));
    const items = definition.acl.match(ITEM) ?? [];
    return items
      .filter((item) => !ownersOwn(item) && !usual.has(item) && !usual.has(item.replace(/\/.*$/s, '')))
      .map((item) => `privileges of ${kind} ${name}: ${item}`);
  }

  /** By name, or with all of its schema. */
  #mayHavePrivileges(name: string): boolean {
    return this.#has('privileges', name) || this.#has('privileges', schemaOf(name));
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

  #comment({ kind, name, table, definition }: CatalogueObject): string[] {
    if (!definition.comment || this.#has('comments', name)) return [];
    if (table !== undefined && (this.#has('comments', table) || this.#has('copies', table))) return [];
    return [`comment on ${kind} ${name}`];
  }

  /** A table that is new. */
  #table({ kind, name, definition }: CatalogueObject): string[] {
    if (kind !== 'table') return [];
    const owner = definition.owner === this.role ? [] : [`owner of table ${name}: ${definition.owner}`];
    const secured = SECURITY.some((field) => definition[field] !== 'f') && !this.#has('alterations', name);
    return [...owner, ...(secured ? [`row security of table ${name}`] : [])];
  }

  /** A table that was there before, under the same name, or a column of one: delta and scope fold them into the table. */
  #changed(was: CatalogueObject, { kind, name, table, definition }: CatalogueObject): string[] {
    if (kind !== 'table' && kind !== 'column') return [];
    const of = table ?? name;
    const differs = (field: string) => (was.definition[field] ?? null) !== (definition[field] ?? null);
    const lines: string[] = [];
    if (differs('acl') && !this.#mayHavePrivileges(of) && !this.#hasOtherOwner(of))
      lines.push(`privileges of ${kind} ${name}`);
    if (differs('comment') && !this.#has('comments', of)) lines.push(`comment on ${kind} ${name}`);
    if (SECURITY.some(differs) && !this.#has('alterations', of)) lines.push(`row security of table ${of}`);
    return lines;
  }

  /** Privileges are granted by their grantor: another owner changes all of them. */
  #hasOtherOwner(table: string): boolean {
    const now = this.#tables.get(table);
    return now !== undefined && this.#earlier.get(placeOf(now))?.definition.owner !== now.definition.owner;
  }
}

/** Types of constraints that are keys without being the primary one. */
const KEYS: ReadonlySet<string> = new Set(['u', 'x']);
const SECURITY = ['row_security', 'force_row_security'] as const;

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

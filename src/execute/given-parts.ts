import { commentLine } from '../sql/given-comments.js';
import { UNNAMED } from '../sql/given-line.js';
import { placeOf } from '../target/attribution.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import { GivenAbsences } from './given-absences.js';
import { Family } from './given-family.js';
import { GivenLines } from './given-lines.js';
import { GivenPrivileges } from './given-privileges.js';
import { GivenProperties } from './given-properties.js';
import { schemaOf } from './usual-acl.js';

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
  const family = new Family(lines, before, after);
  const absences = new GivenAbsences(lines, family, before, after);
  const looking = new Looking(lines, before, after, role, family, absences);
  const found = after.objects.flatMap((object) => looking.found(object));
  return [...new Set([...found, ...absences.found()])].sort();
}

class Looking {
  readonly #earlier: ReadonlyMap<string, CatalogueObject>;
  readonly #properties: GivenProperties;
  readonly #grants: GivenPrivileges;
  /** New constraints of tables that no statement names. */
  readonly #unnamed = new Map<string, number>();

  constructor(
    private readonly given: GivenLines,
    before: CatalogueSnapshot,
    after: CatalogueSnapshot,
    role: string,
    private readonly family: Family,
    private readonly absences: GivenAbsences,
  ) {
    this.#earlier = new Map(before.objects.map((object) => [placeOf(object), object]));
    this.#properties = new GivenProperties(given, family, after, role);
    const byDefault = before.objects.filter(({ kind }) => kind === 'default privileges');
    this.#grants = new GivenPrivileges(given, byDefault, role);
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
    const known = was ?? this.#builtAgain(object);
    return [
      ...(known ? [] : this.#part(object)),
      ...this.#privileges(object, known),
      ...this.#comment(object, known),
      ...this.#properties.found(object, known),
    ];
  }

  /**
   * What the object was before another type of a column had the server make it again. What a statement gives under a name that
   * became free is new.
   */
  #builtAgain(object: CatalogueObject): CatalogueObject | undefined {
    const { kind, name, table } = object;
    if (table === undefined || !['constraint', 'index', 'statistics'].includes(kind)) return undefined;
    const was = this.family.earlier(kind, name);
    if (was === undefined || this.given.hasLine(`${kind} ${name}`)) return undefined;
    const refersTo = REFERENCES.exec(kind === 'constraint' ? (was.definition.definition ?? '') : '')?.[1];
    const places = [table, ...(refersTo ? [refersTo] : [])];
    const isRebuilt = places
      .flatMap((place) => [place, ...this.family.ancestors(place)])
      .some((place) => this.given.has('rebuilding', place) || this.given.has('renaming', place));
    // Keys, and indexes of keys, come back as a part of what comes back.
    return isRebuilt && !this.#isDropped(was) ? was : undefined;
  }

  #isDropped(part: CatalogueObject): boolean {
    const { kind, name, definition } = part;
    const names = [
      `${kind} ${name}`,
      ...(definition.constraint ? [`constraint ${definition.constraint}`] : []),
    ];
    return names.some((one) => this.given.has('dropping', one)) || this.absences.losesColumn(part);
  }

  /** An object that is part of a table, and new. */
  #part(object: CatalogueObject): string[] {
    const { kind, name, table = '', definition } = object;
    const line = kind === 'index' ? `${kind} ${name} on ${table}` : `${kind} ${name}`;
    // No statement makes them.
    if (['policy', 'rule', 'published table', 'publication filter'].includes(kind)) return [line];
    if (kind === 'trigger') return this.#isTriggerGiven(object) ? [] : [line];
    if (this.given.has('copies', table)) return [];
    if (kind === 'statistics') return [line];
    // An index of a constraint, or of a partition, comes with what it belongs to.
    if (kind === 'index' && !definition.constraint && !definition.partition_of)
      return this.given.hasLine(`index ${name}`) ? [] : [line];
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
    const isKnown = this.#earlier.has(placeOf(object)) || this.#builtAgain(object) !== undefined;
    const isRenamed = [name, table].some((one) => this.given.has('renaming', one));
    const isGiven = this.given.hasLine(`constraint ${name}`) || isRenamed;
    return !isKnown && !isGiven && this.given.values('former parents', table).size === 0;
  }

  /** Of constraints that are the same the server makes one, so there may be less. */
  #givenUnnamed(table: string): number {
    return Math.max(0, ...[...this.given.values(UNNAMED, table)].map(Number));
  }

  /** By a statement, or by one on what the table is a partition of. */
  #isTriggerGiven(trigger: CatalogueObject): boolean {
    const isClone = this.family.above(trigger).some((name) => this.family.same('trigger', name).length > 0);
    return isClone || this.given.hasLine(`trigger ${trigger.name}`);
  }

  #privileges(object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    if (!('acl' in object.definition)) return [];
    const ownerOf = (one: CatalogueObject | undefined) => one?.definition.owner ?? undefined;
    const { table } = object;
    if (table === undefined)
      return this.#grants.found(object, was, { was: ownerOf(was), now: ownerOf(object) });
    const now = this.family.now('table', table);
    const then = now && this.#earlier.get(placeOf(now));
    return this.#grants.found(object, was, { was: ownerOf(then), now: ownerOf(now) });
  }

  #comment(object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    const { kind, name, table, definition } = object;
    // The copies have the comments of what was copied.
    const isCopied = was === undefined && table !== undefined && this.given.has('copies', table);
    const names = [kind, ...(OTHER_WORDS[kind] ?? [])].map((word) => `${word} ${name}`);
    const lines = this.#commented(names, was?.definition.comment, definition.comment, isCopied);
    const ofType = this.#commented([`type ${name}`], was?.definition.type_comment, definition.type_comment);
    return [
      ...(lines ? [] : [`comment on ${kind} ${name}`]),
      ...(kind !== 'table' || ofType ? [] : [`comment on the row type of ${kind} ${name}`]),
    ];
  }

  /** Whether a comment is what a statement says, or what it was. */
  #commented(
    names: readonly string[],
    was: string | null | undefined,
    now: string | null | undefined,
    isOpen = false,
  ): boolean {
    if (names.some((name) => this.given.hasLine(commentLine(name, now)))) return true;
    if (names.some((name) => this.given.values('comment', name).size > 0)) return false;
    return isOpen || (was || null) === (now || null);
  }
}

/** The table that a foreign key refers to. */
const REFERENCES = /^FOREIGN KEY \(.*\) REFERENCES ((?:"(?:[^"]|"")*"|[^".]+)\.(?:"(?:[^"]|"")*"|[^"(]+))\(/;

/** How statements may call kinds of objects besides. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['function'],
  domain: ['type'],
};

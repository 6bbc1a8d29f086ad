import { placeOf } from '../target/attribution.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import type { Family } from './given-family.js';
import type { GivenLines } from './given-lines.js';
import { schemaOf } from './usual-acl.js';

/** Parts of tables and views that are looked for where the table stays. */
const PARTS: ReadonlySet<string> = new Set([
  'policy',
  'rule',
  'trigger',
  'constraint',
  'index',
  'statistics',
  'published table',
  'publication filter',
]);

/** What nobody misses where a column that it is made of is dropped. */
const OF_COLUMNS: ReadonlySet<string> = new Set(['constraint', 'index', 'statistics']);

const LAST_NAME = /(?:"(?:[^"]|"")*"|[^".]+)$/;

/** Parts of tables that stay which are gone, and parts that statements give which are not there. */
export class GivenAbsences {
  readonly #places: ReadonlySet<string>;
  readonly #owners: ReadonlyMap<string, CatalogueObject>;

  constructor(
    private readonly given: GivenLines,
    private readonly family: Family,
    private readonly before: CatalogueSnapshot,
    after: CatalogueSnapshot,
  ) {
    this.#places = new Set(after.objects.map(placeOf));
    this.#owners = new Map(
      before.objects.flatMap((one) => (/^(?:table|.*view)$/.test(one.kind) ? [[one.name, one]] : [])),
    );
  }

  /** In lines: `without policy app.base.p`. */
  found(): string[] {
    return [
      ...this.before.objects.filter((object) => this.#isMissed(object)).map(line),
      ...this.given
        .parts()
        .filter(({ kind, name, table }) => this.#isMissing(kind, name, table))
        .map(line),
    ];
  }

  /** Whether a part of before is gone, and no statement takes it. */
  #isMissed(object: CatalogueObject): boolean {
    const { kind, name, table, extension } = object;
    if (table === undefined || !PARTS.has(kind) || extension !== undefined) return false;
    if (this.#places.has(placeOf(object)) || this.family.now(kind, name)) return false;
    const owner = this.#owners.get(table);
    return owner !== undefined && this.#places.has(placeOf(owner)) && !this.isTaken(object);
  }

  /** Whether statements take a part of a table, or may do. */
  isTaken(object: CatalogueObject): boolean {
    const { kind, name, table = '', definition } = object;
    if (this.#isRenamed(name, table)) return true;
    // These go with what they come from, and cannot go without it.
    if (kind === 'constraint' && definition.inherited !== '0' && !this.#staysAbove(object)) return true;
    if (kind === 'index' && (definition.constraint || definition.partition_of)) return true;
    if (this.given.has('dropping', `${kind} ${name}`)) return true;
    if (kind === 'trigger' && this.#isCloneOfFormer(object)) return true;
    return this.losesColumn(object);
  }

  #isRenamed(name: string, table: string): boolean {
    return [name, table, schemaOf(table)].some((one) => this.given.has('renaming', one));
  }

  /** Whether a table that the object's own inherits from, or did, has one of its name before and after. */
  #staysAbove(object: CatalogueObject): boolean {
    const { kind } = object;
    return this.family
      .above(object)
      .some(
        (name) => this.family.earlier(kind, name) !== undefined && this.family.now(kind, name) !== undefined,
      );
  }

  /** Triggers of partitions come and go with those of the parent. */
  #isCloneOfFormer(trigger: CatalogueObject): boolean {
    const former = this.given.values('former parents', trigger.table ?? '').size > 0;
    return this.family
      .above(trigger)
      .some((name) => this.family.earlier('trigger', name) && (former || !this.family.now('trigger', name)));
  }

  /** Whether a column is dropped that a part is made of, from its table or what that inherits from. */
  losesColumn({ kind, table = '', definition }: CatalogueObject): boolean {
    if (!OF_COLUMNS.has(kind)) return false;
    return [table, ...this.family.ancestors(table)].some((one) =>
      [...this.given.values('dropped columns', one)].some(
        (column) =>
          this.given.has('renaming', `${one}.${column}`) || mentions(definition.definition ?? '', column),
      ),
    );
  }

  #isMissing(kind: string, name: string, table: string): boolean {
    const isThere = this.family.now('table', table) ?? this.family.now('view', table);
    if (!isThere || this.family.now(kind, name)) return false;
    if (this.#isRenamed(name, table)) return false;
    if (this.given.has('dropping', `${kind} ${name}`) || this.given.has('conditions', table)) return false;
    const dropped = this.given.values('dropped columns', table);
    return kind === 'column' ? !dropped.has(LAST_NAME.exec(name)?.[0] ?? '') : dropped.size === 0;
  }
}

function line({ kind, name }: Pick<CatalogueObject, 'kind' | 'name'>): string {
  return `without ${kind} ${name}`;
}

function mentions(definition: string, name: string): boolean {
  const parts = definition.split(name);
  return parts.some(
    (part, index) => index > 0 && !/[\w$"]$/.test(parts[index - 1]!) && !/^[\w$"]/.test(part),
  );
}

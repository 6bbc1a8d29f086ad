import { keysOf, OWN_ROLE } from '../sql/given-line.js';
import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import type { Family } from './given-family.js';
import type { GivenLines } from './given-lines.js';
import { parentsOf } from './inheritance.js';
import { optionsOf, type Property, propertiesOf } from './object-properties.js';

/**
 * Properties of objects that our transaction changed, or that a new object has, and no statement of the migration says:
 * NOT NULL, defaults, storage, owner and the like. What a statement says and is not so counts as well. What comes from a
 * parent is compared with the parent.
 */
export class GivenProperties {
  /** Where relations are that are in no tablespace of their own. */
  readonly #home: string | null;

  constructor(
    private readonly given: GivenLines,
    private readonly family: Family,
    after: CatalogueSnapshot,
    private readonly role: string,
  ) {
    this.#home = after.objects.find(({ kind }) => kind === 'database')?.definition.tablespace ?? null;
  }

  /** What nothing explains, in lines. @param was the object before, if it was there */
  found(object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    // Where no row of it was written, it only reads differently.
    if (was !== undefined && was.versions !== '' && was.versions === object.versions) return [];
    // All that a part is stands in one row; others may have its comment.
    if (was !== undefined && IN_ONE_ROW.has(object.kind) && firstWriter(was) === firstWriter(object))
      return [];
    if (this.#isCopied(object) || this.#isRenamed(object)) return [];
    if (object.kind === 'column' && was === undefined && !this.#isColumnGiven(object))
      return [`column ${object.name}`];
    return [
      ...propertiesOf(object).flatMap((property) => this.#property(property, object, was)),
      ...(WITH_OPTIONS.has(object.kind) ? this.#options(object, was) : []),
      ...(object.kind === 'table' ? this.#parents(object, was) : []),
    ];
  }

  /** Columns of LIKE and of a type, and indexes of LIKE: no statement tells which. */
  #isCopied({ kind, name, table = '' }: CatalogueObject): boolean {
    if (kind === 'index') return this.given.has('copies', table) && !this.given.hasLine(`index ${name}`);
    if (kind !== 'column' || this.given.hasLine(`column ${name}`)) return false;
    return this.given.has('copied columns', table) || this.#table(table)?.definition.of_type != null;
  }

  #isRenamed({ name, table }: CatalogueObject): boolean {
    return [name, table ?? name].some((one) => this.given.has('renaming', one));
  }

  #isColumnGiven(column: CatalogueObject): boolean {
    if (this.given.hasLine(`column ${column.name}`)) return true;
    return this.#above(column).some(
      (name) => this.given.hasLine(`column ${name}`) || this.#same(column, name).length > 0,
    );
  }

  #property(property: Property, object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    const { what, of, exactly = of } = property;
    const { kind, name, table } = object;
    if (this.given.has(what, name) || (table !== undefined && this.given.has(what, table))) return [];
    // An index that is built again for another type has lost it.
    if (what === 'statistics target' && was !== undefined && was.id !== object.id) return [];
    const value = of(object);
    const said = this.#said(what, name);
    // What is said of a table in general may be so of any part.
    if (said.has(value) || (table !== undefined && this.given.values(what, table).has(value))) return [];
    const usual = was ? exactly(was) : this.#usual(property, object);
    const isUsual = was
      ? exactly(object) === usual || this.#readsOtherwise(property, object, was)
      : usual === null || value === usual;
    const isOpen = said.size === 0 || this.#isConditional(object);
    if (isOpen && (isUsual || this.#followsTable(what, object, value))) return [];
    if (property.inherited && isOpen && this.#isFromAbove(property, object, value)) return [];
    const seen = exactly !== of && value !== 'none' ? '' : `: ${value}`;
    return [`${what} of ${kind} ${name}${seen}`];
  }

  /**
   * A text in which what it names has another name now, or with other casts after it was built again for another type. What
   * no statement can write is what it was, whatever is renamed.
   */
  #readsOtherwise({ rebuilt }: Property, object: CatalogueObject, was: CatalogueObject): boolean {
    if (rebuilt === undefined) return false;
    if (this.given.hasRenaming()) return true;
    return was.id !== object.id && rebuilt(object) === rebuilt(was);
  }

  #said(what: string, name: string): ReadonlySet<string> {
    const values = this.given.values(what, name);
    if (what === 'owner') return new Set([...values].map((one) => (one === OWN_ROLE ? this.role : one)));
    if (what !== 'tablespace') return values;
    return new Set([...values].map((one) => (one === this.#home ? 'none' : one)));
  }

  #usual({ what, usual }: Property, object: CatalogueObject): string | null {
    return what === 'owner' ? this.role : usual(object);
  }

  /** Whether a statement does nothing where the object is there, or is not. */
  #isConditional({ name, table }: CatalogueObject): boolean {
    return [name, table ?? name].some((one) => this.given.has('conditions', one));
  }

  /** The sequence of a column belongs to who has the table, and is as permanent as it. */
  #followsTable(what: string, { kind, definition }: CatalogueObject, value: string): boolean {
    if (kind !== 'sequence' || !definition.owned_by) return false;
    const table = this.#table(definition.owned_by.replace(/\.(?:"(?:[^"]|"")*"|[^".]+)$/, ''));
    const property = table && propertiesOf(table).find((one) => one.what === what);
    return property?.of(table!) === value;
  }

  #isFromAbove(property: Property, object: CatalogueObject, value: string): boolean {
    const { what, of, exactly = of } = property;
    return this.#above(object).some(
      (name) =>
        this.given.has(what, name) ||
        this.#said(what, name).has(value) ||
        this.#same(object, name).some((one) => exactly(one) === exactly(object)),
    );
  }

  /** Names of what an object has its properties from. */
  #above({ kind, name, table = '', definition }: CatalogueObject): string[] {
    if (kind === 'table') return this.family.ancestors(name);
    if (kind === 'domain') return [definition.base_type ?? ''];
    if (kind !== 'index') return this.family.above({ name, table });
    const index = definition.partition_of ? [definition.partition_of] : [];
    return definition.constraint ? [...index, keysOf(table)] : index;
  }

  #same({ kind }: CatalogueObject, name: string): CatalogueObject[] {
    return this.family.same(kind, name);
  }

  #table(name: string): CatalogueObject | undefined {
    return this.family.now('table', name);
  }

  #options(object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    const { kind, name } = object;
    const said = [...this.given.values('options', name)];
    const [now, then] = [optionsOf(object), was ? optionsOf(was) : new Map<string, string>()];
    const keys = new Set([...now.keys(), ...then.keys(), ...said.map((one) => one.split('=', 1)[0]!)]);
    return [...keys].flatMap((key) => {
      const value = now.get(key);
      const line = value === undefined ? key : `${key}=${value}`;
      if (said.includes(line)) return [];
      // A table without large values keeps no options for them.
      const isOpen =
        !said.some((one) => one === key || one.startsWith(`${key}=`)) ||
        key.startsWith('toast.') ||
        this.#isConditional(object);
      if (isOpen && value === then.get(key)) return [];
      if (isOpen && value === undefined && this.given.has('replacement', name)) return [];
      if (isOpen && this.#isOptionFromAbove(object, line)) return [];
      return [`options of ${kind} ${name}: ${value === undefined ? `without ${key}` : line}`];
    });
  }

  #isOptionFromAbove(object: CatalogueObject, line: string): boolean {
    if (object.kind !== 'index') return false;
    return this.#above(object).some(
      (name) =>
        this.given.values('options', name).has(line) ||
        this.#same(object, name).some((one) => [...optionsOf(one)].some((pair) => pair.join('=') === line)),
    );
  }

  #parents(object: CatalogueObject, was: CatalogueObject | undefined): string[] {
    const { name } = object;
    const [now, then] = [parentsOf(object), was ? parentsOf(was) : []];
    const isRenamed = (parent: string) => this.given.has('renaming', parent);
    const said = this.given.values('parents', name);
    const former = this.given.values('former parents', name);
    const come = now.filter((one) => !then.includes(one) && !said.has(one) && !isRenamed(one));
    const gone = then.filter(
      (one) => !now.includes(one) && !former.has(one) && !isRenamed(one) && this.#table(one) !== undefined,
    );
    return [
      ...come.map((one) => `parents of table ${name}: ${one}`),
      ...gone.map((one) => `parents of table ${name}: without ${one}`),
    ];
  }
}

const IN_ONE_ROW: ReadonlySet<string> = new Set(['policy', 'rule', 'trigger', 'constraint', 'statistics']);

/** The transaction that wrote the row of the object itself. */
function firstWriter({ id, versions }: CatalogueObject): string {
  return `${id} ${versions.split(' ', 1)[0]}`;
}

const WITH_OPTIONS: ReadonlySet<string> = new Set(['table', 'column', 'index', 'view', 'materialized view']);

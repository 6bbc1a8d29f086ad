import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import { BeforeAndAfter } from './before-and-after.js';
import type { Ancestry } from './inheritance.js';

/** An object before and after; what came has no before, what went no after. */
export interface Difference {
  readonly was: CatalogueObject | undefined;
  readonly is: CatalogueObject | undefined;
}

/**
 * Tells what the server does to partitions and to tables that inherit because the same is done to a table above them. Only
 * what has its like there, done in the same transaction, follows from it.
 */
export class Descent {
  readonly #objects: BeforeAndAfter;

  /** @param writable tables whose rows may be written, so that they may be emptied */
  constructor(
    private readonly ancestry: Ancestry,
    before: CatalogueSnapshot,
    after: CatalogueSnapshot,
    private readonly writable: readonly string[],
  ) {
    this.#objects = new BeforeAndAfter(before, after);
  }

  /** The table above, of some, from which a difference of a table or of its part follows; undefined where there is none. */
  cause(difference: Difference, among: (table: string) => boolean): string | undefined {
    const { table, name } = difference.is ?? difference.was!;
    return this.ancestry
      .above(table ?? name)
      .find((above) => among(above) && this.#follows(difference, table ?? name, above));
  }

  #follows(difference: Difference, table: string, above: string): boolean {
    const { was, is } = difference;
    // No row of it was written: it only reads differently, as columns count anew where one is gone.
    if (was && is && was.versions !== '' && was.versions === is.versions) return true;
    switch ((is ?? was!).kind) {
      case 'table':
        return this.#tableFollows(difference, above);
      case 'column':
        return this.#columnFollows(difference, table, above);
      case 'constraint':
        return this.#constraintFollows(difference, above) || this.#isBuiltAgain(difference, above);
      case 'index':
        return this.#indexFollows(difference, above) || this.#isBuiltAgain(difference, above);
      case 'statistics':
        return this.#isBuiltAgain(difference, above);
      case 'trigger':
        return this.#triggerFollows(difference, table, above);
      default:
        return false;
    }
  }

  #tableFollows(difference: Difference, above: string): boolean {
    if (!difference.was || !difference.is) return false;
    const parent = this.#pair('table', above);
    return fieldsOf(difference).every(
      (field) =>
        (field === 'filenode' && this.#mayBeRewritten(above)) ||
        (field === 'switched_triggers' && fieldsOf(parent).includes(field)),
    );
  }

  #columnFollows(difference: Difference, table: string, above: string): boolean {
    const { was, is } = difference;
    const parent = this.#pair('column', `${above}${(is ?? was!).name.slice(table.length)}`);
    if (!isWritten(parent)) return false;
    if (!is) return parent.is === undefined;
    // A column of its own stays where that of the parent goes.
    const fields = was ? fieldsOf(difference) : COLUMN_FIELDS;
    return fields.every(
      (field) =>
        BY_DESCENT.has(field) ||
        (parent.is !== undefined &&
          COLUMN_FIELDS.includes(field) &&
          same(is.definition[field], parent.is.definition[field])),
    );
  }

  #constraintFollows(difference: Difference, above: string): boolean {
    const { was, is } = difference;
    if (![was, is].some((one) => one && one.definition.inherited !== '0')) return false;
    const { definition } = is ?? was!;
    return this.#partsOf('constraint', above).some(
      (parent) =>
        isWritten(parent) &&
        (was !== undefined || parent.is !== undefined) &&
        (is !== undefined || parent.is === undefined) &&
        KEPT_OF_CONSTRAINTS.every((field) =>
          same(definition[field], (parent.is ?? parent.was!).definition[field]),
        ) &&
        fieldsOf(difference).every((field) => !was || !is || CONSTRAINT_FIELDS.has(field)),
    );
  }

  #indexFollows(difference: Difference, above: string): boolean {
    const { was, is } = difference;
    if (was && is && fieldsOf(difference).every((field) => field === 'filenode'))
      return this.#mayBeRewritten(above);
    const whole = was?.definition.partition_of ?? is?.definition.partition_of;
    const parent = whole == null ? undefined : this.#pair('index', whole);
    if (!parent || !isWritten(parent)) return false;
    const { table = '' } = parent.is ?? parent.was!;
    if (table !== above && !this.ancestry.above(table).includes(above)) return false;
    if (!was) return parent.is !== undefined;
    if (!is) return parent.is === undefined;
    return fieldsOf(difference).every((field) => field === 'partition_of');
  }

  #triggerFollows({ was, is }: Difference, table: string, above: string): boolean {
    const parent = this.#pair('trigger', `${above}${(is ?? was!).name.slice(table.length)}`);
    const asAbove = (object: CatalogueObject | undefined) =>
      object?.definition.definition?.replace(` ON ${table} `, () => ` ON ${above} `);
    return (
      isWritten(parent) &&
      same(asAbove(was), parent.was?.definition.definition) &&
      same(asAbove(is), parent.is?.definition.definition) &&
      same(is?.definition.enabled, parent.is?.definition.enabled) &&
      same(is?.definition.comment, was?.definition.comment)
    );
  }

  /** Another type of a column has what is made of it built again, in the server's words for that type. */
  #isBuiltAgain(difference: Difference, above: string): boolean {
    return (
      difference.was !== undefined &&
      difference.is !== undefined &&
      this.#partsOf('column', above).some((column) => fieldsOf(column).includes('type')) &&
      fieldsOf(difference).every((field) => field === 'definition' || field === 'filenode')
    );
  }

  /** Columns that come or change may need other rows; TRUNCATE takes all of them. */
  #mayBeRewritten(above: string): boolean {
    return this.writable.includes(above) || this.#partsOf('column', above).some(isWritten);
  }

  #pair(kind: string, name: string): Difference {
    return { was: this.#objects.earlier(kind, name), is: this.#objects.now(kind, name) };
  }

  #partsOf(kind: string, table: string): Difference[] {
    return [...this.#objects.partsOf(kind, table)].map((name) => this.#pair(kind, name));
  }
}

/** What a column has from the one above it. */
const COLUMN_FIELDS: readonly string[] = [
  'type',
  'not_null',
  'default',
  'identity',
  'generated',
  'collation',
  'storage',
  'type_storage',
  'compression',
  'statistics_target',
];
/** Place of a column in its table, how often it is inherited, and a name that the server chooses. */
const BY_DESCENT: ReadonlySet<string> = new Set(['position', 'local', 'inherited', 'not_null_constraint']);
const KEPT_OF_CONSTRAINTS: readonly string[] = ['type', 'definition', 'validated', 'enforced'];
const CONSTRAINT_FIELDS: ReadonlySet<string> = new Set([
  'definition',
  'validated',
  'enforced',
  'deferrable',
  'deferred',
  'local',
  'inherited',
]);

/** Whether something came, went or was written. */
function isWritten({ was, is }: Difference): boolean {
  if (!was || !is) return was !== is;
  return was.versions === '' || was.versions !== is.versions || was.id !== is.id;
}

/** Fields that differ. */
function fieldsOf({ was, is }: Difference): string[] {
  const fields = new Set([...Object.keys(was?.definition ?? {}), ...Object.keys(is?.definition ?? {})]);
  return [...fields].filter((field) => !same(was?.definition[field], is?.definition[field]));
}

function same(a: string | null | undefined, b: string | null | undefined): boolean {
  return (a ?? null) === (b ?? null);
}

import {
  type CatalogueObject,
  type CatalogueSnapshot,
  catalogueDelta,
  deltaLines,
} from '../target/catalogue.js';
import type { CatalogueDelta } from '../target/catalogue-delta.js';
import { Descent, type Difference } from './descent.js';
import { Ancestry, referencedPartition } from './inheritance.js';
import { ownedByTables } from './owned-by-tables.js';

/**
 * The delta with what happened to parts of a table that stays under the table's name, or under their own where a statement
 * names them: an index, the sequence of a column. What follows from DDL on a table above is under the name of that.
 * @param expected lines of the plan @param writable tables whose rows the scope declares
 */
export function foldedDelta(
  before: CatalogueSnapshot,
  after: CatalogueSnapshot,
  expected: readonly string[],
  writable: readonly string[],
): string[] {
  const isNamed = (sequence: string) =>
    MADE_OR_GONE.some((sign) => expected.includes(`${sign} sequence ${sequence}`));
  const [was, is] = [ownedByTables(before, isNamed), ownedByTables(after, isNamed)];
  const delta = catalogueDelta(was, is);
  const ancestry = new Ancestry(was, is);
  const folding = new Folding(new Set(expected), ancestry, new Descent(ancestry, was, is, writable), was, is);
  const moved = [...delta.added, ...delta.removed];
  const owners = new Set(moved.filter(({ table }) => table === undefined).map(({ name }) => name));
  const touched = differencesOf(delta).filter((one) => isTouched(one, owners) || folding.isNamed(one));
  const parts = touched.map(({ was, is }) => is ?? was!).filter(({ table }) => table !== undefined);
  const elsewhere = linesOf([...parts, ...delta.removed.filter((one) => folding.goes(one))]);
  const cameAndWent = deltaLines({ ...delta, changed: [] });
  const lines = [
    ...cameAndWent.filter((line) => !elsewhere.has(line)),
    ...touched.flatMap((one) => folding.labelOf(one) ?? []).map((name) => `~ ${name}`),
  ];
  return [...new Set(lines)].sort();
}

const MADE_OR_GONE = ['+', '-'];

function differencesOf({ added, removed, changed }: CatalogueDelta): Difference[] {
  return [
    ...added.map((is) => ({ was: undefined, is })),
    ...removed.map((was) => ({ was, is: undefined })),
    ...changed.map(({ before, after }) => ({ was: before, is: after })),
  ];
}

/** What stays, and parts of it: what came or went whole has a line of its own. */
function isTouched({ was, is }: Difference, owners: ReadonlySet<string>): boolean {
  const { table } = is ?? was!;
  return table === undefined ? was !== undefined && is !== undefined : !owners.has(table);
}

/** Where a difference goes in the delta of a plan. */
class Folding {
  constructor(
    private readonly expected: ReadonlySet<string>,
    private readonly ancestry: Ancestry,
    private readonly descent: Descent,
    private readonly was: CatalogueSnapshot,
    private readonly is: CatalogueSnapshot,
  ) {}

  /** Whether a statement names a part of a table by itself. */
  isNamed({ was, is }: Difference): boolean {
    const { name, table } = is ?? was!;
    return table !== undefined && this.expected.has(`~ ${name}`);
  }

  /** Name under which something is touched; null where something else in the delta already says so. */
  labelOf(difference: Difference): string | null {
    const object = difference.is ?? difference.was!;
    const { kind, name, table } = object;
    if (this.isNamed(difference)) return name;
    const own = table ?? (kind === 'schema' ? `schema ${name}` : name);
    if (this.expected.has(`~ ${own}`)) return own;
    const partition = referencedPartition(object, this.ancestry, this.was, this.is);
    if (partition !== null && this.#isExpected(partition)) return null;
    return this.descent.cause(difference, (above) => this.expected.has(`~ ${above}`)) ?? own;
  }

  /** A partition that goes with the partitioned table. */
  goes({ kind, name, definition }: CatalogueObject): boolean {
    if (kind !== 'table' || !definition.partition_bound || this.expected.has(`- table ${name}`)) return false;
    return this.ancestry.above(name).some((above) => this.expected.has(`- table ${above}`));
  }

  #isExpected(table: string): boolean {
    return [`+ table ${table}`, `- table ${table}`, `~ ${table}`].some((line) => this.expected.has(line));
  }
}

/** Lines of what the delta has under another name. */
function linesOf(objects: readonly CatalogueObject[]): Set<string> {
  const lines = objects.flatMap((part) => [
    ...deltaLines({ added: [part], removed: [], changed: [] }),
    ...deltaLines({ added: [], removed: [part], changed: [] }),
  ]);
  return new Set(lines);
}

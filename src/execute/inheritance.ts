import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';

/** One qualified name of a list. */
const QUALIFIED = /(?:"(?:[^"]|"")*"|[^".,\s]+)\.(?:"(?:[^"]|"")*"|[^".,\s]+)/g;

/** Names of the tables that a table inherits from, or is a partition of. */
export function parentsOf({ definition }: CatalogueObject): readonly string[] {
  return definition.inherits?.match(QUALIFIED) ?? [];
}

/** Which tables stand above others in any of some snapshots: partitioned tables above partitions, and parents. */
export class Ancestry {
  readonly #parents = new Map<string, Set<string>>();

  constructor(...snapshots: readonly CatalogueSnapshot[]) {
    for (const object of snapshots.flatMap(({ objects }) => objects)) {
      const { kind, name, definition } = object;
      if (kind !== 'table' || !definition.inherits) continue;
      const known = this.#parents.get(name) ?? new Set();
      for (const parent of parentsOf(object)) known.add(parent);
      this.#parents.set(name, known);
    }
  }

  /** Names of all that stand above a table, the nearest first. */
  above(table: string): readonly string[] {
    const found = new Set([table]);
    for (const one of found) for (const parent of this.#parents.get(one) ?? []) found.add(parent);
    return [...found].slice(1);
  }
}

/** The table that the definition of a foreign key refers to, as the server prints it. */
const REFERENCES = /\) REFERENCES ((?:"(?:[^"]|"")*"|[^".(]+)\.(?:"(?:[^"]|"")*"|[^".(]+))\(/;

/**
 * The partition for whose sake the server itself keeps a foreign key beside the one that a statement made: a key that refers
 * to a partitioned table has one more for each of its partitions. Null for every other object.
 * @param snapshots in which the key that a statement made is looked for
 */
export function referencedPartition(
  { kind, name, table, definition }: CatalogueObject,
  ancestry: Ancestry,
  ...snapshots: readonly CatalogueSnapshot[]
): string | null {
  if (kind !== 'constraint' || definition.type !== 'f' || definition.inherited === '0') return null;
  const text = definition.definition ?? '';
  const partition = REFERENCES.exec(text)?.[1];
  if (partition === undefined) return null;
  const above = ancestry
    .above(partition)
    .map((one) => text.replace(REFERENCES, () => `) REFERENCES ${one}(`));
  const isThere = ({ objects }: CatalogueSnapshot) =>
    objects.some(
      (one) =>
        one.kind === kind &&
        one.table === table &&
        one.name !== name &&
        above.includes(one.definition.definition ?? ''),
    );
  return snapshots.every(isThere) ? partition : null;
}

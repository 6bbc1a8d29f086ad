import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';

/** Objects of two snapshots by kind and name. */
export class BeforeAndAfter {
  readonly #before: ReadonlyMap<string, CatalogueObject>;
  readonly #after: ReadonlyMap<string, CatalogueObject>;

  constructor(before: CatalogueSnapshot, after: CatalogueSnapshot) {
    this.#before = byName(before);
    this.#after = byName(after);
  }

  earlier(kind: string, name: string): CatalogueObject | undefined {
    return this.#before.get(`${kind} ${name}`);
  }

  now(kind: string, name: string): CatalogueObject | undefined {
    return this.#after.get(`${kind} ${name}`);
  }

  /** Names that parts of a kind have in a table, before or after. */
  partsOf(kind: string, table: string): ReadonlySet<string> {
    const names = [...this.#before.values(), ...this.#after.values()].flatMap((object) =>
      object.kind === kind && object.table === table ? [object.name] : [],
    );
    return new Set(names);
  }
}

function byName({ objects }: CatalogueSnapshot): Map<string, CatalogueObject> {
  return new Map(objects.map((object) => [`${object.kind} ${object.name}`, object]));
}

import type { CatalogueObject, CatalogueSnapshot } from '../target/catalogue.js';
import { BeforeAndAfter } from './before-and-after.js';
import type { GivenLines } from './given-lines.js';
import { parentsOf } from './inheritance.js';

/** Objects by kind and name before and after, and what tables inherit from. */
export class Family extends BeforeAndAfter {
  constructor(
    private readonly given: GivenLines,
    before: CatalogueSnapshot,
    after: CatalogueSnapshot,
  ) {
    super(before, after);
  }

  /** The object of a kind with a name, after and before. */
  same(kind: string, name: string): CatalogueObject[] {
    return [this.now(kind, name), this.earlier(kind, name)].filter((one) => one !== undefined);
  }

  /** What a table inherits from, or did until the migration took it from there. */
  ancestors(table: string): string[] {
    const found = new Set([table]);
    for (const one of found) {
      for (const known of this.same('table', one)) for (const parent of parentsOf(known)) found.add(parent);
      for (const what of ['parents', 'former parents'])
        for (const parent of this.given.values(what, one)) found.add(parent);
    }
    return [...found].slice(1);
  }

  /** Names that a part of a table would have in what the table inherits from. */
  above({ name, table = '' }: Pick<CatalogueObject, 'name' | 'table'>): string[] {
    return this.ancestors(table).map((one) => `${one}${name.slice(table.length)}`);
  }
}

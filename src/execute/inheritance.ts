import type { CatalogueObject } from '../target/catalogue.js';

/** One qualified name of a list. */
const QUALIFIED = /(?:"(?:[^"]|"")*"|[^".,\s]+)\.(?:"(?:[^"]|"")*"|[^".,\s]+)/g;

/** Names of the tables that a table inherits from, or is a partition of. */
export function parentsOf({ definition }: CatalogueObject): readonly string[] {
  return definition.inherits?.match(QUALIFIED) ?? [];
}

import type { CatalogueSnapshot } from '../target/catalogue.js';

/** The sequence of a serial or identity column belongs to the column's table, and comes and goes with it. */
export function ownedByTables({ objects }: CatalogueSnapshot): CatalogueSnapshot {
  return {
    objects: objects.map((object) => {
      const column = object.kind === 'sequence' ? object.definition.owned_by : null;
      const table = column?.replace(/\.(?:"(?:[^"]|"")*"|[^".]+)$/, '');
      return table ? { ...object, table } : object;
    }),
  };
}

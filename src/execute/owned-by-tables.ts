import type { CatalogueSnapshot } from '../target/catalogue.js';

/**
 * The sequence of a serial or identity column belongs to the column's table, and comes and goes with it.
 * @param isNamed tells of a sequence that a statement makes or drops by its own name, and that is left as it is
 */
export function ownedByTables(
  { objects }: CatalogueSnapshot,
  isNamed: (sequence: string) => boolean = () => false,
): CatalogueSnapshot {
  return {
    objects: objects.map((object) => {
      const column = object.kind === 'sequence' && !isNamed(object.name) ? object.definition.owned_by : null;
      const table = column?.replace(/\.(?:"(?:[^"]|"")*"|[^".]+)$/, '');
      return table ? { ...object, table } : object;
    }),
  };
}

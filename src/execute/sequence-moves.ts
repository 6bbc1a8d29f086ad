import type { CatalogueSnapshot } from '../target/catalogue.js';
import type { Proof } from '../target/effect-proofs.js';
import { ownedByTables } from './owned-by-tables.js';

/** What explains that a transaction moves sequences. */
export interface Explanations {
  readonly before: CatalogueSnapshot;
  readonly own: CatalogueSnapshot;
  /** Reviewed SQL of the transaction. */
  readonly text: string;
  /** Tables that it wrote. */
  readonly written: ReadonlySet<string>;
  /** Tells of a column whether a statement sets what its identity gives next. */
  readonly isRestarted: (column: string) => boolean;
}

/** Sequences that a transaction has moved, and that neither its text nor a table which it wrote explains. */
export function unexplainedMoves(
  { observed }: Proof,
  drawn: ReadonlySet<string>,
  why: Explanations,
): readonly string[] {
  const explained = drawnFor(why);
  // Where values could not be read, those that it drew from count as moved; what it made itself has no value from before.
  const there = new Set(why.before.objects.flatMap(({ kind, name }) => (kind === 'sequence' ? [name] : [])));
  const moved = observed ?? [...drawn];
  return moved.filter(
    (name) => there.has(name) && drawn.has(name) && !mentions(why.text, name) && !explained(name),
  );
}

/** Whether a text has a name, and not as a part of a longer one. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!PART_OF_NAME.test(text[at - 1] ?? '') && !PART_OF_NAME.test(text[at + name.length] ?? ''))
      return true;
  return false;
}

/** What the server's scanner takes as part of an identifier: everything beyond ASCII is a letter to it. */
const PART_OF_NAME = /[\w$\u{80}-\u{10ffff}]/u;

/** Tells of a sequence whether it gives values to a table that was written, or to one which that is a part of. */
function drawnFor({ before, own, written, isRestarted }: Explanations) {
  const objects = [...before.objects, ...own.objects];
  const tables = new Set(written);
  for (const table of tables)
    for (const { kind, name, definition } of objects)
      if (kind === 'table' && name === table)
        for (const parent of definition.inherits?.split(', ') ?? []) tables.add(parent);
  const defaults = objects.flatMap(({ kind, table = '', definition }) =>
    kind === 'column' && tables.has(table) ? [definition.default ?? ''] : [],
  );
  const restarted = new Set(
    objects.flatMap(({ kind, name, definition }) =>
      kind === 'sequence' && isRestarted(definition.owned_by ?? '') ? [name] : [],
    ),
  );
  const owned = new Set(
    ownedByTables({ objects }).objects.flatMap(({ kind, name, table = '' }) =>
      kind === 'sequence' && tables.has(table) ? [name] : [],
    ),
  );
  return (name: string) =>
    owned.has(name) ||
    restarted.has(name) ||
    defaults.some((text) => text.includes(`'${name.replaceAll("'", "''")}'`));
}

import { canonicalJson } from '../base/canonical-json.js';
import { compareText } from '../base/diagnostic.js';
import { OBJECT_QUERIES } from './catalogue-objects.js';
import { RELATION_QUERIES } from './catalogue-relations.js';
import type { Session, StatementResult } from './engine.js';
import { SERVER_VERSION } from './session-settings.js';

export { catalogueDelta, deltaLines } from './catalogue-delta.js';

/** One object of a database, with all that defines it as the server's text. */
export interface CatalogueObject {
  /** `table`, `column`, `index`, `function`, ... */
  readonly kind: string;
  /** Qualified and quoted where needed, as SQL writes it. */
  readonly name: string;
  /** Table or view that the object is a part of. */
  readonly table?: string;
  readonly definition: Readonly<Record<string, string | null>>;
}

/** All user objects of one database at one instant, sorted by kind, then name. */
export interface CatalogueSnapshot {
  readonly objects: readonly CatalogueObject[];
}

/**
 * Reads all user objects. Cluster-wide objects (roles, tablespaces), the contents of sequences and the options of
 * foreign servers, which hold passwords, are not in it.
 * @throws DatabaseError
 */
export async function readCatalogue(session: Session): Promise<CatalogueSnapshot> {
  const { rows } = await session.run(SERVER_VERSION);
  const version = Number(rows[0]?.[0]);
  const objects: CatalogueObject[] = [];
  for (const query of [...RELATION_QUERIES, ...OBJECT_QUERIES]) {
    if (version < (query.since ?? 0)) continue;
    addObjects(objects, await session.run(query.sql));
  }
  return { objects: objects.sort((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name)) };
}

function addObjects(objects: CatalogueObject[], { columns, rows }: StatementResult): void {
  for (const [kind, name, table, ...values] of rows) {
    const definition: Record<string, string | null> = {};
    for (const [index, value] of values.entries()) definition[columns[index + 3] ?? ''] = value;
    objects.push({ kind: kind ?? '', name: name ?? '', ...(table ? { table } : {}), definition });
  }
}

/** The snapshot as a file: one object a line, as canonical JSON. */
export function catalogueText(snapshot: CatalogueSnapshot): string {
  return snapshot.objects.map((object) => `${canonicalJson(object)}\n`).join('');
}

/** The snapshot that `catalogueText` wrote. */
export function parseCatalogue(text: string): CatalogueSnapshot {
  const lines = text.split('\n').slice(0, -1);
  return { objects: lines.map((line) => JSON.parse(line) as CatalogueObject) };
}

/**
 * The snapshot without the names of data files. TRUNCATE and rewrites give a relation a new file, and nothing
 * gives it the old one back, so this is what a rollback can be asked to restore.
 */
export function withoutFilenodes(snapshot: CatalogueSnapshot): CatalogueSnapshot {
  return {
    objects: snapshot.objects.map((object) => {
      const { filenode: _, ...definition } = object.definition;
      return { ...object, definition };
    }),
  };
}

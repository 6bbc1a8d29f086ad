import { canonicalJson } from '../base/canonical-json.js';
import { compareText } from '../base/diagnostic.js';
import { CODE_QUERIES } from './catalogue-code.js';
import { DATABASE_QUERIES } from './catalogue-database.js';
import { OBJECT_QUERIES } from './catalogue-objects.js';
import { RELATION_QUERIES } from './catalogue-relations.js';
import type { CatalogueQuery } from './catalogue-sql.js';
import { TABLE_QUERIES } from './catalogue-tables.js';
import type { Session, StatementResult } from './engine.js';

export { catalogueDelta, deltaLines } from './catalogue-delta.js';

/** One object of a database, with all that defines it as the server's text. */
export interface CatalogueObject {
  /** `table`, `column`, `index`, `function`, ... */
  readonly kind: string;
  /** Qualified and quoted where needed, as SQL writes it. */
  readonly name: string;
  /** Table or view that the object is a part of. */
  readonly table?: string;
  /** Where the row of the object is: catalogue, oid and number of a column, as `pg_class/16385/2`. */
  readonly id: string;
  /** Transactions (32 bits) that wrote the rows which define it; not part of what it is. */
  readonly versions: string;
  /** Extension that it is a member of; not part of what it is, as the extension tells its members. */
  readonly extension?: string;
  readonly definition: Readonly<Record<string, string | null>>;
}

/** All user objects of one database at one instant, sorted by kind, then name. */
export interface CatalogueSnapshot {
  readonly objects: readonly CatalogueObject[];
}

/** Every query of a snapshot, for servers old and new. */
export const CATALOGUE_QUERIES: readonly CatalogueQuery[] = [
  ...TABLE_QUERIES,
  ...RELATION_QUERIES,
  ...CODE_QUERIES,
  ...OBJECT_QUERIES,
  ...DATABASE_QUERIES,
];

/** Which version the server has, and which catalogues this role may read in full. */
export const ABILITIES = `
SELECT pg_catalog.current_setting('server_version_num'), c.relname,
  pg_catalog.has_table_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = CAST('pg_catalog' AS pg_catalog.regnamespace)
  AND c.relname IN ('pg_user_mapping', 'pg_subscription')`;

/** Where the rows of an extension's members are. */
export const MEMBERS = `
SELECT c.relname || '/' || d.objid, pg_catalog.quote_ident(e.extname)
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_depend AS d ON d.refclassid = CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)
  AND d.refobjid = e.oid AND d.deptype = 'e'
JOIN pg_catalog.pg_class AS c ON c.oid = d.classid`;

/**
 * Reads all objects that initdb did not make, and what was changed of those that it made. Cluster-wide objects (roles,
 * tablespaces), large objects and the contents of sequences are not in it, nor is anything that may be a secret.
 * @throws DatabaseError
 */
export async function readCatalogue(session: Session): Promise<CatalogueSnapshot> {
  const { rows } = await session.run(ABILITIES);
  const version = Number(rows[0]?.[0]);
  const readable = new Set(rows.filter((row) => row[2] === 't').map((row) => row[1]));
  const extensions = new Map((await session.run(MEMBERS)).rows.map(([id, name]) => [id, name ?? '']));
  const objects: CatalogueObject[] = [];
  for (const { sql, since = 0, before = Number.POSITIVE_INFINITY, reads, unlessReads } of CATALOGUE_QUERIES) {
    if (version < since || version >= before) continue;
    if ((reads && !readable.has(reads)) || (unlessReads && readable.has(unlessReads))) continue;
    addObjects(objects, await session.run(sql), extensions);
  }
  return { objects: objects.sort((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name)) };
}

function addObjects(
  objects: CatalogueObject[],
  { columns, rows }: StatementResult,
  extensions: ReadonlyMap<string | null | undefined, string>,
): void {
  for (const [kind, name, table, id, versions, ...values] of rows) {
    const definition: Record<string, string | null> = {};
    for (const [index, value] of values.entries()) definition[columns[index + 5]!] = value;
    const extension = extensions.get(id);
    objects.push({
      kind: kind ?? '',
      name: name ?? '',
      ...(table ? { table } : {}),
      id: id ?? '',
      versions: versions ?? '',
      ...(extension ? { extension } : {}),
      definition,
    });
  }
}

/** What the objects of a snapshot are: one a line, as canonical JSON, without who wrote them. */
export function catalogueText(snapshot: CatalogueSnapshot): string {
  return snapshot.objects
    .map(({ id: _, versions: __, extension: ___, ...object }) => `${canonicalJson(object)}\n`)
    .join('');
}

/** The snapshot as it is stored: with where the rows of each object are, and which transactions wrote them. */
export function storedCatalogue(snapshot: CatalogueSnapshot): string {
  return snapshot.objects.map((object) => `${canonicalJson(object)}\n`).join('');
}

/** The snapshot that `storedCatalogue` wrote. */
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

/**
 * One query of the catalogue snapshot. Its first columns are `kind`, `name`, `"table"`, `id` and `versions`; the
 * others define the object.
 */
export interface CatalogueQuery {
  readonly sql: string;
  /** First `server_version_num` that has what is read. */
  readonly since?: number;
  /** First `server_version_num` that does not have it any more. */
  readonly before?: number;
  /** Catalogue of the server that this role must be able to read in full; otherwise the query is left out. */
  readonly reads?: string;
  /** Catalogue of the server: the query is sent only if this role cannot read it in full. */
  readonly unlessReads?: string;
}

// Relations and types are written with their schema: a temporary table comes first even in an empty search_path.

/** Schemas that are not the server's own; expects pg_namespace as `n`. */
export const USER_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/**
 * Objects that initdb did not make: those of user schemas, and what was put into the server's own schemas later, as
 * initdb leaves off at oid 16383. Expects pg_namespace as `n`.
 */
export function userObject(oid: string): string {
  return `(${USER_SCHEMAS} OR n.nspname IN ('pg_catalog', 'information_schema') AND ${oid} >= 16384)`;
}

/** Qualified name of a relation `alias` of pg_class, in its pg_namespace `schema`. */
export function relation(alias: string, schema = 'n'): string {
  return `pg_catalog.format('%I.%I', ${schema}.nspname, ${alias}.relname)`;
}

/** Qualified name of any relation by the oid of its row in pg_class. */
export function relationByOid(oid: string): string {
  return `(SELECT pg_catalog.format('%I.%I', rn.nspname, rc.relname)
    FROM pg_catalog.pg_class AS rc JOIN pg_catalog.pg_namespace AS rn ON rn.oid = rc.relnamespace
    WHERE rc.oid = ${oid})`;
}

/** Qualified name of a row of `catalogue` by its oid, where names start with `prefix`. */
export function nameByOid(catalogue: string, prefix: string, oid: string): string {
  return `(SELECT pg_catalog.format('%I.%I', xn.nspname, x.${prefix}name)
    FROM pg_catalog.${catalogue} AS x JOIN pg_catalog.pg_namespace AS xn ON xn.oid = x.${prefix}namespace
    WHERE x.oid = ${oid})`;
}

/** A function with the types of its arguments, by its oid; NULL for none. */
export function functionByOid(oid: string): string {
  return `CASE WHEN ${oid} <> 0 THEN CAST(CAST(${oid} AS pg_catalog.oid) AS pg_catalog.regprocedure) END`;
}

/** What the items of a list are, in a fixed order, as one text. */
export function sortedList(item: string, rest: string): string {
  return `(SELECT pg_catalog.string_agg(g.item, ', ' ORDER BY g.item COLLATE pg_catalog."C")
    FROM (SELECT ${item} AS item ${rest}) AS g)`;
}

/**
 * Privileges in force, in a fixed order. NULL means the built-in ones, which a GRANT and its REVOKE write out,
 * so they are written out always.
 */
export function privileges(acl: string, objectType: string, owner: string): string {
  return `(SELECT pg_catalog.string_agg(g.item, ' ' ORDER BY g.item COLLATE pg_catalog."C")
    FROM (SELECT CAST(x AS pg_catalog.text) AS item
      FROM pg_catalog.unnest(COALESCE(${acl}, pg_catalog.acldefault('${objectType}', ${owner}))) AS x) AS g)`;
}

/** Joins the comment on a whole object of `catalogue`, as `cm`. */
export function commentOn(oid: string, catalogue: string): string {
  return `LEFT JOIN pg_catalog.pg_description AS cm
    ON cm.classoid = CAST('pg_catalog.${catalogue}' AS pg_catalog.regclass) AND cm.objoid = ${oid} AND cm.objsubid = 0`;
}

/** The comment that `commentOn` joined. */
export const COMMENT = 'cm.description AS comment';

/**
 * The columns `id` and `versions` of an object: where its row is, and the transactions that wrote it and the rows
 * that belong to it, by which a change is told to be ours or somebody else's.
 * @param xmins further rows whose transactions count
 */
export function identified(catalogue: string, alias: string, ...xmins: string[]): string {
  return `'${catalogue}/' || ${alias}.oid AS id,
  pg_catalog.concat_ws(' ', ${[`${alias}.xmin`, 'cm.xmin', ...xmins].join(', ')}) AS versions`;
}

/** The transactions that wrote the rows of a subselect `FROM ... WHERE ...`, as one text. */
export function writersOf(alias: string, from: string): string {
  return `(SELECT pg_catalog.string_agg(CAST(${alias}.xmin AS pg_catalog.text), ' ' ORDER BY ${alias}.ctid) ${from})`;
}

/** Name of a role. */
export function role(oid: string): string {
  return `pg_catalog.pg_get_userbyid(${oid})`;
}

/** Options of the foreign data wrappers that come with the server which say where data is, not how to get in. */
const PLAIN_OPTIONS = `'host', 'hostaddr', 'port', 'dbname', 'schema_name', 'table_name', 'column_name', 'user', 'sslmode',
    'use_remote_estimate', 'fetch_size', 'batch_size', 'async_capable', 'updatable', 'truncatable', 'extensions',
    'filename', 'format', 'delimiter', 'header', 'null', 'encoding'`;

/**
 * Options of foreign data wrappers, servers and the like, which may hold passwords: the value only of those that are
 * known to hold none, of the others the transaction that wrote the row, so that a new value shows and is not told.
 */
export function optionsWithoutSecrets(options: string, xmin: string): string {
  return `(SELECT pg_catalog.string_agg(pg_catalog.concat_ws('=', o.option_name,
      CASE WHEN o.option_name IN (${PLAIN_OPTIONS}) THEN pg_catalog.quote_literal(o.option_value)
        ELSE pg_catalog.format('(written by transaction %s)', ${xmin}) END), ', ' ORDER BY o.option_name COLLATE pg_catalog."C")
    FROM pg_catalog.pg_options_to_table(${options}) AS o)`;
}

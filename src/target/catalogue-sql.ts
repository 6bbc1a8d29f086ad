/** One query of the catalogue snapshot. Its first columns are `kind`, `name` and `"table"`; the others define. */
export interface CatalogueQuery {
  readonly sql: string;
  /** First `server_version_num` that has the catalogue. */
  readonly since?: number;
}

// Relations and types are written with their schema: a temporary table comes first even in an empty search_path.

/** Schemas that are not the server's own; expects pg_namespace as `n`. */
export const USER_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** Qualified name of a relation `alias` of pg_class, in its pg_namespace `schema`. */
export function relation(alias: string, schema = 'n'): string {
  return `pg_catalog.format('%I.%I', ${schema}.nspname, ${alias}.relname)`;
}

/** Qualified name of any relation, type or the like by the oid of its row in pg_class. */
export function relationByOid(oid: string): string {
  return `(SELECT pg_catalog.format('%I.%I', rn.nspname, rc.relname)
    FROM pg_catalog.pg_class AS rc JOIN pg_catalog.pg_namespace AS rn ON rn.oid = rc.relnamespace
    WHERE rc.oid = ${oid})`;
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

/** Comment on a whole object. */
export function comment(oid: string, catalogue: string): string {
  return `pg_catalog.obj_description(${oid}, '${catalogue}')`;
}

/** Name of a role. */
export function role(oid: string): string {
  return `pg_catalog.pg_get_userbyid(${oid})`;
}

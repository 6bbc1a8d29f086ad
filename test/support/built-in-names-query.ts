/**
 * Names that a server has by itself in `pg_catalog`, each with its kind. Functions that only the server calls (with an
 * argument of type `internal`) are left out, and so are array types, whose names follow from those of their elements.
 */
export const BUILT_IN_NAMES_QUERY = `SELECT CASE WHEN bool_or(p.provolatile = 'v') THEN 'volatile' ELSE 'function' END AS kind,
  p.proname::text AS name FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p'
  AND p.prorettype <> 'internal'::regtype AND NOT 'internal'::regtype::oid = ANY (p.proargtypes::oid[])
GROUP BY p.proname
UNION ALL SELECT 'type', t.typname::text FROM pg_catalog.pg_type AS t
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typrelid = 0 AND t.typname NOT LIKE '\\_%'
UNION ALL SELECT 'relation', c.relname::text FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
UNION ALL SELECT DISTINCT 'operator', o.oprname::text FROM pg_catalog.pg_operator AS o
WHERE o.oprnamespace = 'pg_catalog'::regnamespace
UNION ALL SELECT DISTINCT 'operatorClass', o.opcname::text FROM pg_catalog.pg_opclass AS o
WHERE o.opcnamespace = 'pg_catalog'::regnamespace
ORDER BY 1, 2`;

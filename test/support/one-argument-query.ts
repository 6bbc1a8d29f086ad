/** Names of what `src/sql/one-argument-functions.ts` holds, asked of a server; arguments with defaults may be left out. */
export const ONE_ARGUMENT_QUERY = `SELECT DISTINCT p.proname::text AS name FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p' AND p.provolatile <> 'i'
  AND p.pronargs >= 1 AND p.pronargs - p.pronargdefaults <= 1
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND NOT 'internal'::regtype::oid = ANY (p.proargtypes::oid[])
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.typname = p.proname AND t.typnamespace = p.pronamespace)
ORDER BY 1`;

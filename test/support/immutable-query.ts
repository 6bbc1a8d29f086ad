/**
 * Names of what `src/sql/immutable-functions.ts` holds, asked of a server: every function of the name is immutable and can be
 * called by SQL. Those that only the server's own machinery calls (operators, types, indexes, aggregates) are left out.
 */
export const IMMUTABLE_QUERY = `SELECT p.proname::text AS name FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'pg_catalog'::regnamespace
GROUP BY p.proname
HAVING bool_and(p.provolatile = 'i' AND p.prokind = 'f')
  AND bool_and(NOT EXISTS (
    SELECT FROM unnest(p.proargtypes || p.prorettype) AS a JOIN pg_catalog.pg_type AS t ON t.oid = a
    WHERE t.typname IN ('internal', 'cstring', 'oid', 'void', 'trigger', 'event_trigger', '_aclitem', 'aclitem')
      OR t.typname ~ '_handler$|^reg'))
  AND bool_and(obj_description(p.oid, 'pg_proc') !~
    '^(implementation of|I/O|hash|less-equal-greater|larger of|smaller of|aggregate|btree|SP-GiST|GIN|\\(internal\\))|typmod|deprecated|for (numeric|opclass)|\\(internal\\)')
ORDER BY 1`;

import {
  type CatalogueQuery,
  comment,
  privileges,
  relationByOid,
  role,
  USER_SCHEMAS,
} from './catalogue-sql.js';

const SCHEMAS: CatalogueQuery = {
  sql: `
SELECT 'schema' AS kind, pg_catalog.quote_ident(n.nspname) AS name, NULL AS "table",
  ${role('n.nspowner')} AS owner, ${privileges('n.nspacl', 'n', 'n.nspowner')} AS acl,
  ${comment('n.oid', 'pg_namespace')} AS comment
FROM pg_catalog.pg_namespace AS n WHERE ${USER_SCHEMAS}`,
};

/** What comes and goes with another object and cannot be changed by itself: constructors and casts of a range. */
const ownedBySomethingElse = (
  catalogue: string,
  oid: string,
) => `EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d
    WHERE d.classid = CAST('pg_catalog.${catalogue}' AS pg_catalog.regclass) AND d.objid = ${oid} AND d.deptype = 'i')`;

/** The types of its input arguments tell a function from its namesakes. */
const FUNCTIONS: CatalogueQuery = {
  sql: `
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
  pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)) AS name,
  NULL AS "table",
  CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition,
  pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
  pg_catalog.pg_get_function_result(p.oid) AS result,
  (SELECT pg_catalog.to_jsonb(a) FROM pg_catalog.pg_aggregate AS a WHERE a.aggfnoid = p.oid) AS aggregate,
  ${role('p.proowner')} AS owner, ${privileges('p.proacl', 'f', 'p.proowner')} AS acl,
  ${comment('p.oid', 'pg_proc')} AS comment
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE NOT ${ownedBySomethingElse('pg_proc', 'p.oid')} AND ${USER_SCHEMAS}`,
};

/** Without the types that come with a table, an array or a range. */
const TYPES: CatalogueQuery = {
  sql: `
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind,
  pg_catalog.format('%I.%I', n.nspname, t.typname) AS name, NULL AS "table",
  t.typtype AS type, ${role('t.typowner')} AS owner,
  (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid) AS labels,
  (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname,
      pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
  CASE WHEN t.typbasetype <> 0 THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base_type,
  t.typnotnull AS not_null, t.typdefault AS "default",
  (SELECT o.collname FROM pg_catalog.pg_collation AS o WHERE o.oid = t.typcollation) AS collation,
  (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
      ', ' ORDER BY k.conname)
    FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid) AS constraints,
  (SELECT pg_catalog.concat_ws(' ', pg_catalog.format_type(r.rngsubtype, NULL), r.rngsubdiff)
    FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid) AS range_of,
  CASE WHEN t.typtype = 'b' THEN pg_catalog.concat_ws(' ', t.typinput, t.typoutput, t.typlen) END AS base,
  ${privileges('t.typacl', 'T', 't.typowner')} AS acl, ${comment('t.oid', 'pg_type')} AS comment
FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b', 'c', 'd', 'e', 'r') AND ${USER_SCHEMAS}
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
  AND (t.typrelid = 0 OR EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c
    WHERE c.oid = t.typrelid AND c.relkind = 'c'))`,
};

const EXTENSIONS: CatalogueQuery = {
  sql: `
SELECT 'extension' AS kind, pg_catalog.quote_ident(e.extname) AS name, NULL AS "table",
  e.extversion AS version, n.nspname AS schema, ${role('e.extowner')} AS owner,
  ${comment('e.oid', 'pg_extension')} AS comment
FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace`,
};

const PUBLICATIONS: CatalogueQuery = {
  sql: `
SELECT 'publication' AS kind, pg_catalog.quote_ident(p.pubname) AS name, NULL AS "table",
  pg_catalog.to_jsonb(p) - 'oid' - 'pubowner' AS definition, ${role('p.pubowner')} AS owner,
  ${comment('p.oid', 'pg_publication')} AS comment
FROM pg_catalog.pg_publication AS p`,
};

/** Tables that are named one by one; those of a schema or of FOR ALL TABLES come and go with the tables. */
const PUBLISHED_TABLES: CatalogueQuery = {
  sql: `
SELECT 'published table' AS kind, pg_catalog.format('%s of %I', ${relationByOid('r.prrelid')}, p.pubname) AS name,
  ${relationByOid('r.prrelid')} AS "table", pg_catalog.to_jsonb(r) ->> 'prattrs' AS columns
FROM pg_catalog.pg_publication_rel AS r JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid`,
};

const PUBLICATION_FILTERS: CatalogueQuery = {
  since: 150_000,
  sql: `
SELECT 'publication filter' AS kind, pg_catalog.format('%s of %I', ${relationByOid('r.prrelid')}, p.pubname)
    AS name, ${relationByOid('r.prrelid')} AS "table", pg_catalog.pg_get_expr(r.prqual, r.prrelid) AS "where"
FROM pg_catalog.pg_publication_rel AS r JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid
WHERE r.prqual IS NOT NULL`,
};

const PUBLISHED_SCHEMAS: CatalogueQuery = {
  since: 150_000,
  sql: `
SELECT 'published schema' AS kind, pg_catalog.format('%I of %I', n.nspname, p.pubname) AS name, NULL AS "table"
FROM pg_catalog.pg_publication_namespace AS s
JOIN pg_catalog.pg_publication AS p ON p.oid = s.pnpubid
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid`,
};

const EVENT_TRIGGERS: CatalogueQuery = {
  sql: `
SELECT 'event trigger' AS kind, pg_catalog.quote_ident(e.evtname) AS name, NULL AS "table",
  e.evtevent AS event, e.evtenabled AS enabled, e.evttags AS tags,
  (SELECT pg_catalog.format('%I.%I', n.nspname, p.proname) FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = e.evtfoid) AS function,
  ${role('e.evtowner')} AS owner, ${comment('e.oid', 'pg_event_trigger')} AS comment
FROM pg_catalog.pg_event_trigger AS e`,
};

/** Objects with an oid below 16384 were made by initdb. */
const CASTS: CatalogueQuery = {
  sql: `
SELECT 'cast' AS kind, pg_catalog.format('(%s AS %s)', pg_catalog.format_type(k.castsource, NULL),
    pg_catalog.format_type(k.casttarget, NULL)) AS name, NULL AS "table",
  CASE WHEN k.castfunc <> 0 THEN CAST(k.castfunc AS pg_catalog.regprocedure) END AS function,
  k.castcontext AS context, k.castmethod AS method
FROM pg_catalog.pg_cast AS k WHERE k.oid >= 16384 AND NOT ${ownedBySomethingElse('pg_cast', 'k.oid')}`,
};

const OPERATORS: CatalogueQuery = {
  sql: `
SELECT 'operator' AS kind, pg_catalog.format('%I.%s(%s, %s)', n.nspname, o.oprname,
    pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL), pg_catalog.format_type(o.oprright, NULL)) AS name,
  NULL AS "table",
  pg_catalog.format_type(o.oprresult, NULL) AS result, CAST(o.oprcode AS pg_catalog.regprocedure) AS function,
  ${role('o.oprowner')} AS owner
FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
WHERE ${USER_SCHEMAS}`,
};

const DEFAULT_PRIVILEGES: CatalogueQuery = {
  sql: `
SELECT 'default privileges' AS kind, pg_catalog.format('%s of %I in %s', d.defaclobjtype, ${role('d.defaclrole')},
    COALESCE(pg_catalog.quote_ident(n.nspname), 'any schema')) AS name, NULL AS "table",
  (SELECT pg_catalog.string_agg(g.item, ' ' ORDER BY g.item COLLATE pg_catalog."C")
    FROM (SELECT CAST(x AS pg_catalog.text) AS item FROM pg_catalog.unnest(d.defaclacl) AS x) AS g) AS acl
FROM pg_catalog.pg_default_acl AS d LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace`,
};

/** Queries for what is neither a relation nor a part of one. */
export const OBJECT_QUERIES: readonly CatalogueQuery[] = [
  SCHEMAS,
  FUNCTIONS,
  TYPES,
  EXTENSIONS,
  PUBLICATIONS,
  PUBLISHED_TABLES,
  PUBLICATION_FILTERS,
  PUBLISHED_SCHEMAS,
  EVENT_TRIGGERS,
  CASTS,
  OPERATORS,
  DEFAULT_PRIVILEGES,
];

import {
  type CatalogueQuery,
  comment,
  privileges,
  relation,
  relationByOid,
  role,
  USER_SCHEMAS,
} from './catalogue-sql.js';

const TABLES: CatalogueQuery = {
  sql: `
SELECT 'table' AS kind, ${relation('c')} AS name, NULL AS "table",
  c.relkind, c.relpersistence AS persistence, ${role('c.relowner')} AS owner,
  (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam) AS access_method,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) AS tablespace,
  c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
  c.reloptions AS options, (SELECT t.reloptions FROM pg_catalog.pg_class AS t WHERE t.oid = c.reltoastrelid)
    AS toast_options,
  c.relreplident AS replica_identity,
  (SELECT ${relationByOid('i.indexrelid')} FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisreplident) AS replica_identity_index,
  pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  (SELECT pg_catalog.string_agg(${relationByOid('h.inhparent')}, ', ' ORDER BY h.inhseqno)
    FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid) AS inherits,
  pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
  pg_catalog.pg_get_partkeydef(c.oid) AS partition_key,
  CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
  (SELECT s.srvname FROM pg_catalog.pg_foreign_table AS f
    JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS foreign_server,
  ${privileges('c.relacl', 'r', 'c.relowner')} AS acl, ${comment('c.oid', 'pg_class')} AS comment
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND ${USER_SCHEMAS}`,
};

/** Position counts the columns that exist, as a dropped column keeps its number. NOT NULL has a name since 18. */
const COLUMNS: CatalogueQuery = {
  sql: `
SELECT 'column' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name,
  ${relation('c')} AS "table",
  pg_catalog.row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS position,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
  k.definition AS not_null_constraint,
  pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default", a.attidentity AS identity,
  a.attgenerated AS generated,
  CASE WHEN a.attcollation <> t.typcollation THEN (SELECT pg_catalog.format('%I.%I', on_.nspname, o.collname)
    FROM pg_catalog.pg_collation AS o JOIN pg_catalog.pg_namespace AS on_ ON on_.oid = o.collnamespace
    WHERE o.oid = a.attcollation) END AS collation,
  a.attstorage AS storage, pg_catalog.to_jsonb(a) ->> 'attcompression' AS compression,
  a.attstattarget AS statistics_target, a.attoptions AS options,
  CASE WHEN a.attacl IS NOT NULL THEN ${privileges('a.attacl', 'c', 'c.relowner')} END AS acl,
  m.description AS comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description AS m
  ON m.classoid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND m.objoid = a.attrelid
    AND m.objsubid = a.attnum
LEFT JOIN (SELECT x.conrelid, x.conkey[1] AS attnum,
    pg_catalog.format('%I %s', x.conname, pg_catalog.pg_get_constraintdef(x.oid)) AS definition
  FROM pg_catalog.pg_constraint AS x WHERE x.contype = 'n' AND x.conrelid <> 0) AS k
  ON k.conrelid = a.attrelid AND k.attnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND ${USER_SCHEMAS}`,
};

/** Without NOT NULL, which is a property of the column before 18, and constraint triggers, which are triggers. */
const CONSTRAINTS: CatalogueQuery = {
  sql: `
SELECT 'constraint' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, k.conname) AS name,
  ${relation('c')} AS "table",
  k.contype AS type, pg_catalog.pg_get_constraintdef(k.oid) AS definition, k.convalidated AS validated,
  pg_catalog.to_jsonb(k) ->> 'conenforced' AS enforced,
  k.condeferrable AS deferrable, k.condeferred AS deferred, ${comment('k.oid', 'pg_constraint')} AS comment
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype NOT IN ('n', 't') AND ${USER_SCHEMAS}`,
};

const INDEXES: CatalogueQuery = {
  sql: `
SELECT 'index' AS kind, ${relation('c')} AS name, pg_catalog.format('%I.%I', tn.nspname, t.relname) AS "table",
  pg_catalog.pg_get_indexdef(c.oid) AS definition, i.indisvalid AS valid, i.indisready AS ready,
  i.indisclustered AS clustered, pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) AS tablespace,
  ${relationByOid('h.inhparent')} AS partition_of,
  (SELECT pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, k.conname) FROM pg_catalog.pg_constraint AS k
    WHERE k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')) AS "constraint",
  ${comment('c.oid', 'pg_class')} AS comment
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid
WHERE ${USER_SCHEMAS}`,
};

const TRIGGERS: CatalogueQuery = {
  sql: `
SELECT 'trigger' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, g.tgname) AS name,
  ${relation('c')} AS "table",
  pg_catalog.pg_get_triggerdef(g.oid) AS definition, g.tgenabled AS enabled,
  ${comment('g.oid', 'pg_trigger')} AS comment
FROM pg_catalog.pg_trigger AS g
JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT g.tgisinternal AND ${USER_SCHEMAS}`,
};

const POLICIES: CatalogueQuery = {
  sql: `
SELECT 'policy' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, p.polname) AS name,
  ${relation('c')} AS "table",
  p.polcmd AS command, p.polpermissive AS permissive,
  (SELECT pg_catalog.string_agg(CASE WHEN r = 0 THEN 'public' ELSE ${role('r')} END, ', ' ORDER BY r)
    FROM pg_catalog.unnest(p.polroles) AS r) AS roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS "using",
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS "check", ${comment('p.oid', 'pg_policy')} AS comment
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE ${USER_SCHEMAS}`,
};

/** The rule that makes a view is the view's own definition. */
const RULES: CatalogueQuery = {
  sql: `
SELECT 'rule' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, r.rulename) AS name,
  ${relation('c')} AS "table",
  pg_catalog.pg_get_ruledef(r.oid) AS definition, r.ev_enabled AS enabled,
  ${comment('r.oid', 'pg_rewrite')} AS comment
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND ${USER_SCHEMAS}`,
};

const STATISTICS: CatalogueQuery = {
  sql: `
SELECT 'statistics' AS kind, pg_catalog.format('%I.%I', n.nspname, s.stxname) AS name,
  ${relationByOid('s.stxrelid')} AS "table",
  pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition, s.stxstattarget AS statistics_target,
  ${role('s.stxowner')} AS owner, ${comment('s.oid', 'pg_statistic_ext')} AS comment
FROM pg_catalog.pg_statistic_ext AS s JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
WHERE ${USER_SCHEMAS}`,
};

/** Columns of a view follow from its definition, but their types, privileges and comments do not. */
const VIEWS: CatalogueQuery = {
  sql: `
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind, ${relation('c')} AS name,
  NULL AS "table",
  pg_catalog.pg_get_viewdef(c.oid) AS definition, ${role('c.relowner')} AS owner, c.reloptions AS options,
  pg_catalog.pg_relation_filenode(c.oid) AS filenode, c.relispopulated AS populated,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname),
      pg_catalog.format_type(a.atttypid, a.atttypmod), a.attacl,
      pg_catalog.quote_literal(pg_catalog.col_description(c.oid, a.attnum))), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
  ${privileges('c.relacl', 'r', 'c.relowner')} AS acl, ${comment('c.oid', 'pg_class')} AS comment
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND ${USER_SCHEMAS}`,
};

/** Parameters, not the current value: nextval by others is not a change of the catalogue. */
const SEQUENCES: CatalogueQuery = {
  sql: `
SELECT 'sequence' AS kind, ${relation('c')} AS name, NULL AS "table",
  pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
  s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS cycle,
  c.relpersistence AS persistence, ${role('c.relowner')} AS owner,
  (SELECT pg_catalog.concat_ws('.', ${relationByOid('d.refobjid')}, pg_catalog.quote_ident(a.attname))
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND d.objid = c.oid
      AND d.refclassid = d.classid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0) AS owned_by,
  pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  ${privileges('c.relacl', 's', 'c.relowner')} AS acl, ${comment('c.oid', 'pg_class')} AS comment
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE ${USER_SCHEMAS}`,
};

/** Queries for tables, what belongs to them, views and sequences. */
export const RELATION_QUERIES: readonly CatalogueQuery[] = [
  TABLES,
  COLUMNS,
  CONSTRAINTS,
  INDEXES,
  TRIGGERS,
  POLICIES,
  RULES,
  STATISTICS,
  VIEWS,
  SEQUENCES,
];

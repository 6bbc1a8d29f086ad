import {
  type CatalogueQuery,
  COMMENT,
  commentOn,
  identified,
  optionsWithoutSecrets,
  privileges,
  relation,
  relationByOid,
  role,
  userObject,
  writersOf,
} from './catalogue-sql.js';

/** With what belongs to its row type, and the internal triggers (of foreign keys) that were switched off. */
const TABLES: CatalogueQuery = {
  sql: `
SELECT 'table' AS kind, ${relation('c')} AS name, NULL AS "table",
  ${identified(
    'pg_class',
    'c',
    writersOf('h', 'FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid'),
    't.xmin',
    'f.xmin',
    'y.xmin',
    'q.xmin',
    'k.xmin',
    writersOf(
      'g',
      'FROM pg_catalog.pg_trigger AS g WHERE c.relhastriggers AND g.tgrelid = c.oid AND g.tgisinternal',
    ),
    writersOf(
      'i',
      "FROM pg_catalog.pg_index AS i WHERE c.relreplident = 'i' AND i.indrelid = c.oid AND i.indisreplident",
    ),
  )},
  c.relkind, c.relpersistence AS persistence, ${role('c.relowner')} AS owner,
  (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam) AS access_method,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) AS tablespace,
  c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
  c.reloptions AS options, t.reloptions AS toast_options,
  c.relreplident AS replica_identity,
  CASE WHEN c.relreplident = 'i' THEN (SELECT ${relationByOid('i.indexrelid')} FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisreplident) END AS replica_identity_index,
  pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  (SELECT pg_catalog.string_agg(${relationByOid('h.inhparent')} ||
      CASE WHEN pg_catalog.to_jsonb(h) ->> 'inhdetachpending' = 'true' THEN ' (detach pending)' ELSE '' END,
      ', ' ORDER BY h.inhseqno)
    FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid) AS inherits,
  pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
  CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
  CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
  s.srvname AS foreign_server, ${optionsWithoutSecrets('f.ftoptions', 'f.xmin')} AS foreign_options,
  CASE WHEN y.typacl IS NOT NULL THEN ${privileges('y.typacl', 'T', 'y.typowner')} END AS type_acl,
  k.description AS type_comment,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', COALESCE(o.conname, g.tgname), g.tgtype, g.tgenabled),
      ', ' ORDER BY o.conname, g.tgtype)
    FROM pg_catalog.pg_trigger AS g LEFT JOIN pg_catalog.pg_constraint AS o ON o.oid = g.tgconstraint
    WHERE g.tgrelid = c.oid AND g.tgisinternal AND g.tgenabled <> 'O' AND c.relhastriggers) AS switched_triggers,
  ${privileges('c.relacl', 'r', 'c.relowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_type AS y ON y.oid = c.reltype
LEFT JOIN pg_catalog.pg_partitioned_table AS q ON q.partrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
LEFT JOIN pg_catalog.pg_description AS k
  ON k.classoid = CAST('pg_catalog.pg_type' AS pg_catalog.regclass) AND k.objoid = c.reltype AND k.objsubid = 0
${commentOn('c.oid', 'pg_class')}
WHERE c.relkind IN ('r', 'p', 'f') AND ${userObject('c.oid')}`,
};

/** Position counts the columns that exist, as a dropped column keeps its number. NOT NULL has a name since 18. */
const columns = (compression: string) => `
SELECT 'column' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname) AS name,
  ${relation('c')} AS "table",
  pg_catalog.concat_ws('/', 'pg_class', a.attrelid, a.attnum) AS id,
  pg_catalog.concat_ws(' ', a.xmin, d.xmin, cm.xmin, k.xmin) AS versions,
  pg_catalog.row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS position,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
  k.definition AS not_null_constraint,
  CASE WHEN a.atthasdef THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS "default", a.attidentity AS identity,
  a.attgenerated AS generated,
  CASE WHEN a.attcollation <> t.typcollation THEN (SELECT pg_catalog.format('%I.%I', on_.nspname, o.collname)
    FROM pg_catalog.pg_collation AS o JOIN pg_catalog.pg_namespace AS on_ ON on_.oid = o.collnamespace
    WHERE o.oid = a.attcollation) END AS collation,
  a.attstorage AS storage, t.typstorage AS type_storage, ${compression} AS compression, a.attstattarget AS statistics_target,
  a.attoptions AS options,
  CASE WHEN a.attfdwoptions IS NOT NULL THEN ${optionsWithoutSecrets('a.attfdwoptions', 'a.xmin')} END
    AS foreign_options,
  a.attislocal AS local, a.attinhcount AS inherited,
  CASE WHEN a.attacl IS NOT NULL THEN ${privileges('a.attacl', 'c', 'c.relowner')} END AS acl, ${COMMENT}
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description AS cm
  ON cm.classoid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND cm.objoid = a.attrelid
    AND cm.objsubid = a.attnum
LEFT JOIN (SELECT x.conrelid, x.conkey[1] AS attnum, x.xmin,
    pg_catalog.format('%I %s', x.conname, pg_catalog.pg_get_constraintdef(x.oid)) AS definition
  FROM pg_catalog.pg_constraint AS x WHERE x.contype = 'n' AND x.conrelid <> 0) AS k
  ON k.conrelid = a.attrelid AND k.attnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND ${userObject('c.oid')}`;

const COLUMNS: CatalogueQuery = { since: 140_000, sql: columns('a.attcompression') };
const COLUMNS_BEFORE_14: CatalogueQuery = { before: 140_000, sql: columns('NULL') };

/** Without NOT NULL, which is a property of the column before 18, and constraint triggers, which are triggers. */
const constraints = (enforced: string) => `
SELECT 'constraint' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, k.conname) AS name,
  ${relation('c')} AS "table", ${identified('pg_constraint', 'k')},
  k.contype AS type, pg_catalog.pg_get_constraintdef(k.oid) AS definition, k.convalidated AS validated,
  ${enforced} AS enforced, k.condeferrable AS deferrable, k.condeferred AS deferred, k.conislocal AS local,
  k.coninhcount AS inherited, ${COMMENT}
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
${commentOn('k.oid', 'pg_constraint')}
WHERE k.contype NOT IN ('n', 't') AND ${userObject('c.oid')}`;

const CONSTRAINTS: CatalogueQuery = { since: 180_000, sql: constraints('k.conenforced') };
const CONSTRAINTS_BEFORE_18: CatalogueQuery = { before: 180_000, sql: constraints('NULL') };

/** Statistics targets are those of the columns that are expressions. */
const INDEXES: CatalogueQuery = {
  sql: `
SELECT 'index' AS kind, ${relation('c')} AS name, pg_catalog.format('%I.%I', tn.nspname, t.relname) AS "table",
  ${identified(
    'pg_class',
    'c',
    'i.xmin',
    'h.xmin',
    'k.xmin',
    writersOf('a', 'FROM pg_catalog.pg_attribute AS a WHERE i.indexprs IS NOT NULL AND a.attrelid = c.oid'),
  )},
  pg_catalog.pg_get_indexdef(c.oid) AS definition, c.reloptions AS options, i.indisvalid AS valid, i.indisready AS ready,
  i.indisclustered AS clustered, pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) AS tablespace,
  CASE WHEN h.inhparent IS NOT NULL THEN ${relationByOid('h.inhparent')} END AS partition_of,
  CASE WHEN k.oid IS NOT NULL THEN pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, k.conname) END
    AS "constraint",
  CASE WHEN i.indexprs IS NOT NULL THEN (SELECT pg_catalog.string_agg(
      pg_catalog.concat_ws(':', a.attnum, a.attstattarget), ' ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0) END AS statistics_targets,
  ${COMMENT}
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_constraint AS k
  ON k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')
${commentOn('c.oid', 'pg_class')}
WHERE ${userObject('c.oid')}`,
};

/** Queries for tables, columns, constraints and indexes. */
export const TABLE_QUERIES: readonly CatalogueQuery[] = [
  TABLES,
  COLUMNS,
  COLUMNS_BEFORE_14,
  CONSTRAINTS,
  CONSTRAINTS_BEFORE_18,
  INDEXES,
];

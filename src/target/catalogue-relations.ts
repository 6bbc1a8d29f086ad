import {
  type CatalogueQuery,
  COMMENT,
  commentOn,
  identified,
  privileges,
  relation,
  relationByOid,
  role,
  userObject,
  writersOf,
} from './catalogue-sql.js';

const TRIGGERS: CatalogueQuery = {
  sql: `
SELECT 'trigger' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, g.tgname) AS name,
  ${relation('c')} AS "table", ${identified('pg_trigger', 'g')},
  pg_catalog.pg_get_triggerdef(g.oid) AS definition, g.tgenabled AS enabled, ${COMMENT}
FROM pg_catalog.pg_trigger AS g
JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
${commentOn('g.oid', 'pg_trigger')}
WHERE NOT g.tgisinternal AND ${userObject('c.oid')}`,
};

const POLICIES: CatalogueQuery = {
  sql: `
SELECT 'policy' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, p.polname) AS name,
  ${relation('c')} AS "table", ${identified('pg_policy', 'p')},
  p.polcmd AS command, p.polpermissive AS permissive,
  (SELECT pg_catalog.string_agg(CASE WHEN r = 0 THEN 'public' ELSE ${role('r')} END, ', ' ORDER BY r)
    FROM pg_catalog.unnest(p.polroles) AS r) AS roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS "using",
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS "check", ${COMMENT}
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
${commentOn('p.oid', 'pg_policy')}
WHERE ${userObject('c.oid')}`,
};

/** The rule that makes a view is the view's own definition, unless somebody switched it off. */
const RULES: CatalogueQuery = {
  sql: `
SELECT 'rule' AS kind, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, r.rulename) AS name,
  ${relation('c')} AS "table", ${identified('pg_rewrite', 'r')},
  pg_catalog.pg_get_ruledef(r.oid) AS definition, r.ev_enabled AS enabled, ${COMMENT}
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
${commentOn('r.oid', 'pg_rewrite')}
WHERE (r.rulename <> '_RETURN' OR r.ev_enabled <> 'O') AND ${userObject('c.oid')}`,
};

const STATISTICS: CatalogueQuery = {
  sql: `
SELECT 'statistics' AS kind, pg_catalog.format('%I.%I', n.nspname, s.stxname) AS name,
  ${relationByOid('s.stxrelid')} AS "table", ${identified('pg_statistic_ext', 's')},
  pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition, s.stxstattarget AS statistics_target,
  ${role('s.stxowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_statistic_ext AS s JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
${commentOn('s.oid', 'pg_statistic_ext')}
WHERE ${userObject('s.oid')}`,
};

/** Columns of a view follow from its definition, but what can be set for each of them does not. */
const VIEWS: CatalogueQuery = {
  sql: `
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind, ${relation('c')} AS name,
  NULL AS "table",
  ${identified(
    'pg_class',
    'c',
    writersOf('r', "FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN'"),
    writersOf('a', 'FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid'),
    writersOf('d', 'FROM pg_catalog.pg_attrdef AS d WHERE d.adrelid = c.oid'),
    writersOf(
      'm',
      `FROM pg_catalog.pg_description AS m WHERE m.objoid = c.oid AND m.objsubid > 0
        AND m.classoid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass)`,
    ),
    't.xmin',
  )},
  pg_catalog.pg_get_viewdef(c.oid) AS definition, ${role('c.relowner')} AS owner, c.reloptions AS options,
  t.reloptions AS toast_options, pg_catalog.pg_relation_filenode(c.oid) AS filenode, c.relispopulated AS populated,
  (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam) AS access_method,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace) AS tablespace,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname),
      pg_catalog.format_type(a.atttypid, a.atttypmod), a.attcollation, a.attstorage, a.attstattarget, a.attoptions,
      pg_catalog.to_jsonb(a) ->> 'attcompression', a.attacl, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
      pg_catalog.quote_literal(pg_catalog.col_description(c.oid, a.attnum))), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
  ${privileges('c.relacl', 'r', 'c.relowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
${commentOn('c.oid', 'pg_class')}
WHERE c.relkind IN ('v', 'm') AND ${userObject('c.oid')}`,
};

/** Parameters, not the current value: nextval by others is not a change of the catalogue. */
const SEQUENCES: CatalogueQuery = {
  sql: `
SELECT 'sequence' AS kind, ${relation('c')} AS name, NULL AS "table", ${identified('pg_class', 'c', 's.xmin', 'd.xmin')},
  pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
  s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS cycle,
  c.relpersistence AS persistence, ${role('c.relowner')} AS owner,
  CASE WHEN d.objid IS NOT NULL THEN pg_catalog.concat_ws('.', ${relationByOid('d.refobjid')},
    (SELECT pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)) END AS owned_by,
  pg_catalog.pg_relation_filenode(c.oid) AS filenode,
  ${privileges('c.relacl', 's', 'c.relowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid = CAST('pg_catalog.pg_class' AS pg_catalog.regclass) AND d.objid = c.oid
    AND d.refclassid = d.classid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
${commentOn('c.oid', 'pg_class')}
WHERE ${userObject('c.oid')}`,
};

/** Queries for what belongs to tables but is not their shape, for views and for sequences. */
export const RELATION_QUERIES: readonly CatalogueQuery[] = [
  TRIGGERS,
  POLICIES,
  RULES,
  STATISTICS,
  VIEWS,
  SEQUENCES,
];

import {
  type CatalogueQuery,
  COMMENT,
  commentOn,
  functionByOid,
  identified,
  nameByOid,
  privileges,
  relationByOid,
  role,
  sortedList,
  USER_SCHEMAS,
  userObject,
  writersOf,
} from './catalogue-sql.js';

const SCHEMAS: CatalogueQuery = {
  sql: `
SELECT 'schema' AS kind, pg_catalog.quote_ident(n.nspname) AS name, NULL AS "table",
  ${identified('pg_namespace', 'n')},
  ${role('n.nspowner')} AS owner, ${privileges('n.nspacl', 'n', 'n.nspowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_namespace AS n
${commentOn('n.oid', 'pg_namespace')}
WHERE ${USER_SCHEMAS}`,
};

const dependents = (type: string) =>
  sortedList(
    '(pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid)).identity',
    `FROM pg_catalog.pg_depend AS d
      WHERE d.refclassid = CAST('pg_catalog.pg_extension' AS pg_catalog.regclass) AND d.refobjid = e.oid
        AND d.deptype = '${type}'`,
  );

/** With its members, and the objects that go with it (DEPENDS ON EXTENSION). */
const EXTENSIONS: CatalogueQuery = {
  sql: `
SELECT 'extension' AS kind, pg_catalog.quote_ident(e.extname) AS name, NULL AS "table",
  ${identified(
    'pg_extension',
    'e',
    writersOf(
      'd',
      `FROM pg_catalog.pg_depend AS d WHERE d.refobjid = e.oid
        AND d.refclassid = CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)`,
    ),
  )},
  e.extversion AS version, n.nspname AS schema, ${role('e.extowner')} AS owner,
  ${dependents('e')} AS members, ${dependents('x')} AS dependents, ${COMMENT}
FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
${commentOn('e.oid', 'pg_extension')}`,
};

const PUBLICATIONS: CatalogueQuery = {
  sql: `
SELECT 'publication' AS kind, pg_catalog.quote_ident(p.pubname) AS name, NULL AS "table",
  ${identified('pg_publication', 'p')},
  pg_catalog.to_jsonb(p) - 'oid' - 'pubowner' AS definition, ${role('p.pubowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_publication AS p
${commentOn('p.oid', 'pg_publication')}`,
};

const part = (catalogue: string, alias: string) =>
  `'${catalogue}/' || ${alias}.oid AS id, ${alias}.xmin AS versions`;

/** Tables that are named one by one; those of a schema or of FOR ALL TABLES come and go with the tables. */
const PUBLISHED_TABLES: CatalogueQuery = {
  sql: `
SELECT 'published table' AS kind, pg_catalog.format('%s of %I', ${relationByOid('r.prrelid')}, p.pubname) AS name,
  ${relationByOid('r.prrelid')} AS "table", ${part('pg_publication_rel', 'r')},
  pg_catalog.to_jsonb(r) ->> 'prattrs' AS columns
FROM pg_catalog.pg_publication_rel AS r JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid`,
};

const PUBLICATION_FILTERS: CatalogueQuery = {
  since: 150_000,
  sql: `
SELECT 'publication filter' AS kind, pg_catalog.format('%s of %I', ${relationByOid('r.prrelid')}, p.pubname)
    AS name, ${relationByOid('r.prrelid')} AS "table", ${part('pg_publication_rel', 'r')},
  pg_catalog.pg_get_expr(r.prqual, r.prrelid) AS "where"
FROM pg_catalog.pg_publication_rel AS r JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid
WHERE r.prqual IS NOT NULL`,
};

const PUBLISHED_SCHEMAS: CatalogueQuery = {
  since: 150_000,
  sql: `
SELECT 'published schema' AS kind, pg_catalog.format('%I of %I', n.nspname, p.pubname) AS name, NULL AS "table",
  ${part('pg_publication_namespace', 's')}
FROM pg_catalog.pg_publication_namespace AS s
JOIN pg_catalog.pg_publication AS p ON p.oid = s.pnpubid
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid`,
};

const EVENT_TRIGGERS: CatalogueQuery = {
  sql: `
SELECT 'event trigger' AS kind, pg_catalog.quote_ident(e.evtname) AS name, NULL AS "table",
  ${identified('pg_event_trigger', 'e')},
  e.evtevent AS event, e.evtenabled AS enabled, e.evttags AS tags, ${functionByOid('e.evtfoid')} AS function,
  ${role('e.evtowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_event_trigger AS e
${commentOn('e.oid', 'pg_event_trigger')}`,
};

const COLLATIONS: CatalogueQuery = {
  sql: `
SELECT 'collation' AS kind, pg_catalog.format('%I.%I', n.nspname, k.collname) ||
    CASE WHEN k.collencoding = -1 THEN '' ELSE ' for ' || pg_catalog.pg_encoding_to_char(k.collencoding) END AS name,
  NULL AS "table", ${identified('pg_collation', 'k')},
  pg_catalog.to_jsonb(k) - 'oid' - 'collname' - 'collnamespace' - 'collowner' AS definition,
  ${role('k.collowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_collation AS k JOIN pg_catalog.pg_namespace AS n ON n.oid = k.collnamespace
${commentOn('k.oid', 'pg_collation')}
WHERE ${userObject('k.oid')}`,
};

const CONVERSIONS: CatalogueQuery = {
  sql: `
SELECT 'conversion' AS kind, pg_catalog.format('%I.%I', n.nspname, k.conname) AS name, NULL AS "table",
  ${identified('pg_conversion', 'k')},
  pg_catalog.concat_ws(' ', pg_catalog.pg_encoding_to_char(k.conforencoding),
    pg_catalog.pg_encoding_to_char(k.contoencoding), k.conproc, k.condefault) AS definition,
  ${role('k.conowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_conversion AS k JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
${commentOn('k.oid', 'pg_conversion')}
WHERE ${userObject('k.oid')}`,
};

const textSearch = (kind: string, catalogue: string, prefix: string, definition: string, writers = '') => ({
  sql: `
SELECT 'text search ${kind}' AS kind, pg_catalog.format('%I.%I', n.nspname, k.${prefix}name) AS name,
  NULL AS "table", ${identified(catalogue, 'k', ...(writers ? [writers] : []))},
  ${definition}, ${COMMENT}
FROM pg_catalog.${catalogue} AS k JOIN pg_catalog.pg_namespace AS n ON n.oid = k.${prefix}namespace
${commentOn('k.oid', catalogue)}
WHERE ${userObject('k.oid')}`,
});

const TEXT_SEARCH: readonly CatalogueQuery[] = [
  textSearch(
    'configuration',
    'pg_ts_config',
    'cfg',
    `${nameByOid('pg_ts_parser', 'prs', 'k.cfgparser')} AS parser, ${role('k.cfgowner')} AS owner,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', m.maptokentype, ${nameByOid('pg_ts_dict', 'dict', 'm.mapdict')}),
      ', ' ORDER BY m.maptokentype, m.mapseqno)
    FROM pg_catalog.pg_ts_config_map AS m WHERE m.mapcfg = k.oid) AS mappings`,
    writersOf('m', 'FROM pg_catalog.pg_ts_config_map AS m WHERE m.mapcfg = k.oid'),
  ),
  textSearch(
    'dictionary',
    'pg_ts_dict',
    'dict',
    `${nameByOid('pg_ts_template', 'tmpl', 'k.dicttemplate')} AS template, k.dictinitoption AS options,
  ${role('k.dictowner')} AS owner`,
  ),
  textSearch(
    'parser',
    'pg_ts_parser',
    'prs',
    "pg_catalog.to_jsonb(k) - 'oid' - 'prsname' - 'prsnamespace' AS definition",
  ),
  textSearch(
    'template',
    'pg_ts_template',
    'tmpl',
    "pg_catalog.to_jsonb(k) - 'oid' - 'tmplname' - 'tmplnamespace' AS definition",
  ),
];

const DEFAULT_PRIVILEGES: CatalogueQuery = {
  sql: `
SELECT 'default privileges' AS kind, pg_catalog.format('%s of %I in %s', d.defaclobjtype, ${role('d.defaclrole')},
    COALESCE(pg_catalog.quote_ident(n.nspname), 'any schema')) AS name, NULL AS "table",
  ${part('pg_default_acl', 'd')},
  (SELECT pg_catalog.string_agg(g.item, ' ' ORDER BY g.item COLLATE pg_catalog."C")
    FROM (SELECT CAST(x AS pg_catalog.text) AS item FROM pg_catalog.unnest(d.defaclacl) AS x) AS g) AS acl
FROM pg_catalog.pg_default_acl AS d LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace`,
};

/** Queries for what is neither a relation, nor a part of one, nor made of functions and types. */
export const OBJECT_QUERIES: readonly CatalogueQuery[] = [
  SCHEMAS,
  EXTENSIONS,
  PUBLICATIONS,
  PUBLISHED_TABLES,
  PUBLICATION_FILTERS,
  PUBLISHED_SCHEMAS,
  EVENT_TRIGGERS,
  COLLATIONS,
  CONVERSIONS,
  ...TEXT_SEARCH,
  DEFAULT_PRIVILEGES,
];

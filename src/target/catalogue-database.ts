import {
  type CatalogueQuery,
  COMMENT,
  commentOn,
  functionByOid,
  identified,
  optionsWithoutSecrets,
  privileges,
  role,
  sortedList,
} from './catalogue-sql.js';

const SHARED_COMMENT = (oid: string, catalogue: string) => `LEFT JOIN pg_catalog.pg_shdescription AS cm
    ON cm.classoid = CAST('pg_catalog.${catalogue}' AS pg_catalog.regclass) AND cm.objoid = ${oid}`;

const FOREIGN_DATA_WRAPPERS: CatalogueQuery = {
  sql: `
SELECT 'foreign data wrapper' AS kind, pg_catalog.quote_ident(w.fdwname) AS name, NULL AS "table",
  ${identified('pg_foreign_data_wrapper', 'w')},
  ${functionByOid('w.fdwhandler')} AS handler, ${functionByOid('w.fdwvalidator')} AS validator,
  ${optionsWithoutSecrets('w.fdwoptions', 'w.xmin')} AS options,
  ${role('w.fdwowner')} AS owner, ${privileges('w.fdwacl', 'F', 'w.fdwowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_foreign_data_wrapper AS w
${commentOn('w.oid', 'pg_foreign_data_wrapper')}`,
};

const SERVERS: CatalogueQuery = {
  sql: `
SELECT 'server' AS kind, pg_catalog.quote_ident(s.srvname) AS name, NULL AS "table",
  ${identified('pg_foreign_server', 's')},
  (SELECT w.fdwname FROM pg_catalog.pg_foreign_data_wrapper AS w WHERE w.oid = s.srvfdw) AS wrapper,
  s.srvtype AS type, s.srvversion AS version, ${optionsWithoutSecrets('s.srvoptions', 's.xmin')} AS options,
  ${role('s.srvowner')} AS owner, ${privileges('s.srvacl', 'S', 's.srvowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_foreign_server AS s
${commentOn('s.oid', 'pg_foreign_server')}`,
};

const MAPPED_ROLE = (oid: string) => `CASE WHEN ${oid} = 0 THEN 'public' ELSE ${role(oid)} END`;

/** Only a superuser may read the options. */
const USER_MAPPINGS: CatalogueQuery = {
  reads: 'pg_user_mapping',
  sql: `
SELECT 'user mapping' AS kind, pg_catalog.format('%I on %I', ${MAPPED_ROLE('u.umuser')}, s.srvname) AS name,
  NULL AS "table", 'pg_user_mapping/' || u.oid AS id, u.xmin AS versions,
  ${optionsWithoutSecrets('u.umoptions', 'u.xmin')} AS options
FROM pg_catalog.pg_user_mapping AS u JOIN pg_catalog.pg_foreign_server AS s ON s.oid = u.umserver`,
};

const NAMES_OF_USER_MAPPINGS: CatalogueQuery = {
  unlessReads: 'pg_user_mapping',
  sql: `
SELECT 'user mapping' AS kind, pg_catalog.format('%I on %I', ${MAPPED_ROLE('u.umuser')}, u.srvname) AS name,
  NULL AS "table", 'pg_user_mapping/' || u.umid AS id, NULL AS versions, 'not readable by this role' AS options
FROM pg_catalog.pg_user_mappings AS u`,
};

const OWN_DATABASE =
  '(SELECT o.oid FROM pg_catalog.pg_database AS o WHERE o.datname = pg_catalog.current_database())';

/** The connection string holds a password, so only the transaction that wrote it is told. */
const SUBSCRIPTIONS: CatalogueQuery = {
  reads: 'pg_subscription',
  sql: `
SELECT 'subscription' AS kind, pg_catalog.quote_ident(s.subname) AS name, NULL AS "table",
  ${identified('pg_subscription', 's')},
  pg_catalog.to_jsonb(s) - 'oid' - 'subdbid' - 'subname' - 'subowner' - 'subconninfo' - 'subskiplsn' AS definition,
  pg_catalog.format('(written by transaction %s)', s.xmin) AS connection,
  ${role('s.subowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_subscription AS s
${commentOn('s.oid', 'pg_subscription')}
WHERE s.subdbid = ${OWN_DATABASE}`,
};

const NAMES_OF_SUBSCRIPTIONS: CatalogueQuery = {
  unlessReads: 'pg_subscription',
  sql: `
SELECT 'subscription' AS kind, pg_catalog.quote_ident(s.subname) AS name, NULL AS "table",
  'pg_subscription/' || s.oid AS id, NULL AS versions, s.subenabled AS enabled, s.subslotname AS slot,
  s.subsynccommit AS synchronous_commit, s.subpublications AS publications, ${role('s.subowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_subscription AS s
${commentOn('s.oid', 'pg_subscription')}
WHERE s.subdbid = ${OWN_DATABASE}`,
};

/** Settings may be secrets of an application: only their names, and the transaction that wrote them. */
const DATABASE: CatalogueQuery = {
  sql: `
SELECT 'database' AS kind, pg_catalog.quote_ident(b.datname) AS name, NULL AS "table",
  ${identified('pg_database', 'b', "(SELECT pg_catalog.string_agg(CAST(t.xmin AS pg_catalog.text), ' ' ORDER BY t.setrole) FROM pg_catalog.pg_db_role_setting AS t WHERE t.setdatabase = b.oid)")},
  ${role('b.datdba')} AS owner, ${privileges('b.datacl', 'd', 'b.datdba')} AS acl,
  b.datconnlimit AS connection_limit, b.datistemplate AS template, b.datallowconn AS connectable,
  (SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = b.dattablespace) AS tablespace,
  ${sortedList(
    `pg_catalog.format('%s %s (written by transaction %s)', CASE WHEN t.setrole = 0 THEN 'every role' ELSE ${role('t.setrole')} END,
      (SELECT pg_catalog.string_agg(pg_catalog.split_part(c, '=', 1), ' ') FROM pg_catalog.unnest(t.setconfig) AS c), t.xmin)`,
    'FROM pg_catalog.pg_db_role_setting AS t WHERE t.setdatabase = b.oid',
  )} AS settings, ${COMMENT}
FROM pg_catalog.pg_database AS b
${SHARED_COMMENT('b.oid', 'pg_database')}
WHERE b.datname = pg_catalog.current_database()`,
};

const SECURITY_LABELS: CatalogueQuery = {
  sql: `
SELECT 'security label' AS kind, pg_catalog.format('%s on %s %s', l.provider, o.type, o.identity) AS name,
  NULL AS "table", pg_catalog.concat_ws('/', 'pg_seclabel', l.classoid, l.objoid, l.objsubid) AS id,
  l.xmin AS versions, l.label
FROM pg_catalog.pg_seclabel AS l,
  LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) AS o`,
};

/**
 * What initdb made and somebody changed since (a privilege on a function of the server, a comment): told from the
 * transactions that wrote the rows, so that it differs but does not say how.
 */
const builtIn = (catalogue: string, oid: string) => `
SELECT 'built-in objects' AS kind, 'pg_catalog.${catalogue}' AS name, NULL AS "table",
  '${catalogue}' AS id, pg_catalog.string_agg(DISTINCT CAST(x.xmin AS pg_catalog.text), ' ') AS versions,
  pg_catalog.count(*) AS rows,
  pg_catalog.md5(pg_catalog.string_agg(CAST(x.xmin AS pg_catalog.text), ' ' ORDER BY ${oid})) AS writers
FROM pg_catalog.${catalogue} AS x`;

const BUILT_IN: CatalogueQuery = {
  sql: [
    `${builtIn('pg_proc', 'x.oid')} WHERE x.oid < 16384`,
    `${builtIn('pg_type', 'x.oid')} WHERE x.oid < 16384`,
    `${builtIn('pg_class', 'x.oid')} WHERE x.oid < 16384 AND x.relkind IN ('r', 'v')`,
    `${builtIn('pg_operator', 'x.oid')} WHERE x.oid < 16384`,
    `${builtIn('pg_namespace', 'x.oid')} WHERE x.oid < 16384 AND x.nspname <> 'public'`,
    `${builtIn('pg_attribute', 'x.attrelid, x.attnum')} WHERE x.attrelid < 16384`,
    `${builtIn('pg_description', 'x.classoid, x.objoid, x.objsubid')} WHERE x.objoid < 16384
      AND x.classoid <> CAST('pg_catalog.pg_namespace' AS pg_catalog.regclass)`,
  ].join('\nUNION ALL'),
};

/** Queries for the database itself and for what reaches outside of it. */
export const DATABASE_QUERIES: readonly CatalogueQuery[] = [
  FOREIGN_DATA_WRAPPERS,
  SERVERS,
  USER_MAPPINGS,
  NAMES_OF_USER_MAPPINGS,
  SUBSCRIPTIONS,
  NAMES_OF_SUBSCRIPTIONS,
  DATABASE,
  SECURITY_LABELS,
  BUILT_IN,
];

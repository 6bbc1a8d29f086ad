import {
  type CatalogueQuery,
  COMMENT,
  commentOn,
  functionByOid,
  identified,
  nameByOid,
  privileges,
  role,
  sortedList,
  userObject,
  writersOf,
} from './catalogue-sql.js';

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
  NULL AS "table", ${identified('pg_proc', 'p', 'a.xmin')},
  CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition,
  pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
  pg_catalog.pg_get_function_result(p.oid) AS result, p.proparallel AS parallel,
  CASE WHEN p.prokind = 'a' THEN pg_catalog.to_jsonb(a) - 'aggtranstype' - 'aggmtranstype' - 'aggsortop' END
    AS aggregate,
  CASE WHEN p.prokind = 'a' THEN pg_catalog.concat_ws(' ', pg_catalog.format_type(a.aggtranstype, NULL),
    pg_catalog.format_type(NULLIF(a.aggmtranstype, 0), NULL), CAST(a.aggsortop AS pg_catalog.regoperator)) END
    AS aggregate_state,
  ${role('p.proowner')} AS owner, ${privileges('p.proacl', 'f', 'p.proowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid = p.oid
${commentOn('p.oid', 'pg_proc')}
WHERE NOT ${ownedBySomethingElse('pg_proc', 'p.oid')} AND ${userObject('p.oid')}`,
};

const CONSTRAINT_COMMENT = `(SELECT m.description FROM pg_catalog.pg_description AS m WHERE m.objoid = k.oid
        AND m.classoid = CAST('pg_catalog.pg_constraint' AS pg_catalog.regclass))`;

/** Without the types that come with a table, an array or a range; a range tells of its multirange. */
const types = (multirange: string) => `
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind,
  pg_catalog.format('%I.%I', n.nspname, t.typname) AS name, NULL AS "table",
  ${identified(
    'pg_type',
    't',
    writersOf('e', 'FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid'),
    writersOf('a', 'FROM pg_catalog.pg_attribute AS a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid'),
    writersOf('k', 'FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid'),
    'u.xmin',
    'm.xmin',
  )},
  t.typtype AS type, ${role('t.typowner')} AS owner,
  (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid) AS labels,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname),
      pg_catalog.format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation NOT IN (0, 100) THEN ${nameByOid('pg_collation', 'coll', 'a.attcollation')} END,
      pg_catalog.quote_literal(pg_catalog.col_description(a.attrelid, a.attnum))), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
  CASE WHEN t.typbasetype <> 0 THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base_type,
  t.typnotnull AS not_null, t.typdefault AS "default",
  ${nameByOid('pg_collation', 'coll', 't.typcollation')} AS collation,
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(k.conname),
      pg_catalog.pg_get_constraintdef(k.oid), pg_catalog.quote_literal(${CONSTRAINT_COMMENT})), ', ' ORDER BY k.conname)
    FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid) AS constraints,
  CASE WHEN r.rngtypid IS NOT NULL THEN pg_catalog.concat_ws(' ', pg_catalog.format_type(r.rngsubtype, NULL),
    r.rngsubdiff, r.rngcanonical, ${nameByOid('pg_opclass', 'opc', 'r.rngsubopc')},
    ${nameByOid('pg_collation', 'coll', 'r.rngcollation')}, pg_catalog.quote_ident(u.typname), u.typacl,
    pg_catalog.quote_literal(m.description)) END AS range_of,
  CASE WHEN t.typtype IN ('b', 'p') THEN pg_catalog.to_jsonb(t) - 'oid' - 'typname' - 'typnamespace' - 'typowner'
    - 'typarray' - 'typelem' - 'typrelid' - 'typacl' - 'typbasetype' - 'typcollation' END AS base,
  ${privileges('t.typacl', 'T', 't.typowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type AS u ON u.oid = ${multirange}
LEFT JOIN pg_catalog.pg_description AS m ON m.objoid = u.oid
  AND m.classoid = CAST('pg_catalog.pg_type' AS pg_catalog.regclass)
${commentOn('t.oid', 'pg_type')}
WHERE (t.typtype IN ('b', 'c', 'd', 'e', 'r') OR t.typtype = 'p' AND NOT t.typisdefined) AND ${userObject('t.oid')}
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
  AND (t.typrelid = 0 OR EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c
    WHERE c.oid = t.typrelid AND c.relkind = 'c'))`;

const TYPES: CatalogueQuery = { since: 140_000, sql: types('r.rngmultitypid') };
const TYPES_BEFORE_14: CatalogueQuery = { before: 140_000, sql: types('NULL') };

/** Objects with an oid below 16384 were made by initdb. */
const CASTS: CatalogueQuery = {
  sql: `
SELECT 'cast' AS kind, pg_catalog.format('(%s AS %s)', pg_catalog.format_type(k.castsource, NULL),
    pg_catalog.format_type(k.casttarget, NULL)) AS name, NULL AS "table", ${identified('pg_cast', 'k')},
  ${functionByOid('k.castfunc')} AS function, k.castcontext AS context, k.castmethod AS method, ${COMMENT}
FROM pg_catalog.pg_cast AS k
${commentOn('k.oid', 'pg_cast')}
WHERE k.oid >= 16384 AND NOT ${ownedBySomethingElse('pg_cast', 'k.oid')}`,
};

const TRANSFORMS: CatalogueQuery = {
  sql: `
SELECT 'transform' AS kind, pg_catalog.format('FOR %s LANGUAGE %I', pg_catalog.format_type(f.trftype, NULL),
    l.lanname) AS name, NULL AS "table", ${identified('pg_transform', 'f')},
  ${functionByOid('f.trffromsql')} AS from_sql, ${functionByOid('f.trftosql')} AS to_sql, ${COMMENT}
FROM pg_catalog.pg_transform AS f JOIN pg_catalog.pg_language AS l ON l.oid = f.trflang
${commentOn('f.oid', 'pg_transform')}`,
};

const OPERATORS: CatalogueQuery = {
  sql: `
SELECT 'operator' AS kind, pg_catalog.format('%I.%s(%s, %s)', n.nspname, o.oprname,
    pg_catalog.format_type(NULLIF(o.oprleft, 0), NULL), pg_catalog.format_type(o.oprright, NULL)) AS name,
  NULL AS "table", ${identified('pg_operator', 'o')},
  pg_catalog.format_type(o.oprresult, NULL) AS result, ${functionByOid('o.oprcode')} AS function,
  ${functionByOid('o.oprrest')} AS restrict, ${functionByOid('o.oprjoin')} AS "join",
  o.oprcanhash AS hashes, o.oprcanmerge AS merges, CAST(o.oprcom AS pg_catalog.regoperator) AS commutator,
  CAST(o.oprnegate AS pg_catalog.regoperator) AS negator, ${role('o.oprowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
${commentOn('o.oid', 'pg_operator')}
WHERE ${userObject('o.oid')}`,
};

const ACCESS_METHOD = (oid: string) => `(SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = ${oid})`;

const OPERATOR_CLASSES: CatalogueQuery = {
  sql: `
SELECT 'operator class' AS kind, pg_catalog.format('%I.%I USING %I', n.nspname, k.opcname,
    ${ACCESS_METHOD('k.opcmethod')}) AS name, NULL AS "table", ${identified('pg_opclass', 'k')},
  ${nameByOid('pg_opfamily', 'opf', 'k.opcfamily')} AS family, pg_catalog.format_type(k.opcintype, NULL) AS type,
  k.opcdefault AS "default", pg_catalog.format_type(NULLIF(k.opckeytype, 0), NULL) AS storage,
  ${role('k.opcowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_opclass AS k JOIN pg_catalog.pg_namespace AS n ON n.oid = k.opcnamespace
${commentOn('k.oid', 'pg_opclass')}
WHERE ${userObject('k.oid')}`,
};

const OPERATOR_FAMILIES: CatalogueQuery = {
  sql: `
SELECT 'operator family' AS kind, pg_catalog.format('%I.%I USING %I', n.nspname, f.opfname,
    ${ACCESS_METHOD('f.opfmethod')}) AS name, NULL AS "table",
  ${identified(
    'pg_opfamily',
    'f',
    writersOf('o', 'FROM pg_catalog.pg_amop AS o WHERE o.amopfamily = f.oid'),
    writersOf('p', 'FROM pg_catalog.pg_amproc AS p WHERE p.amprocfamily = f.oid'),
  )},
  ${sortedList(
    `pg_catalog.concat_ws(' ', o.amopstrategy, CAST(o.amopopr AS pg_catalog.regoperator), o.amoppurpose,
      ${nameByOid('pg_opfamily', 'opf', 'o.amopsortfamily')})`,
    'FROM pg_catalog.pg_amop AS o WHERE o.amopfamily = f.oid',
  )} AS operators,
  ${sortedList(
    `pg_catalog.concat_ws(' ', p.amprocnum, pg_catalog.format_type(p.amproclefttype, NULL),
      pg_catalog.format_type(p.amprocrighttype, NULL), ${functionByOid('p.amproc')})`,
    'FROM pg_catalog.pg_amproc AS p WHERE p.amprocfamily = f.oid',
  )} AS functions,
  ${role('f.opfowner')} AS owner, ${COMMENT}
FROM pg_catalog.pg_opfamily AS f JOIN pg_catalog.pg_namespace AS n ON n.oid = f.opfnamespace
${commentOn('f.oid', 'pg_opfamily')}
WHERE ${userObject('f.oid')}`,
};

const LANGUAGES: CatalogueQuery = {
  sql: `
SELECT 'language' AS kind, pg_catalog.quote_ident(l.lanname) AS name, NULL AS "table",
  ${identified('pg_language', 'l')},
  l.lanpltrusted AS trusted, ${functionByOid('l.lanplcallfoid')} AS handler,
  ${functionByOid('l.laninline')} AS inline, ${functionByOid('l.lanvalidator')} AS validator,
  ${role('l.lanowner')} AS owner, ${privileges('l.lanacl', 'l', 'l.lanowner')} AS acl, ${COMMENT}
FROM pg_catalog.pg_language AS l
${commentOn('l.oid', 'pg_language')}
WHERE l.lanispl`,
};

const ACCESS_METHODS: CatalogueQuery = {
  sql: `
SELECT 'access method' AS kind, pg_catalog.quote_ident(m.amname) AS name, NULL AS "table",
  ${identified('pg_am', 'm')},
  ${functionByOid('m.amhandler')} AS handler, m.amtype AS type, ${COMMENT}
FROM pg_catalog.pg_am AS m
${commentOn('m.oid', 'pg_am')}
WHERE m.oid >= 16384`,
};

/** Queries for functions, types and what is made of them. */
export const CODE_QUERIES: readonly CatalogueQuery[] = [
  FUNCTIONS,
  TYPES,
  TYPES_BEFORE_14,
  CASTS,
  TRANSFORMS,
  OPERATORS,
  OPERATOR_CLASSES,
  OPERATOR_FAMILIES,
  LANGUAGES,
  ACCESS_METHODS,
];

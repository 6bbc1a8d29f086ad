import type { Node } from './grammar.js';

/** A kind of statement that executable SQL may not hold: how people call it, and why not. */
export interface Refusal {
  readonly what: string;
  readonly why: string;
}

const OUTSIDE = 'it reaches outside of the transaction, where no rollback takes it back';
const ROLES = 'roles belong to the whole cluster, and no snapshot of this database would show it';
const SESSION = 'it changes the session that everything after it is judged in';
const SERVER = 'it is about the whole server, not about this database';
const UNPREDICTED = 'what it changes in the catalogue is not predicted, so it could not be compared';
const FOREIGN = 'data and passwords of other servers are in no snapshot and no backup of this one';
const BY_NAME = 'what it runs stands somewhere else, where nobody reviewed it';
const READS = 'it changes nothing, and a check is where an answer is compared';

const refused = (what: string, why: string): Refusal => ({ what, why });

/**
 * Every kind of statement of the grammar that is not allowed (effects.ts has those that are). The list decides nothing:
 * what stands on neither is refused too.
 */
const REFUSED: Readonly<Record<string, Refusal>> = {
  // Server, cluster, other databases.
  AlterSystemStmt: refused('ALTER SYSTEM', SERVER),
  AlterDatabaseStmt: refused('ALTER DATABASE', SERVER),
  AlterDatabaseSetStmt: refused('ALTER DATABASE … SET', SERVER),
  AlterDatabaseRefreshCollStmt: refused('ALTER DATABASE … REFRESH COLLATION VERSION', SERVER),
  CreatedbStmt: refused('CREATE DATABASE', SERVER),
  DropdbStmt: refused('DROP DATABASE', SERVER),
  CreateTableSpaceStmt: refused('CREATE TABLESPACE', SERVER),
  DropTableSpaceStmt: refused('DROP TABLESPACE', SERVER),
  AlterTableSpaceOptionsStmt: refused('ALTER TABLESPACE', SERVER),
  AlterTableMoveAllStmt: refused('ALTER … ALL IN TABLESPACE', UNPREDICTED),
  CheckPointStmt: refused('CHECKPOINT', SERVER),
  LoadStmt: refused('LOAD', 'it runs a library of the server’s file system'),
  CreateRoleStmt: refused('CREATE ROLE', ROLES),
  AlterRoleStmt: refused('ALTER ROLE', ROLES),
  AlterRoleSetStmt: refused('ALTER ROLE … SET', ROLES),
  DropRoleStmt: refused('DROP ROLE', ROLES),
  GrantRoleStmt: refused('GRANT of a role', ROLES),
  DropOwnedStmt: refused('DROP OWNED', UNPREDICTED),
  ReassignOwnedStmt: refused('REASSIGN OWNED', UNPREDICTED),
  // The session.
  VariableSetStmt: refused('SET', SESSION),
  VariableShowStmt: refused('SHOW', READS),
  DiscardStmt: refused('DISCARD', SESSION),
  PrepareStmt: refused('PREPARE', BY_NAME),
  ExecuteStmt: refused('EXECUTE', BY_NAME),
  DeallocateStmt: refused('DEALLOCATE', SESSION),
  DeclareCursorStmt: refused('DECLARE', READS),
  FetchStmt: refused('FETCH', READS),
  ClosePortalStmt: refused('CLOSE', READS),
  ListenStmt: refused('LISTEN', SESSION),
  UnlistenStmt: refused('UNLISTEN', SESSION),
  NotifyStmt: refused('NOTIFY', OUTSIDE),
  // Files, programs, other servers.
  CopyStmt: refused('COPY', 'rows from files, programs and a client are no reviewed bytes'),
  CreateFdwStmt: refused('CREATE FOREIGN DATA WRAPPER', FOREIGN),
  AlterFdwStmt: refused('ALTER FOREIGN DATA WRAPPER', FOREIGN),
  CreateForeignServerStmt: refused('CREATE SERVER', FOREIGN),
  AlterForeignServerStmt: refused('ALTER SERVER', FOREIGN),
  CreateForeignTableStmt: refused('CREATE FOREIGN TABLE', FOREIGN),
  CreateUserMappingStmt: refused('CREATE USER MAPPING', FOREIGN),
  AlterUserMappingStmt: refused('ALTER USER MAPPING', FOREIGN),
  DropUserMappingStmt: refused('DROP USER MAPPING', FOREIGN),
  ImportForeignSchemaStmt: refused('IMPORT FOREIGN SCHEMA', FOREIGN),
  CreateSubscriptionStmt: refused('CREATE SUBSCRIPTION', FOREIGN),
  AlterSubscriptionStmt: refused('ALTER SUBSCRIPTION', FOREIGN),
  DropSubscriptionStmt: refused('DROP SUBSCRIPTION', FOREIGN),
  // What runs later, or elsewhere, than where a reviewer reads it.
  CallStmt: refused('CALL', BY_NAME),
  CreatePLangStmt: refused('CREATE LANGUAGE', 'it runs a library of the server’s file system'),
  CreateEventTrigStmt: refused(
    'CREATE EVENT TRIGGER',
    'it runs at every DDL of everybody, also of the rollback',
  ),
  AlterEventTrigStmt: refused('ALTER EVENT TRIGGER', UNPREDICTED),
  RuleStmt: refused('CREATE RULE', 'it turns statements into others; a trigger says what it does'),
  // Catalogue changes without a prediction.
  CreateTableAsStmt: refused(
    'CREATE TABLE AS and CREATE MATERIALIZED VIEW',
    'columns and types follow from a query; write CREATE TABLE, then INSERT … SELECT',
  ),
  RefreshMatViewStmt: refused('REFRESH MATERIALIZED VIEW', UNPREDICTED),
  CreateExtensionStmt: refused('CREATE EXTENSION', 'what an extension brings is predicted by nobody'),
  AlterExtensionStmt: refused('ALTER EXTENSION', UNPREDICTED),
  AlterExtensionContentsStmt: refused('ALTER EXTENSION', UNPREDICTED),
  CreateAmStmt: refused('CREATE ACCESS METHOD', UNPREDICTED),
  CreateCastStmt: refused('CREATE CAST', UNPREDICTED),
  CreateConversionStmt: refused('CREATE CONVERSION', UNPREDICTED),
  CreateOpClassStmt: refused('CREATE OPERATOR CLASS', UNPREDICTED),
  CreateOpFamilyStmt: refused('CREATE OPERATOR FAMILY', UNPREDICTED),
  CreatePolicyStmt: refused('CREATE POLICY', UNPREDICTED),
  CreatePublicationStmt: refused('CREATE PUBLICATION', UNPREDICTED),
  CreateStatsStmt: refused('CREATE STATISTICS', UNPREDICTED),
  CreateTransformStmt: refused('CREATE TRANSFORM', UNPREDICTED),
  DefineStmt: refused('CREATE AGGREGATE, OPERATOR, TYPE, COLLATION or TEXT SEARCH', UNPREDICTED),
  AlterCollationStmt: refused('ALTER COLLATION', UNPREDICTED),
  AlterDefaultPrivilegesStmt: refused('ALTER DEFAULT PRIVILEGES', UNPREDICTED),
  AlterDomainStmt: refused('ALTER DOMAIN', UNPREDICTED),
  AlterFunctionStmt: refused('ALTER FUNCTION', 'write CREATE OR REPLACE FUNCTION with what it shall be'),
  AlterObjectDependsStmt: refused('ALTER … DEPENDS ON EXTENSION', UNPREDICTED),
  AlterObjectSchemaStmt: refused('ALTER … SET SCHEMA', UNPREDICTED),
  AlterOpFamilyStmt: refused('ALTER OPERATOR FAMILY', UNPREDICTED),
  AlterOperatorStmt: refused('ALTER OPERATOR', UNPREDICTED),
  AlterOwnerStmt: refused('ALTER … OWNER TO', UNPREDICTED),
  AlterPolicyStmt: refused('ALTER POLICY', UNPREDICTED),
  AlterPublicationStmt: refused('ALTER PUBLICATION', UNPREDICTED),
  AlterSeqStmt: refused('ALTER SEQUENCE', UNPREDICTED),
  AlterStatsStmt: refused('ALTER STATISTICS', UNPREDICTED),
  AlterTSConfigurationStmt: refused('ALTER TEXT SEARCH CONFIGURATION', UNPREDICTED),
  AlterTSDictionaryStmt: refused('ALTER TEXT SEARCH DICTIONARY', UNPREDICTED),
  AlterTypeStmt: refused('ALTER TYPE … SET', UNPREDICTED),
  SecLabelStmt: refused('SECURITY LABEL', UNPREDICTED),
  // Rows and maintenance.
  MergeStmt: refused(
    'MERGE',
    'which rows it writes depends on its branches; write INSERT, UPDATE and DELETE',
  ),
  SelectStmt: refused(
    'SELECT',
    'it changes nothing, unless by a function; a check is where an answer is compared',
  ),
  ExplainStmt: refused('EXPLAIN', READS),
  ClusterStmt: refused('CLUSTER', 'it writes a whole table anew; do it outside of a change'),
  ReindexStmt: refused('REINDEX', 'it writes an index anew; do it outside of a change'),
  VacuumStmt: refused('VACUUM and ANALYZE', 'it changes nothing that is reviewed; do it outside of a change'),
};

/** Statements of several forms, some of them allowed: what this one is. */
const FORMS: Readonly<Record<string, (tree: Node) => Refusal>> = {
  AlterEnumStmt: ({ oldVal }) =>
    oldVal === undefined
      ? refused('ALTER TYPE … ADD VALUE', 'no statement takes a value of an enum back')
      : refused('ALTER TYPE … RENAME VALUE', UNPREDICTED),
  AlterTableStmt: () => refused('this form of ALTER TABLE', UNPREDICTED),
  CreateFunctionStmt: () =>
    refused('a function with an argument whose type cannot be told', 'write the name of the type'),
  CommentStmt: (tree) => refused(`COMMENT ON ${objectOf(tree.objtype)}`, UNPREDICTED),
  DropStmt: (tree) => refused(`DROP ${objectOf(tree.removeType)}`, UNPREDICTED),
  GrantStmt: (tree) => refused(`GRANT or REVOKE on ${objectOf(tree.objtype)}`, UNPREDICTED),
  RenameStmt: (tree) => refused(`ALTER ${objectOf(tree.renameType)} … RENAME`, UNPREDICTED),
  VariableSetStmt: (tree) => setting(tree),
};

/** What a statement is that is not allowed, and why it is not. */
export function refusalOf(node: string, tree: Node): Refusal {
  const form = Object.hasOwn(FORMS, node) ? FORMS[node]!(tree) : undefined;
  const kind = Object.hasOwn(REFUSED, node) ? REFUSED[node]! : undefined;
  return form ?? kind ?? refused(node.replace(/Stmt$/, ''), 'nobody has judged yet what it does');
}

/** `OBJECT_FOREIGN_TABLE` in the words of a statement. */
function objectOf(type: unknown): string {
  const kind = String(type).replace(/^OBJECT_/, '');
  return Object.hasOwn(OBJECT_WORDS, kind) ? OBJECT_WORDS[kind]! : kind.replaceAll('_', ' ');
}

/** Where the grammar's word is not that of SQL. */
const OBJECT_WORDS: Readonly<Record<string, string>> = {
  ATTRIBUTE: 'TYPE … ATTRIBUTE',
  DOMCONSTRAINT: 'DOMAIN … CONSTRAINT',
  FDW: 'FOREIGN DATA WRAPPER',
  FOREIGN_SERVER: 'SERVER',
  LARGEOBJECT: 'LARGE OBJECT',
  MATVIEW: 'MATERIALIZED VIEW',
  OPCLASS: 'OPERATOR CLASS',
  OPFAMILY: 'OPERATOR FAMILY',
  STATISTIC_EXT: 'STATISTICS',
  TABCONSTRAINT: 'TABLE … CONSTRAINT',
  TSCONFIGURATION: 'TEXT SEARCH CONFIGURATION',
  TSDICTIONARY: 'TEXT SEARCH DICTIONARY',
  TSPARSER: 'TEXT SEARCH PARSER',
  TSTEMPLATE: 'TEXT SEARCH TEMPLATE',
};

const SETTINGS_WORDS: Readonly<Record<string, string>> = {
  role: 'SET ROLE',
  session_authorization: 'SET SESSION AUTHORIZATION',
  TRANSACTION: 'SET TRANSACTION',
  'SESSION CHARACTERISTICS': 'SET SESSION CHARACTERISTICS',
  'TRANSACTION SNAPSHOT': 'SET TRANSACTION SNAPSHOT',
};

function setting({ kind, name, is_local: local }: Node): Refusal {
  if (kind === 'VAR_RESET_ALL') return refused('RESET ALL', SESSION);
  if (kind === 'VAR_RESET') return refused(`RESET ${String(name)}`, SESSION);
  const what = SETTINGS_WORDS[String(name)] ?? `SET ${local ? 'LOCAL ' : ''}${String(name)}`;
  const why = local ? 'it is not one of the settings that a change may make for itself' : SESSION;
  return refused(what, why);
}

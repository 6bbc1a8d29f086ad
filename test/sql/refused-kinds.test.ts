import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isAllowed } from '../../src/sql/effects.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { refusalOf } from '../../src/sql/refused-kinds.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

/** Names of all statements, from the types that belong to the grammar. */
function kindsOfGrammar(): string[] {
  const own = createRequire(import.meta.url);
  const types = createRequire(own.resolve('libpg-query')).resolve('@pgsql/types');
  const text = readFileSync(join(dirname(types), 'types.d.ts'), 'utf8');
  const names = [...text.matchAll(/\binterface (\w+Stmt)\b/g)].map(([, name]) => name!);
  // Parts of others: what a parser wraps statements in, and what only the server makes of them.
  return names.filter(
    (name) => !/^(?:RawStmt|PLAssignStmt|ReturnStmt|SetOperationStmt|ReplicaIdentityStmt)$/.test(name),
  );
}

/** Statements that are allowed in every form or in some. */
const ALLOWED =
  `AlterTableStmt CommentStmt CompositeTypeStmt ConstraintsSetStmt CreateDomainStmt CreateEnumStmt
  CreateExtensionStmt CreateFunctionStmt CreateRangeStmt CreateSchemaStmt CreateSeqStmt CreateStmt CreateTrigStmt DeleteStmt
  DoStmt DropStmt GrantStmt IndexStmt InsertStmt LockStmt RenameStmt TransactionStmt TruncateStmt UpdateStmt VariableSetStmt
  ViewStmt`.split(/\s+/);

describe('every statement of the grammar', () => {
  it('is allowed, or refused with a reason of its own', () => {
    const kinds = kindsOfGrammar();
    expect(kinds.length).toBeGreaterThan(105);
    const judged = kinds.filter((kind) => refusalOf(kind, {}).why !== refusalOf('NoSuchStmt', {}).why);
    expect(kinds.filter((kind) => !judged.includes(kind) && !ALLOWED.includes(kind))).toEqual([]);
    expect(ALLOWED.filter((kind) => !kinds.includes(kind))).toEqual([]);
    expect(kinds.filter((kind) => !ALLOWED.includes(kind) && isAllowed(kind, {}))).toEqual([]);
  });

  it('that no list knows is refused', () => {
    expect(isAllowed('NoSuchStmt', {})).toBe(false);
    expect(refusalOf('NoSuchStmt', {})).toEqual({
      what: 'NoSuch',
      why: 'nobody has judged yet what it does',
    });
  });
});

describe('what could reach outside is refused at its line, by its name, with the reason', () => {
  const SESSION = 'it changes the session that everything after it is judged in';
  it.each<[string, string, string]>([
    [
      "COPY a.b FROM PROGRAM 'curl x'",
      'COPY',
      'rows from files, programs and a client are no reviewed bytes',
    ],
    ["COPY a.b FROM '/etc/passwd'", 'COPY', 'rows from files, programs and a client are no reviewed bytes'],
    ["COPY a.b TO '/tmp/x'", 'COPY', 'rows from files, programs and a client are no reviewed bytes'],
    ['SET ROLE x', 'SET ROLE', SESSION],
    ['SET LOCAL ROLE x', 'SET ROLE', 'it is not one of the settings that a change may make for itself'],
    ['SET SESSION AUTHORIZATION x', 'SET SESSION AUTHORIZATION', SESSION],
    ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', 'SET SESSION CHARACTERISTICS', SESSION],
    ['SET TRANSACTION READ WRITE', 'SET TRANSACTION', SESSION],
    ["SET TRANSACTION SNAPSHOT 'x'", 'SET TRANSACTION SNAPSHOT', SESSION],
    ["SET work_mem = '1GB'", 'SET work_mem', SESSION],
    [
      'SET LOCAL work_mem TO DEFAULT',
      'SET LOCAL work_mem',
      'it is not one of the settings that a change may make for itself',
    ],
    [
      'SET LOCAL statement_timeout = 0',
      'SET LOCAL statement_timeout',
      'it is not one of the settings that a change may make for itself',
    ],
    [
      'SET LOCAL session_replication_role = replica',
      'SET LOCAL session_replication_role',
      'it is not one of the settings that a change may make for itself',
    ],
    [
      'SET LOCAL synchronous_commit = off',
      'SET LOCAL synchronous_commit',
      'it is not one of the settings that a change may make for itself',
    ],
    ['RESET ALL', 'RESET ALL', SESSION],
    ['RESET ROLE', 'RESET role', SESSION],
    ["LOAD 'x'", 'LOAD', 'it runs a library of the server’s file system'],
    ['LISTEN x', 'LISTEN', SESSION],
    ['NOTIFY x', 'NOTIFY', 'it reaches outside of the transaction, where no rollback takes it back'],
    ['PREPARE x AS SELECT 1', 'PREPARE', 'what it runs stands somewhere else, where nobody reviewed it'],
    ['EXECUTE x', 'EXECUTE', 'what it runs stands somewhere else, where nobody reviewed it'],
    ['DEALLOCATE x', 'DEALLOCATE', SESSION],
    ['DISCARD TEMP', 'DISCARD', SESSION],
    ['CALL a.p()', 'CALL', 'what it runs stands somewhere else, where nobody reviewed it'],
    [
      'SELECT pg_terminate_backend(1)',
      'SELECT',
      'it changes nothing, unless by a function; a check is where an answer is compared',
    ],
    [
      'CREATE ROLE x SUPERUSER',
      'CREATE ROLE',
      'roles belong to the whole cluster, and no snapshot of this database would show it',
    ],
    [
      "ALTER TYPE a.t RENAME VALUE 'x' TO 'y'",
      'ALTER TYPE … RENAME VALUE',
      'what it changes in the catalogue is not predicted, so it could not be compared',
    ],
    [
      'DROP STATISTICS a.s',
      'DROP STATISTICS',
      'what it changes in the catalogue is not predicted, so it could not be compared',
    ],
    ["ALTER TYPE a.t ADD VALUE 'x'", 'ALTER TYPE … ADD VALUE', 'no statement takes a value of an enum back'],
    [
      'DROP MATERIALIZED VIEW a.m',
      'DROP MATERIALIZED VIEW',
      'what it changes in the catalogue is not predicted, so it could not be compared',
    ],
  ])('%s', (sql, what, why) => {
    const problems = readFence('migration', `CREATE SCHEMA a;\n${sql};`).problems;
    expect(
      problems.map(({ rule, message, help, position }) => ({
        rule,
        message,
        help,
        line: position.start.line,
      })),
    ).toEqual([
      { rule: 'statement-allowed', message: `${what} may not stand in executable SQL`, help: why, line: 4 },
    ]);
  });

  it.each<[string, string]>([
    [
      "INSERT INTO a.b SELECT lo_import('/etc/passwd')",
      'function lo_import, which reaches outside the transaction',
    ],
    [
      "INSERT INTO a.b SELECT * FROM dblink('x', 'y') AS t (c int)",
      'function dblink, which reaches outside the transaction',
    ],
    [
      'INSERT INTO a.b SELECT pg_advisory_xact_lock(1)',
      'function pg_advisory_xact_lock, which reaches outside the transaction',
    ],
    [
      "UPDATE a.b SET c = pg_logical_emit_message(false, 'x', 'y')",
      'function pg_logical_emit_message, which reaches outside the transaction',
    ],
    ["INSERT INTO a.b SELECT ts_stat('SELECT 1')", 'function ts_stat, which runs a text as SQL'],
    [
      "INSERT INTO a.b SELECT * FROM a.crosstab('SELECT 1') AS t (c int)",
      'function crosstab, which runs a text as SQL',
    ],
    [
      "INSERT INTO a.b SELECT query_to_xml('SELECT 1', true, true, '')",
      'function query_to_xml, which runs a text as SQL',
    ],
  ])('%s', (sql, what) => {
    expect(readFence('migration', `${sql};`).problems.map(({ message }) => message)).toEqual([
      `${what} may not stand in executable SQL`,
    ]);
  });
});

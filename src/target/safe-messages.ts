/*
 * Messages of the server that are certain to hold no row data: each is one of the server's own texts, and every name in it
 * stands in what was sent. Codes prove nothing: a cast puts values into `relation "…" does not exist`, and a RAISE may take
 * any code and any text.
 */

const KIND = `(?:access method|collation|column|constraint|database|domain|extension|function|index|language|materialized view|operator class|policy|procedure|relation|role|schema|sequence|table|tablespace|text search configuration|trigger|type|view)`;

/** The server's texts; `%` is a name that has to stand in the statement. */
const TEXTS: readonly string[] = [
  // Names that are missing, twice, or of another kind.
  'KIND "%" does not exist',
  'KIND "%" already exists',
  'KIND "%" (?:of|for) KIND "%" does not exist',
  'KIND "%" (?:of|for) KIND "%" already exists',
  'KIND "%" already exists with same argument types',
  'KIND %\\(%\\) does not exist',
  'KIND %\\(\\) does not exist',
  'column % does not exist',
  'missing FROM-clause entry for table "%"',
  'invalid reference to FROM-clause entry for table "%"',
  'column reference "%" is ambiguous',
  'column "%" specified more than once',
  'table name "%" specified more than once',
  '"%" is not an? (?:composite type|foreign table|index|materialized view|sequence|table|table or view|view)',
  'multiple primary keys for table "%" are not allowed',
  'there is no unique constraint matching given keys for referenced table "%"',
  'column "%" must appear in the GROUP BY clause or be used in an aggregate function',
  'column "%" is of type % but expression is of type %',
  'column "%" cannot be cast automatically to type %',
  'INSERT has more (?:expressions than target columns|target columns than expressions)',
  'cannot drop KIND % because other objects depend on it',
  'cannot drop KIND % because KIND % requires it',
  'cannot change name of view column "%" to "%"',
  'syntax error at or near "%"',
  'syntax error at end of input',
  'cannot insert multiple commands into a prepared statement',
  // Rights.
  'permission denied for KIND "?%"?',
  'must be owner of KIND "?%"?',
  'permission denied to (?:create extension "%"|create role|create database|set parameter "%")',
  // Limits, locks and transactions.
  'canceling statement due to (?:conflict with recovery|lock timeout|statement timeout|user request)',
  'could not obtain lock on relation "%"',
  'could not serialize access due to (?:concurrent delete|concurrent update|read/write dependencies among transactions)',
  'deadlock detected',
  'current transaction is aborted, commands ignored until end of transaction block',
  'cannot execute % in a read-only transaction',
  '% cannot (?:be executed from a function|run inside a transaction block)',
  'terminating connection due to (?:administrator command|conflict with recovery|immediate shutdown command|unexpected postmaster exit)',
  'terminating connection due to (?:idle-in-transaction|idle-session|transaction) timeout',
  'terminating connection because of (?:crash of another server process|unexpected SIGQUIT signal)',
  // Before a session is there.
  'the database system is (?:in recovery mode|not accepting connections|not yet accepting connections|shutting down|starting up)',
  'sorry, too many clients already',
  'too many connections for (?:database|role) "%"',
  'remaining connection slots are reserved for (?:non-replication superuser connections|roles with the SUPERUSER attribute|roles with privileges of the "pg_use_reserved_connections" role)',
  '(?:password|peer|ident|GSSAPI|certificate|LDAP|PAM|RADIUS) authentication failed for user "%"',
  'role "%" is not permitted to log in',
  'database "%" is not currently accepting connections',
  '(?:no pg_hba\\.conf entry|pg_hba\\.conf rejects connection) from here, user "%", database "%"(?:, (?:no encryption|SSL encryption|GSS encryption|SSL on|SSL off))?',
];

const NAME = '([\\s\\S]+?)';
const PATTERNS = TEXTS.map((text) => new RegExp(`^${text.replaceAll('KIND', KIND).replaceAll('%', NAME)}$`));

/**
 * The message, where it is certain to hold no row data; else null.
 * @param sent what the server was sent: names in it are known already
 */
export function safeMessage(message: string, sent: string): string | null {
  if (message.length > LONGEST) return null;
  return knownMessage(message.replace(/ for host "[^"]*"/, ' from here'), sent);
}

/** Characters; names are of 63 bytes at most. */
const LONGEST = 1_000;

function knownMessage(message: string, sent: string): string | null {
  for (const pattern of PATTERNS) {
    const found = pattern.exec(message);
    if (found?.slice(1).every((name) => name === undefined || standsIn(sent, name))) return message;
  }
  return null;
}

/** Whether a text holds a name, and not only as a part of a longer word. */
function standsIn(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!WORD_AT_END.test(text.slice(Math.max(0, at - 2), at)) || !WORD_AT_START.test(name)) {
      const after = text.slice(at + name.length, at + name.length + 2);
      if (!WORD_AT_START.test(after) || !WORD_AT_END.test(name)) return true;
    }
  }
  return false;
}

const WORD_AT_END = /[\p{L}\p{N}_]$/u;
const WORD_AT_START = /^[\p{L}\p{N}_]/u;

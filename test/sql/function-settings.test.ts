import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readText } from './read.js';

beforeAll(loadGrammar);

const refused = (sql: string) =>
  readText(`---\nkind: ddl\n---\n\`\`\`sql migration\n${sql};\n\`\`\`\n`)
    .problems.filter(({ rule }) => rule === 'statement-allowed')
    .map(({ message }) => message.replace(' may not stand in executable SQL', ''));

describe('settings of a function', () => {
  const f = (settings: string) =>
    `CREATE FUNCTION a.f() RETURNS int LANGUAGE sql ${settings} AS $$ SELECT 1 $$`;
  it.each([
    'SET search_path = pg_catalog, a, pg_temp',
    "SET search_path = ''",
    'SET search_path FROM CURRENT',
    "SET work_mem = '1GB'",
    'SET work_mem TO DEFAULT SET search_path = a',
  ])('%s', (settings) => {
    expect(refused(f(settings))).toEqual([]);
  });

  it.each<[string, string]>([
    ["SET session_replication_role = 'replica'", 'session_replication_role'],
    ["SET search_path = a SET session_replication_role TO 'replica'", 'session_replication_role'],
    ['SET lock_timeout = 0', 'lock_timeout'],
    ['SET statement_timeout = 0', 'statement_timeout'],
    ['SET role = x', 'role'],
    ['SET SESSION AUTHORIZATION x', 'session_authorization'],
    ["SET TIME ZONE 'UTC'", 'timezone'],
    ['SET default_tablespace = x', 'default_tablespace'],
    ['SET transform_null_equals = on', 'transform_null_equals'],
    ['SET row_security FROM CURRENT', 'row_security'],
    ["SET my.own = 'x'", 'my.own'],
    ['RESET statement_timeout', 'statement_timeout'],
    ['RESET ALL', 'all settings'],
    ['SET search_path = information_schema', 'search_path'],
    ["SET search_path = 'a', 'pg_toast'", 'search_path'],
    ['SET "Session_Replication_Role" = replica', 'Session_Replication_Role'],
  ])('%s is refused', (settings, name) => {
    expect(refused(f(settings))).toEqual([`a function that sets ${name}`]);
  });
});

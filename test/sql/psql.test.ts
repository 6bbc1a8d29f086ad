import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence } from './read.js';

beforeAll(loadGrammar);

const found = (sql: string, role = 'migration') => brief(readFence(role, sql).problems);
const command = (token: string) => `psql meta-command ${token} in executable SQL`;
const variable = (token: string) => `psql variable ${token} in executable SQL`;
const DATA = 'COPY … FROM STDIN in executable SQL: its rows are data for psql and no SQL';

describe('what only psql understands is one finding, at its token', () => {
  it.each<[string, string, readonly string[]]>([
    ['a shell', 'CREATE SCHEMA a;\n\\! rm -rf /', [`4:1 ${command('\\!')}`]],
    ['with half a quotation mark', "\\echo it's\nCREATE SCHEMA a;", [`3:1 ${command('\\echo')}`]],
    ['behind a statement', 'CREATE SCHEMA a \\g', [`3:17 ${command('\\g')}`]],
    ['after characters of many bytes', 'CREATE SCHEMA é; \\d+ é', [`3:18 ${command('\\d+')}`]],
    ['a backslash alone', 'CREATE SCHEMA a;\n\\', [`4:1 ${command('\\')}`]],
    ['a variable', 'CREATE SCHEMA :name;', [`3:15 ${variable(':name')}`]],
    ['a variable as text', "COMMENT ON SCHEMA a IS :'été';", [`3:24 ${variable(":'été'")}`]],
    ['a variable as a name', 'CREATE SCHEMA :"name";', [`3:15 ${variable(':"name"')}`]],
    ['a variable where no name may stand', 'CREATE TABLE a.b (c :type);', [`3:21 ${variable(':type')}`]],
    ['data', 'COPY a.b (c) FROM stdin;\n1\t:x\n\\.\nCREATE SCHEMA a;', [`3:19 ${DATA}`]],
    ['data without end', 'COPY a.b FROM STDIN;\n1\t2', [`3:15 ${DATA}`]],
    ['COPY without data', 'COPY a.b FROM STDIN;', [`3:15 ${DATA}`]],
    [
      'two of them',
      'CREATE SCHEMA :a;\nCREATE SCHEMA :b;',
      [`3:15 ${variable(':a')}`, `4:15 ${variable(':b')}`],
    ],
  ])('%s', (_, sql, expected) => {
    expect(found(sql)).toEqual(expected.map((one) => `no-meta-command ${one}`));
  });

  it('in checks too', () => {
    expect(found('-- V-1: x\n-- expect: 1\nSELECT :x;', 'verify')[0]).toBe(
      `no-meta-command 5:8 ${variable(':x')}`,
    );
  });

  it('and another mistake beside it is shown as well', () => {
    expect(found('\\timing\nCREAT SCHEMA a;')).toEqual([
      `no-meta-command 3:1 ${command('\\timing')}`,
      'sql-syntax 4:1 syntax error at or near "CREAT"',
    ]);
  });

  it.each([
    "COMMENT ON SCHEMA a IS '\\d :x';",
    "COMMENT ON SCHEMA a IS E'\\' :x \\\\d';",
    'COMMENT ON SCHEMA "a :x" IS $b$ \\d :x $b$;',
    '-- \\d :x\nCREATE SCHEMA a; /* \\d /* :x */ \\d */',
    'UPDATE a.b SET c = d[1:e], f = g::text;',
  ])('none is in %s', (sql) => {
    expect(found(sql)).toEqual([]);
    expect(found(`${sql}\nCREAT SCHEMA a;`)).toEqual([
      expect.stringMatching(/^sql-syntax .* syntax error at or near "CREAT"$/),
    ]);
  });

  it('is found in a script that never closes what it opens, in time', () => {
    const tags = Array.from({ length: 60_000 }, (_, index) => `$t${index}$`).join(' ');
    const started = performance.now();
    expect(found(`\\d\n${tags}`)[0]).toBe(`no-meta-command 3:1 ${command('\\d')}`);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

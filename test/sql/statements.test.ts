import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence, readText } from './read.js';

beforeAll(loadGrammar);

const unitOf = (text: string) => readText(text).units[0]!;

function slices(text: string) {
  const unit = unitOf(text);
  const bytes = Buffer.from(text);
  const all = Buffer.concat(unit.ranges.map(({ start, end }) => bytes.subarray(start, end)));
  return unit.statements.map(({ start, end, sha256: digest, position }) => {
    expect(digest).toBe(sha256(all.subarray(start, end)));
    const at = `${position.start.line}:${position.start.column}-${position.end.line}:${position.end.column}`;
    return [all.toString('utf8', start, end), at];
  });
}

describe('the range of a statement', () => {
  it('leaves out semicolons and the comments around it', () => {
    const text = [
      '# Tïtle 😀',
      '',
      '```sql migration',
      '-- é 😀',
      'CREATE SCHEMA é; /* 😀 */ CREATE TABLE é.t (a int) -- last',
      '  -- of it',
      '  ;;',
      '',
      "COMMENT ON TABLE é.t IS '😀;'",
      '-- no semicolon',
      '```',
      '',
    ].join('\n');
    expect(slices(text)).toEqual([
      ['CREATE SCHEMA é', '5:1-5:16'],
      ['CREATE TABLE é.t (a int)', '5:27-5:51'],
      ["COMMENT ON TABLE é.t IS '😀;'", '9:1-9:30'],
    ]);
  });

  it('runs over fences of the same role, in the order of the document', () => {
    const text = [
      '```sql migration',
      'CREATE SCHEMA a;',
      '```',
      '',
      '```sql rollback',
      'DROP SCHEMA b, a;',
      '```',
      '',
      'é😀',
      '~~~~sql migration',
      'CREATE SCHEMA b;',
      '',
      '~~~~',
    ].join('\n');
    const { units, problems } = readText(text);
    expect(problems).toEqual([]);
    expect(units.map(({ role, size }) => [role, size])).toEqual([
      ['migration', 35],
      ['rollback', 18],
    ]);
    expect(units[0]!.digest).toBe(sha256('CREATE SCHEMA a;\nCREATE SCHEMA b;\n\n'));
    expect(units[0]!.ranges.map(({ firstLine, lastLine }) => [firstLine, lastLine])).toEqual([
      [2, 2],
      [11, 12],
    ]);
    expect(slices(text)).toEqual([
      ['CREATE SCHEMA a', '2:1-2:16'],
      ['CREATE SCHEMA b', '11:1-11:16'],
    ]);
  });

  it.each([
    'INSERT INTO a.b VALUES (1)',
    'WITH x AS (SELECT 1) UPDATE a.b SET c = 1',
    'DELETE FROM a.b',
    'TRUNCATE a.b',
  ])('starts at the first word: %s', (sql) => {
    expect(slices(`\`\`\`sql migration\n-- c\n\n  ${sql} ;\n-- d\n${sql}\n\`\`\``)).toEqual([
      [sql, `4:3-4:${sql.length + 3}`],
      [sql, `6:1-6:${sql.length + 1}`],
    ]);
  });

  it.each(['', '\n', '-- only a comment', '/* only\na comment */', ';', ';;\n;'])('is none in %j', (sql) => {
    const { units, problems } = readFence('migration', sql);
    expect([units[0]!.statements, problems]).toEqual([[], []]);
  });

  it('may not cross from one fence into the next', () => {
    const across = (first: string, second: string) =>
      brief(
        readText(`\`\`\`sql migration\n${first}\n\`\`\`\nText.\n\`\`\`sql migration\n${second}\n\`\`\`\n`)
          .problems,
      );
    const message = 'a statement, text or comment runs on into the next fence';
    expect(across('CREATE SCHEMA a;\n  DELETE FROM b.c', 'WHERE d = 1;')).toEqual([
      `sql-syntax 3:3 ${message}`,
    ]);
    expect(across('CREATE SCHEMA a; /*', '*/ CREATE SCHEMA b;')).toEqual([`sql-syntax 2:18 ${message}`]);
    expect(across("COMMENT ON SCHEMA a IS '", "';")).toEqual([`sql-syntax 2:24 ${message}`]);
    expect(across('CREATE SCHEMA a', ';')).toEqual([]);
    expect(across('CREATE SCHEMA a;', 'CREATE SCHEMA b')).toEqual([]);
  });
});

describe('a syntax error', () => {
  it.each<[string, string, string]>([
    [
      'after characters of many bytes',
      "COMMENT ON SCHEMA é IS '😀😀' é;",
      '3:31 syntax error at or near "é"',
    ],
    ['on a later line', '-- 😀é\n\nCREATE SCHEMA a;\nCREAT SCHEMA b;', '6:1 syntax error at or near "CREAT"'],
    ['at the end', 'CREATE SCHEMA', '4:1 syntax error at end of input'],
    [
      'in an unfinished text',
      "CREATE SCHEMA a;\nCOMMENT ON SCHEMA a IS 'x",
      '4:24 unterminated quoted string at or near "\'x\n"',
    ],
    ['in an unfinished comment', 'CREATE SCHEMA a; /* x', '3:18 unterminated /* comment at or near "/* x\n"'],
  ])('%s is shown at its line', (_, sql, expected) => {
    const { problems, units } = readFence('migration', sql);
    expect(brief(problems)).toEqual([`sql-syntax ${expected}`]);
    expect(units[0]!.statements).toEqual([]);
  });

  it('says of a meta-command in a fence for reading that it is none of SQL', () => {
    expect(readText('```sql\n\\d a.b\n```\n').problems).toMatchObject([
      { rule: 'sql-syntax', help: expect.stringMatching(/^psql meta-commands/) },
    ]);
  });

  it('is shown in plain fences too, at the root and in lists', () => {
    const text = '```sql\nSELEC 1;\n```\n\n- ```sql\n  SELECT 1 1;\n  ```\n\n```\nSELEC\n```\n';
    expect(brief(readText(text).problems)).toEqual([
      'sql-syntax 2:1 syntax error at or near "SELEC"',
      'sql-syntax 6:12 syntax error at or near "1"',
    ]);
  });

  it('is shown of every fence of thousands, wherever the same text stood before, right or wrong', () => {
    const texts = Array.from(
      { length: 3000 },
      (_, index) => `${index % 3 ? 'SELECT' : 'SELEC'} ${index % 900};\n`,
    );
    const read = texts.map((sql) => readText(`\`\`\`sql\n${sql}\`\`\`\n`).problems.length);
    expect(read).toEqual(texts.map((sql) => (sql.startsWith('SELEC ') ? 1 : 0)));
  });

  it('is none of the marks of a quote, nor of what stands behind a list', () => {
    expect(readText('> ```sql\n> SELECT 1;\n> ```\n').problems).toEqual([]);
    expect(readText('- ```sql\n  SELECT 1;\n\nText, no SQL.\n').problems).toEqual([]);
  });

  it('is what nesting without end comes to', () => {
    const { problems } = readFence(
      'migration',
      `INSERT INTO a.b VALUES (${'('.repeat(50_000)}1${')'.repeat(50_000)});`,
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]!.rule).toBe('sql-syntax');
    expect(readFence('migration', 'CREATE SCHEMA a;').problems).toEqual([]);
  });

  it('is none of long chains', () => {
    const { problems } = readFence('verify', `-- V-1: x\n-- expect: 1\nSELECT ${'1 + '.repeat(3000)}1;`);
    expect(problems).toEqual([]);
  });
});

describe('only what runs is a unit', () => {
  it.each([
    ['nested', '- ```sql migration\n  CREATE SCHEMA a;\n  ```\n'],
    ['indented', ' ```sql migration\n CREATE SCHEMA a;\n ```\n'],
    ['not closed', '```sql migration\nCREATE SCHEMA a;\n'],
    ['closed in the midst of a line', '```sql migration\nCREATE SCHEMA a; ```\n'],
    ['plain', '```sql\nCREATE SCHEMA a;\n```\n'],
    ['in a comment', '<!--\n```sql migration\nCREATE SCHEMA a;\n```\n-->\n'],
    ['in HTML', '<div>\n```sql migration\nCREATE SCHEMA a;\n```\n</div>\n'],
    ['in a longer fence', '````\n```sql migration\nCREATE SCHEMA a;\n```\n````\n'],
    ['in a footnote', '[^1]:\n    ```sql migration\n    CREATE SCHEMA a;\n    ```\n'],
  ])('not a fence that is %s', (_, text) => {
    expect(readText(text).units).toEqual([]);
  });
});

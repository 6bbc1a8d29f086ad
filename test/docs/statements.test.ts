import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isOwnStatement, OWN_STATEMENTS } from '../../src/execute/own-statements.js';
import { OWN, useSnapshot } from '../../src/execute/statements.js';
import { LEDGER } from '../../src/target/ledger.js';
import { REPOSITORY } from '../cli/probatum.js';
import { sourceFiles } from '../support/source-files.js';
import { statementsPage } from '../support/statements-page.js';

describe('docs/statements.md', () => {
  test('is what the code says', () => {
    expect(readFileSync(join(REPOSITORY, 'docs/statements.md'), 'utf8')).toBe(statementsPage());
  });

  test('has every statement that a step can send', () => {
    const listed = new Set(OWN_STATEMENTS.flatMap(({ statements }) => statements).map(({ sql }) => sql));
    expect([...Object.values(OWN), ...Object.values(LEDGER)].filter((sql) => !listed.has(sql))).toEqual([]);
  });

  test('no room that talks to a database sends a text that stands at the place where it is sent', () => {
    const sending = sourceFiles('src/execute', 'src/target', 'src/commands', 'src/demo');
    expect(sending.length).toBeGreaterThan(60);
    const literal = /\.run\(\s*(?:[\w.]+,\s*)?['"`]/;
    expect(sending.filter(({ text }) => literal.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('a statement with a variable part', () => {
  test.each([
    useSnapshot('00000003-0000001B-1'),
    "SELECT 'a.b' AS name, count(*) AS rows FROM ONLY a.b",
    `SELECT 'a."B ""c"' AS name, count(*) AS rows FROM ONLY a."B ""c"\nUNION ALL\nSELECT E'a."it''s \\\\ "' AS name, count(*) AS rows FROM ONLY a."it's \\ "`,
  ])('is on the list: %s', (sql) => {
    expect(isOwnStatement(sql)).toBe(true);
  });

  test.each([
    useSnapshot("00000003-0000001B-1'; DROP TABLE a.b; --"),
    "SET TRANSACTION SNAPSHOT 'x'",
    "SELECT 'a.b' AS name, count(*) AS rows FROM ONLY a.b; DROP TABLE a.b",
    "SELECT 'a.b' AS name, count(*) AS rows FROM ONLY a.b, c.d",
    "SELECT 'a.b' AS name, count(*) AS rows FROM ONLY a.b WHERE f()",
    "SELECT 'a.b' AS name, count(*) AS rows FROM ONLY a.b\nUNION ALL\nSELECT 'a', f()",
    'SELECT … AS name, count(*) AS rows FROM ONLY … UNION ALL …',
    'COMMIT; ',
    'commit',
  ])('is on no list: %s', (sql) => {
    expect(isOwnStatement(sql)).toBe(false);
  });

  test('is matched whole: from the first character to the last', () => {
    const patterns = OWN_STATEMENTS.flatMap(({ statements }) => statements).flatMap(
      ({ pattern }) => pattern ?? [],
    );
    expect(patterns.length).toBeGreaterThan(0);
    for (const { source, flags } of patterns) {
      expect(source).toMatch(/^\^[\s\S]*\$$/);
      expect(flags).toBe('');
    }
  });
});

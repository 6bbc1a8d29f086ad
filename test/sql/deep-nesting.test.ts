import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql, syntaxProblem } from '../../src/sql/grammar.js';

beforeAll(loadGrammar);

const nested = (depth: number) => Buffer.from(`SELECT ${'(SELECT '.repeat(depth)}1${')'.repeat(depth)}`);

test('SQL that is nested too deeply is refused at its place, however often it is read, and harms nothing else', () => {
  const text = nested(2500);
  const problem = { message: 'the statement is nested too deeply to be read', offset: 7 + 1000 * 8 };
  // The grammar's memory was damaged after some 40 of them.
  for (let time = 0; time < 100; time++) {
    expect(syntaxProblem(text)).toEqual(problem);
    expect(parseSql(text).problem).toEqual(problem);
  }
  expect(syntaxProblem(Buffer.from('SELECT 1'))).toBeNull();
});

test('SQL that is nested as deeply as anybody would is read', () => {
  expect(parseSql(nested(900))).toMatchObject({ problem: null, statements: [{ node: 'SelectStmt' }] });
});

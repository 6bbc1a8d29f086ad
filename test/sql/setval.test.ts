import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readText } from './read.js';

beforeAll(loadGrammar);

const plpgsql = (text: string) =>
  `CREATE FUNCTION a.f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n${text}\nRETURN 1;\nEND\n$$`;

describe('setval, which no rollback takes back, is refused', () => {
  it.each([
    "INSERT INTO a.b SELECT 1 WHERE pg_catalog.setval('a.s', 1) > 0",
    "CREATE TABLE a.b (c int DEFAULT setval('a.s', 1))",
    plpgsql("PERFORM setval('a.s', 1);"),
    plpgsql("IF setval('a.s', 1, false) > 1 THEN NULL; END IF;"),
    "CREATE FUNCTION a.f() RETURNS bigint LANGUAGE sql AS $$ SELECT setval('a.s', 1) $$",
  ])('%s', (sql) => {
    const { problems } = readText(`---\nkind: ddl\n---\n\`\`\`sql migration\n${sql};\n\`\`\`\n`);
    const found = problems.filter(({ rule }) => rule === 'statement-allowed');
    expect(found.map(({ message, help }) => [message, help])).toEqual([
      [
        'function setval, which no rollback takes back may not stand in executable SQL',
        'write CREATE SEQUENCE … START WITH, or ALTER TABLE … ALTER COLUMN … RESTART WITH for an identity column',
      ],
    ]);
  });
});

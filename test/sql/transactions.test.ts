import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence } from './read.js';

beforeAll(loadGrammar);

const judge = (role: string, sql: string) => {
  const { units, problems } = readFence(role, sql);
  return {
    transactions: units[0]!.statements.map(({ transaction }) => transaction),
    problems: brief(problems),
  };
};
const inside = (at: string, name: string) =>
  `single-transaction ${at} transaction statement ${name} inside the change`;

describe('one outer pair is the executor’s', () => {
  it.each(['BEGIN', 'BEGIN WORK', 'BEGIN TRANSACTION', 'START TRANSACTION'])('%s', (begin) => {
    for (const end of ['COMMIT', 'COMMIT WORK', 'END'])
      expect(judge('migration', `${begin};\nCREATE SCHEMA a;\n${end};`)).toEqual({
        transactions: ['begin', null, 'commit'],
        problems: [],
      });
  });

  it('in a rollback too, and none is needed', () => {
    expect(judge('rollback', 'BEGIN;\nDROP SCHEMA a;\nCOMMIT;').problems).toEqual([]);
    expect(judge('rollback', 'DROP SCHEMA a;')).toEqual({ transactions: [null], problems: [] });
  });
});

describe('every other transaction statement is refused', () => {
  it.each<[string, string, readonly string[]]>([
    ['BEGIN without COMMIT', 'BEGIN;\nCREATE SCHEMA a;', [inside('3:1', 'BEGIN')]],
    ['COMMIT without BEGIN', 'CREATE SCHEMA a;\nCOMMIT;', [inside('4:1', 'COMMIT')]],
    ['COMMIT alone', 'COMMIT;', [inside('3:1', 'COMMIT')]],
    ['BEGIN alone', 'BEGIN;', [inside('3:1', 'BEGIN')]],
    [
      'COMMIT in the midst',
      'BEGIN;\nCREATE SCHEMA a;\nCOMMIT;\nCREATE SCHEMA b;\nCOMMIT;',
      [inside('5:1', 'COMMIT')],
    ],
    [
      'two pairs',
      'BEGIN;\nCREATE SCHEMA a;\nCOMMIT;\nBEGIN;\nCREATE SCHEMA b;\nCOMMIT;',
      [inside('5:1', 'COMMIT'), inside('6:1', 'BEGIN')],
    ],
    [
      'ROLLBACK last',
      'BEGIN;\nCREATE SCHEMA a;\nROLLBACK;',
      [inside('3:1', 'BEGIN'), inside('5:1', 'ROLLBACK')],
    ],
    ['SAVEPOINT', 'SAVEPOINT x;', [inside('3:1', 'SAVEPOINT')]],
    ['RELEASE', 'RELEASE x;', [inside('3:1', 'RELEASE')]],
    ['ROLLBACK TO', 'ROLLBACK TO x;', [inside('3:1', 'ROLLBACK TO')]],
    ['PREPARE TRANSACTION', "PREPARE TRANSACTION 'x';", [inside('3:1', 'PREPARE')]],
    ['COMMIT PREPARED', "COMMIT PREPARED 'x';", [inside('3:1', 'COMMIT PREPARED')]],
    [
      'an isolation level',
      'BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE SCHEMA a;\nCOMMIT;',
      [inside('3:1', 'BEGIN')],
    ],
    ['a read only pair', 'BEGIN READ ONLY;\nCREATE SCHEMA a;\nCOMMIT;', [inside('3:1', 'BEGIN')]],
    ['COMMIT AND CHAIN', 'BEGIN;\nCREATE SCHEMA a;\nCOMMIT AND CHAIN;', [inside('5:1', 'COMMIT')]],
  ])('%s', (_, sql, problems) => {
    expect(judge('migration', sql).problems).toEqual(problems);
  });

  it('of a fixture each', () => {
    expect(judge('fixture', 'BEGIN;\nINSERT INTO a.b VALUES (1);\nCOMMIT;').problems).toEqual([
      inside('3:1', 'BEGIN'),
      inside('5:1', 'COMMIT'),
    ]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence, readText } from './read.js';

beforeAll(loadGrammar);

const SELECT = 'SELECT count(*) FROM a.b;';
const good = `-- V-1: rows\n-- expect: 6\n${SELECT}`;
const problemsOf = (sql: string, role = 'verify') => brief(readFence(role, sql).problems);

describe('the notation of a check', () => {
  it('is an id with a title, expectations, and a statement', () => {
    const text = [
      '```sql preflight',
      '-- A remark about what follows.',
      '-- PF-1: é rows and 😀',
      '-- expect: a|b||t',
      '-- expect:',
      '-- a remark between',
      '-- expect:  two blanks, then trailing  ',
      'SELECT c FROM a.b',
      'ORDER BY c;',
      '',
      '-- V-PROD-SYS: identity',
      '-- evidence: identity.system_identifier',
      '-- expect: 7611578671664259111',
      '--N1: no blank',
      '--expect: baseline + 2',
      'SELECT 1',
      '```',
    ].join('\n');
    const { checks, problems, units } = readText(text);
    expect(problems).toEqual([]);
    expect(
      checks.map(({ id, title, phase, evidence, position }) => [id, title, phase, evidence, position]),
    ).toEqual([
      [
        'PF-1',
        'é rows and 😀',
        'preflight',
        null,
        { start: { line: 3, column: 4 }, end: { line: 3, column: 8 } },
      ],
      [
        'V-PROD-SYS',
        'identity',
        'preflight',
        'identity.system_identifier',
        { start: { line: 11, column: 4 }, end: { line: 11, column: 14 } },
      ],
      ['N1', 'no blank', 'preflight', null, { start: { line: 14, column: 3 }, end: { line: 14, column: 5 } }],
    ]);
    expect(checks[0]!.expect).toEqual([
      { text: 'a|b||t', position: { start: { line: 4, column: 12 }, end: { line: 4, column: 18 } } },
      { text: '', position: { start: { line: 5, column: 11 }, end: { line: 5, column: 11 } } },
      {
        text: ' two blanks, then trailing',
        position: { start: { line: 7, column: 12 }, end: { line: 7, column: 38 } },
      },
    ]);
    expect(checks[1]!.evidencePosition).toEqual({
      start: { line: 12, column: 14 },
      end: { line: 12, column: 40 },
    });
    expect(checks.map(({ statement }) => statement)).toEqual([
      units[0]!.statements[0],
      null,
      units[0]!.statements[1],
    ]);
  });

  it('may run over several fences', () => {
    const text = `\`\`\`sql verify\n${good}\n\`\`\`\n\nText.\n\n\`\`\`sql verify\n${good.replace('V-1', 'V-2')}\n\`\`\`\n`;
    const { checks, problems } = readText(text);
    expect(problems).toEqual([]);
    expect(checks.map(({ id, position }) => [id, position.start.line])).toEqual([
      ['V-1', 2],
      ['V-2', 10],
    ]);
  });

  it('is not read from migrations', () => {
    expect(readFence('migration', '-- V-1: x\n-- expect: 1\nCREATE SCHEMA a;').checks).toEqual([]);
  });
});

describe('each bad form has a problem', () => {
  const unread = 'a comment that looks like a check but is not read as one';
  it.each<[string, string, readonly string[]]>([
    ['a statement alone', SELECT, ['check-format 3:1 statement without a check']],
    ['no title', `-- V-1:\n-- expect: 6\n${SELECT}`, ['check-format 3:4 check V-1 has no title']],
    ['no expectation', `-- V-1: rows\n${SELECT}`, ['check-format 3:4 check V-1 expects nothing']],
    ['no statement', '-- V-1: rows\n-- expect: 6', ['check-format 3:4 check V-1 has no statement']],
    [
      'two titles for one statement',
      `-- V-1: rows\n-- expect: 6\n-- V-2: rows\n-- expect: 6\n${SELECT}`,
      ['check-format 3:4 check V-1 has no statement'],
    ],
    ['two statements for one title', `${good}\n${SELECT}`, ['check-format 6:1 statement without a check']],
    [
      'an expectation above the title',
      `-- expect: 6\n-- V-1: rows\n${SELECT}`,
      ['check-format 3:12 no check stands above this line', 'check-format 4:4 check V-1 expects nothing'],
    ],
    [
      'an expectation below the statement',
      `-- V-1: rows\n${SELECT}\n-- expect: 6`,
      ['check-format 3:4 check V-1 expects nothing', 'check-format 5:12 no check stands above this line'],
    ],
    [
      'evidence and a statement',
      `-- V-1: x\n-- evidence: catalogue.delta\n-- expect: 6\n${SELECT}`,
      ['check-format 6:1 statement without a check'],
    ],
    [
      'unknown evidence',
      '-- V-1: x\n-- evidence: catalog\n-- expect: 6',
      ['check-format 4:14 unknown evidence "catalog"'],
    ],
    [
      'evidence without a name',
      '-- V-1: x\n-- evidence:\n-- expect: 6',
      ['check-format 4:13 unknown evidence ""', 'check-format 3:4 check V-1 has no statement'].slice(0, 1),
    ],
    [
      'a baseline beside a row',
      `-- V-1: x\n-- expect: baseline\n-- expect: 6\n${SELECT}`,
      ['check-format 4:12 check V-1: "baseline" must be the only expectation'],
    ],
    [
      'an expectation without a blank',
      `${good}\n-- V-2: x\n-- expect: 1\n-- expect:2\n${SELECT}`,
      [`check-format 8:1 ${unread}`],
    ],
    [
      'an expectation without a colon',
      `-- V-1: x\n-- expect: 1\n-- expect 2\n${SELECT}`,
      [`check-format 5:1 ${unread}`],
    ],
    ['another case', `-- V-1: x\n-- expect: 1\n-- Expect: 2\n${SELECT}`, [`check-format 5:1 ${unread}`]],
    ['another word', `-- V-1: x\n-- expect: 1\n-- expected: 2\n${SELECT}`, [`check-format 5:1 ${unread}`]],
    [
      'a title in lower case',
      `-- V-1: x\n-- expect: 1\n-- v-2: y\n${SELECT}`,
      [`check-format 5:1 ${unread}`],
    ],
    ['a title with a dash', `-- V-1: x\n-- expect: 1\n-- V-2 — y\n${SELECT}`, [`check-format 5:1 ${unread}`]],
    [
      'an indented expectation',
      `-- V-1: x\n-- expect: 1\n  -- expect: 2\n${SELECT}`,
      [`check-format 5:3 ${unread}`],
    ],
    ['an expectation behind a statement', `${good} -- expect: 2`, [`check-format 5:27 ${unread}`]],
    [
      'an expectation inside of a statement',
      `-- V-1: x\n-- expect: 1\nSELECT\n-- expect: 2\n1;`,
      [`check-format 6:1 ${unread}`],
    ],
    [
      'a check inside of a statement',
      `-- V-1: x\n-- expect: 1\nSELECT\n-- V-2: y\n1;`,
      [`check-format 6:1 ${unread}`],
    ],
    [
      'an expectation in a block comment',
      `-- V-1: x\n-- expect: 1\n/*\n-- expect: 2\n*/\n${SELECT}`,
      [`check-format 5:1 ${unread}`],
    ],
    ['a check in a block comment', `${good}\n/* V-2: y */`, [`check-format 6:1 ${unread}`]],
    [
      'a check behind a last statement without a semicolon',
      '-- V-1: x\n-- expect: 1\nSELECT 1\n-- V-2: y\n-- expect: 2',
      ['check-format 6:4 check V-2 has no statement'],
    ],
  ])('%s', (_, sql, expected) => {
    expect(problemsOf(sql)).toEqual(expected);
  });

  it.each([
    ['a text that looks like one', `-- V-1: x\n-- expect: 1\nSELECT '\n-- expect: 2\n-- V-9: z\n';`],
    ['a remark that names an id', `-- V-1 and V-2 belong together.\n${good}`],
    ['a remark with a colon', `-- Note: as measured.\n${good}`],
    ['a ruler', `-- ---------------\n${good}`],
  ])('and nothing is said of %s', (_, sql) => {
    expect(problemsOf(sql)).toEqual([]);
    expect(readFence('verify', sql).checks.map(({ id }) => id)).toEqual(['V-1']);
  });

  it('in time in proportion to the text', () => {
    const start = performance.now();
    problemsOf(
      `-- V-1: x${' '.repeat(200_000)}y\n-- expect: 1${' '.repeat(200_000)}y\n/*${'\n'.repeat(10_000)}*/${SELECT}`,
    );
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('evidence', () => {
  it.each([
    'identity.system_identifier',
    'identity.database',
    'identity.role',
    'provenance.migration_sha256',
    'provenance.rollback_sha256',
    'catalogue.delta',
  ])('%s', (name) => {
    expect(problemsOf(`-- PF-1: x\n-- evidence: ${name}\n-- expect: y`, 'preflight')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/usage-error.js';
import { COMMANDS, planOf, type Small } from './small-corpus.js';

/** The message with which a plan is refused; fails the test where it is not. */
async function refusal(changes: Partial<Small>): Promise<string> {
  const error: unknown = await planOf(changes).then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).code).toBe('plan-refused');
  return (error as UsageError).message;
}

const without = (step: string) => COMMANDS.filter((line) => !line.endsWith(` ${step}`));
describe('a law', () => {
  it('gives its commands and gates to the plan as they stand', async () => {
    const { commands, gates } = await planOf();
    expect(commands.map(({ id, step }) => `${id} ${step}`)).toEqual(COMMANDS);
    expect(gates).toEqual([
      { id: 'G-02', gate: 'backup-age', appliesTo: 'C-06', maxAgeSeconds: 3600 },
      { id: 'G-04', gate: 'identity', appliesTo: 'C-01', maxAgeSeconds: null },
    ]);
  });

  it.each(COMMANDS)('is refused without %s', async (line) => {
    const step = line.split(' ')[1] as string;
    expect(await refusal({ commands: without(step), gates: ['G-04 identity C-01'] })).toBe(
      `knowledge/law.md: no command has the step ${step}`,
    );
  });

  it.each(COMMANDS)('is refused where %s is there twice', async (line) => {
    const step = line.split(' ')[1];
    const at = COMMANDS.indexOf(line) + 1;
    const commands = [...COMMANDS.slice(0, at), `C-99 ${step}`, ...COMMANDS.slice(at)];
    expect(await refusal({ commands })).toBe(`knowledge/law.md: the step ${step} is there twice`);
  });

  it('is refused in every other order of two neighbours', async () => {
    for (let at = 0; at + 1 < COMMANDS.length; at++) {
      const commands = [...COMMANDS];
      [commands[at], commands[at + 1]] = [COMMANDS[at + 1]!, COMMANDS[at]!];
      expect(await refusal({ commands })).toMatch(
        /^knowledge\/law\.md: the step \S+ is out of order; the order is/,
      );
    }
  });

  it('is refused backwards', async () => {
    expect(await refusal({ commands: [...COMMANDS].reverse() })).toContain('is out of order');
  });

  it('is refused where two commands, or two gates, have one id', async () => {
    const commands = COMMANDS.map((line) => line.replace('C-05', 'C-06'));
    expect(await refusal({ commands })).toContain('two commands have the id C-06');
    const twice = ['G-04 identity C-01', 'G-04 ddl-staged C-06'];
    expect(await refusal({ gates: twice })).toContain('two gates have the id G-04');
  });

  it("is refused where it takes the executor's own id", async () => {
    const commands = COMMANDS.map((line) => line.replace('C-05', 'LOCK'));
    expect(await refusal({ commands })).toContain("the id LOCK is the executor's own");
  });

  it('is refused where a gate applies to no command', async () => {
    expect(await refusal({ gates: ['G-04 identity C-77'] })).toBe(
      'knowledge/law.md: gate G-04 applies to C-77, which is no command of the law',
    );
  });

  it('is refused where a gate has no age that it needs, or one that it has no use for', async () => {
    expect(await refusal({ gates: ['G-02 backup-age C-06'] })).toContain(
      'gate G-02 names no max_age_seconds',
    );
    expect(await refusal({ gates: ['G-04 identity C-01 60'] })).toContain('has no use for it');
    expect(await refusal({ gates: [`G-02 backup-age C-06 ${'9'.repeat(400)}`] })).toContain(
      'no number of seconds',
    );
  });
});

describe("a package's own limit for a gate", () => {
  const ageOf = async (changes: Partial<Small>) =>
    (await planOf(changes)).gates.find(({ id }) => id === 'G-02')?.maxAgeSeconds;

  it('may be stricter than the law', async () => {
    expect(await ageOf({ ownGates: ['G-02 60'] })).toBe(60);
    expect(await ageOf({ ownGates: ['G-02 0'] })).toBe(0);
  });

  it('is never looser than the law', async () => {
    expect(await ageOf({ ownGates: ['G-02 3601'] })).toBe(3600);
    expect(await ageOf({ ownGates: ['G-02 99999999999999999999'] })).toBe(3600);
  });

  it('is compared as a number, and the strictest of several counts', async () => {
    expect(await ageOf({ ownGates: ['G-02 900'] })).toBe(900);
    expect(await ageOf({ ownGates: ['G-02 7200', 'G-02 30', 'G-02 3599'] })).toBe(30);
  });

  it('may give an age to a law that has none', async () => {
    expect(await ageOf({ gates: ['G-02 backup-age C-06'], ownGates: ['G-02 120'] })).toBe(120);
  });

  it('is refused for a gate that the law does not have, or that has no age', async () => {
    expect(await refusal({ ownGates: ['G-22 60'] })).toBe(
      'knowledge/law.md: no gate G-22, for which knowledge/package.md has a limit',
    );
    expect(await refusal({ ownGates: ['G-04 60'] })).toContain('gate G-04 has an age');
  });
});

describe('limits', () => {
  it('are milliseconds', async () => {
    const { limits } = await planOf({ limits: '{ lock_timeout: 250ms, statement_timeout: 3min }' });
    expect(limits).toEqual({ lockTimeoutMs: 250, statementTimeoutMs: 180_000 });
  });

  it('are refused where the server could not keep them, or would take them for none', async () => {
    for (const bad of ['2147483648ms', `${'9'.repeat(400)}s`, '0s', '5', '5h', '-5s'])
      expect(await refusal({ limits: `{ lock_timeout: ${bad}, statement_timeout: 1s }` })).toContain(
        'no limit that the server could keep',
      );
  });
});

describe('a check', () => {
  const one = (expectation: string, answer = 'SELECT 1;') =>
    `-- X-1: a title\n${expectation
      .split('\n')
      .map((line) => `-- expect: ${line}\n`)
      .join('')}${answer}\n`;
  const expected = async (expectation: string) =>
    (await planOf({ verify: one(expectation) })).verification.checks[0]?.expected;

  it.each([
    ['1', { kind: 'rows', rows: ['1'] }],
    ['a|b|', { kind: 'rows', rows: ['a|b|'] }],
    ['one\ntwo', { kind: 'rows', rows: ['one', 'two'] }],
    ['', { kind: 'rows', rows: [''] }],
    ['(no rows)', { kind: 'rows', rows: [] }],
    ["'(no rows)'", { kind: 'rows', rows: ['(no rows)'] }],
    ['baseline', { kind: 'baseline', offset: null }],
    ['baseline + 2', { kind: 'baseline', offset: 2 }],
    ['baseline - 30', { kind: 'baseline', offset: -30 }],
    ['baseline + 0', { kind: 'baseline', offset: 0 }],
    ["'baseline'", { kind: 'rows', rows: ['baseline'] }],
    ["'baseline + 2'", { kind: 'rows', rows: ['baseline + 2'] }],
    ["''", { kind: 'rows', rows: ["''"] }],
    ["'text'", { kind: 'rows', rows: ["'text'"] }],
    ["'Baseline+2'", { kind: 'rows', rows: ['Baseline+2'] }],
    ["'baseline'\n'baseline + 2 of them'", { kind: 'rows', rows: ['baseline', 'baseline + 2 of them'] }],
  ])('that expects %j is read', async (text, meaning) => {
    expect(await expected(text)).toEqual(meaning);
  });

  it.each([
    'baseline\n1',
    '1\nbaseline',
    'baseline\nbaseline',
    'baseline + 1\n2',
    '(no rows)\n1',
    '1\n(no rows)',
  ])('that expects %j is refused', async (text) => {
    expect(await refusal({ verify: one(text) })).toMatch(
      /^knowledge\/package\.md:\d+: check X-1: .* must be the only expectation$/,
    );
  });

  it.each(['baseline+2', 'Baseline', 'baseline + two', '(No rows)', 'no rows', '1\nbaseline of two'])(
    'that expects %j, which is nearly a word of the notation, is refused',
    async (text) => {
      expect(await refusal({ verify: one(text) })).toContain('is no word of the notation');
    },
  );

  it('may not expect a baseline in the preflight', async () => {
    for (const text of ['baseline', 'baseline + 1'])
      expect(await refusal({ preflight: one(text) })).toMatch(/check X-1: a baseline is read in the state/);
    const { preflight } = await planOf({ preflight: one("'baseline'") });
    expect(preflight.checks[0]?.expected).toEqual({ kind: 'rows', rows: ['baseline'] });
  });

  it('may not expect a baseline of evidence', async () => {
    const verify = one('baseline', '-- evidence: identity.database');
    expect(await refusal({ verify })).toMatch(/check X-1: evidence has no value before the migration/);
  });

  it('has one answer: a statement or evidence', async () => {
    expect(await refusal({ verify: one('1', '') })).toContain('answered by one statement, or by evidence');
    const answered = one('1', '-- evidence: identity.database');
    const { verification } = await planOf({ verify: answered });
    expect(verification.checks[0]).toMatchObject({ evidence: 'identity.database', statement: null });
  });
});

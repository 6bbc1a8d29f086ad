import { describe, expect, it } from 'vitest';
import { foldedName } from '../../src/check/folded-name.js';

describe('a name as two are compared', () => {
  it.each([
    'Migration  Agent',
    'migrаtion аgent',
    'migration agent.',
    'migration-agent',
    'migration agent <a@b.c>',
    'migration\u00a0agent',
    'ｍigration agent',
  ])('%s', (name) => {
    expect(foldedName(name)).toBe('migration agent');
  });

  it('tells others apart, and knows who has no name', () => {
    const names = ['agent 1', 'agent 2', 'Анна', 'Иван', '<a@b.c>', '<a@b.d>', '...', '张伟'];
    expect(new Set(names.map(foldedName)).size).toBe(names.length);
    for (const name of names) expect(foldedName(name)).not.toBe('');
    for (const name of [undefined, '', ' ', '\u200b']) expect(foldedName(name)).toBe('');
  });
});

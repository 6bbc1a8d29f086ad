import { expect, it } from 'vitest';
import { patternWords } from '../../src/load/pattern-words.js';
import { readSchema } from '../../src/load/schemas.js';
import { KINDS } from '../../src/model/kinds.js';

/** Every pattern in a schema, however deep. */
function patternsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'pattern' && typeof value === 'string' ? [value] : patternsIn(value),
  );
}

const written = (['config', 'common', ...KINDS] as const).flatMap((name) => patternsIn(readSchema(name)));

it.each([...new Set(written)])('%s is said in words, with an example that it takes', (pattern) => {
  const words = patternWords(pattern);
  expect(words).not.toContain(pattern);
  const example = /such as (?:"openssl[^"]*"|[^,"…]*?)(?= or |…|, | prints|$)/
    .exec(words)?.[0]
    .slice('such as '.length);
  expect(example).toBeDefined();
  const digits = { '5b1f': '5b1f'.repeat(16), '"openssl rand -hex 16"': '5b1f'.repeat(8) }[example!];
  expect(digits ?? example).toMatch(new RegExp(pattern, 'u'));
});

it('the pattern of a schema of a team is shown as it is', () => {
  expect(patternWords('^a+$')).toBe('text that matches ^a+$');
  expect(patternWords('constructor')).toBe('text that matches constructor');
});

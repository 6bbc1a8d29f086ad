import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { globMatcher } from '../../src/load/glob-matcher.js';

const GLOBS = [
  '**/*.md',
  'a/**/*.md',
  'a-b/c/**/*.md',
  '**/*.txt',
  'a/*.md',
  '**/b*.md',
  '.a/**/*.md',
  'a/**',
];
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'a-b', '.a', '.', '..', '', '.md', 'x.md', 'X.MD', 'b.md', 'é.md', 'a b.md'),
  fc.string({ unit: fc.constantFrom('a', '.', '-', '\n', '\u2028', 'md', '.md', '*'), maxLength: 4 }),
);

describe('the matcher of globs', () => {
  it('says what picomatch says', () => {
    const paths = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.subarray(GLOBS, { minLength: 1 }), paths, (globs, path) => {
        fc.pre(path !== '');
        expect(globMatcher(globs)(path)).toBe(picomatch([...globs])(path));
      }),
      { numRuns: 5000 },
    );
  });

  it.each(['a/b/x.md', 'a/x.md', 'x.md', 'a/b.c/x.y.md'])('finds %s', (path) => {
    expect(globMatcher(['**/*.md'])(path)).toBe(true);
  });
});

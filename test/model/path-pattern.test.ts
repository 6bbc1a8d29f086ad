import { describe, expect, it } from 'vitest';
import { pathMatcher } from '../../src/model/path-pattern.js';

describe('a path with * or **', () => {
  it.each([
    ['knowledge/*.md', 'knowledge/a.md'],
    ['knowledge/*-ddl-*.md', 'knowledge/x-ddl-draft-ddl-2026.md'],
    ['knowledge/**/a.md', 'knowledge/a.md'],
    ['knowledge/**/a.md', 'knowledge/x/y/a.md'],
    ['knowledge/**a*b.md', 'knowledge/x/a/ab/axb.md'],
    ['**/x/*.md', 'knowledge/x/x/a.md'],
    ['knowledge/*/**/*.md', 'knowledge/x/a.md'],
    ['*ab*ab.md', 'ab-ab.md'],
    ['a.md', 'a.md'],
  ])('%s names %s', (pattern, path) => {
    expect(pathMatcher(pattern)(path)).toBe(true);
  });

  it.each([
    ['knowledge/*.md', 'knowledge/x/a.md'],
    ['knowledge/*.md', 'knowledge/a.md.md/x'],
    ['*/*', 'a/b/c'],
    ['knowledge/*/**/*.md', 'knowledge/a.md'],
    ['*ab*ab.md', 'ab.md'],
    ['knowledge/a*a.md', 'knowledge/a.md'],
    ['knowledge/+.md', 'knowledge/a.md'],
    ['a.md', 'xa.md'],
  ])('%s does not name %s', (pattern, path) => {
    expect(pathMatcher(pattern)(path)).toBe(false);
  });

  it('says what a regular expression of the same meaning says', () => {
    const some = (letters: string, length: number, seed: number) =>
      Array.from({ length }, (_, at) => letters[(seed >>> (2 * at)) % letters.length]).join('');
    const differ = Array.from({ length: 60_000 }, (_, seed) => {
      const pattern = some('ab/***', seed % 8, seed * 2_654_435);
      const path = some('aab/', seed % 9, seed * 40_503);
      const source = pattern.replace(/\*\*\/?|\*/g, (star) => (star === '*' ? '[^/]*' : '.*'));
      return pathMatcher(pattern)(path) === new RegExp(`^${source}$`).test(path) ? null : [pattern, path];
    });
    expect(differ.filter((one) => one !== null)).toEqual([]);
  });

  it.each(['*a', '**a', '**a*b', 'a*', '**/'])('takes no long time for many "%s"', (part) => {
    const pattern = `knowledge/${part.repeat(2000)}c.md`;
    expect(pathMatcher(pattern)(`knowledge/${'a'.repeat(4000)}.md`)).toBe(false);
  });
});

import GithubSlugger, { slug } from 'github-slugger';
import { describe, expect, it } from 'vitest';
import { Slugs } from '../../src/parse/fast/slugs.js';

describe('anchors of headings', () => {
  it('are those of the slugger for every character', () => {
    const others: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += code < 0x10000 ? 1 : 0x101) {
      const heading = `A ${String.fromCodePoint(code)}-b_ Ç`;
      if (new Slugs().next(heading) !== slug(heading)) others.push(code.toString(16));
    }
    expect(others).toEqual([]);
  });

  it('get the same numbers where they are repeated', () => {
    const headings = ['A', 'a', 'a-1', 'A', '', '', '😀', '—', 'constructor', '__proto__', 'A 1', 'a-1'];
    const [slugs, slugger] = [new Slugs(), new GithubSlugger()];
    expect(headings.map((one) => slugs.next(one))).toEqual(headings.map((one) => slugger.slug(one)));
  });
});

import { describe, expect, it } from 'vitest';
import { readReferenceBlocks } from '../../src/parse/reference.js';
import { SourceText } from '../../src/parse/source-text.js';
import { generate, mutate } from '../equality/fragments.js';
import { Random } from '../equality/random.js';
import { readSource } from '../equality/sources.js';

/** Blocks of a text with a last word; without what its own bytes are, where it stands in a fence or definition. */
function blocksWith(text: string, word: string) {
  const blocks = readReferenceBlocks(new SourceText(Buffer.from(`${text}\n\n${word}\n`)));
  return JSON.parse(
    JSON.stringify(blocks, (key, value) => (key === 'digest' ? '' : value)).replaceAll(word, '0'),
  );
}

describe('the reference reader', () => {
  it('reads the same whether or not it looks for addresses, where there are none', () => {
    const random = new Random(20_261_122);
    const texts = readSource('knowledge').documents.map(({ text }) => text);
    let without = 0;
    for (let count = 0; count < 300; count++) {
      const text = count % 2 === 0 ? generate(random) : mutate(random, texts);
      if (/@|www\.|https?:/i.test(text)) continue;
      without += 1;
      // The sign alone is no address, and no other character has a meaning in its place.
      expect(blocksWith(text, '@'), JSON.stringify(text)).toEqual(blocksWith(text, '%'));
    }
    expect(without).toBeGreaterThan(80);
  });

  it.each([
    ['an address with https', '# https://a.b/_c_ _d_', 'https://a.b/_c_ d'],
    ['an address with capital letters', '# HTTP://a.b/_c_ _d_', 'HTTP://a.b/_c_ d'],
    ['an address with www', '# Www.a.b/_c_ _d_', 'Www.a.b/_c_ d'],
    ['an address of mail', '# a_b_c@d.ef _d_', 'a_b_c@d.ef d'],
  ])('leaves the marks in %s', (_, text, heading) => {
    const { headings } = readReferenceBlocks(new SourceText(Buffer.from(text)));
    expect(headings.map((one) => one.text)).toEqual([heading]);
  });
});

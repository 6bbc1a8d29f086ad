import { describe, expect, it } from 'vitest';
import { readFrontMatter } from '../../src/parse/front-matter.js';
import { frontMatterLines } from '../../src/parse/front-matter-lines.js';
import { readPlainFrontMatter } from '../../src/parse/plain-front-matter.js';
import { SourceText } from '../../src/parse/source-text.js';
import { Random } from '../equality/random.js';
import { readSource } from '../equality/sources.js';

function readBoth(block: string) {
  const source = new SourceText(Buffer.from(`---\n${block}---\n`));
  const lines = frontMatterLines(source)!;
  return { plain: readPlainFrontMatter(source, lines), whole: readFrontMatter(source, lines) };
}

/** Whether the plain reader decided; then it must say what the whole one says. */
function agrees(block: string): boolean {
  const { plain, whole } = readBoth(block);
  if (plain) expect(whole, JSON.stringify(block)).toEqual({ header: plain, problems: [] });
  return plain !== null;
}

describe('plain front matter', () => {
  it.each([
    'kind: note\n',
    'a: b\n\n# comment\nc: d\n',
    'a: "b"\nc: \'d\' # why\n',
    'a:\n  b:\n    c: d\n  e: f\n',
    'a:\n  - b\n  - c\nd: e\n',
    'a:\n- b\n- c\n',
    'a:\n  - document: x/y.md\n    revision: r1\n  - document: z\n',
    'a:\nb: c\n',
    'a: [b.c, d.e]\ne: []\n',
    'a: [b c, d - e]\n',
    'a: b:c d#e\n',
    'a: é — §7 😀\n',
    'a: 0e12\nb: ~\n',
  ])('is read without a YAML reader: %j', (block) => {
    expect(agrees(block)).toBe(true);
  });

  it.each([
    '',
    'a: b\na: c\n',
    'a: &x b\n',
    'a: *x\n',
    'a: !!str b\n',
    'a: |\n  b\n',
    'a: >\n  b\n',
    'a: {b: c}\n',
    'a: "\\u0041"\n',
    "a: 'it''s'\n",
    'a: b\n  c\n',
    'a: b: c\n',
    '? a\n',
    '- a\n',
    'a:\tb\n',
    '__proto__: a\n',
    'a.b: c\n',
    '%YAML 1.2\n',
    'a: b\r\n',
    'a: \u202e\n',
    'a: b\n...\n',
    '"a": b\n',
    'a: @b\n',
    'a: - b\n',
    `a: ${'b'.repeat(16 * 1024)}\n`,
  ])('leaves to it what is more: %j', (block) => {
    expect(agrees(block)).toBe(false);
  });

  it('means the same for what is in our own documents, and for what may become of it', () => {
    const random = new Random(7);
    const blocks = readSource('knowledge').documents.flatMap(({ text }) => {
      const end = text.startsWith('---\n') ? text.indexOf('\n---\n') : -1;
      return end < 0 ? [] : [text.slice(4, end + 1)];
    });
    expect(blocks.length).toBeGreaterThan(8);
    expect(blocks.every(agrees)).toBe(true);
    const signs = [...' \n:#-"\'[],&*!|>{}%@`~?.=\\\t'].concat(
      '  ',
      '\n  ',
      '- ',
      ': ',
      ' #',
      '\n- ',
      'a: ',
      "''",
      '---',
      '<<',
    );
    let decided = 0;
    for (let count = 0; count < 6000; count++) {
      let block = random
        .pick(blocks)
        .split('\n')
        .slice(0, 1 + random.below(24))
        .join('\n');
      for (let changes = random.below(4); changes > 0; changes--) {
        const at = random.below(block.length + 1);
        const kind = random.below(3);
        if (kind === 0) block = block.slice(0, at) + random.pick(signs) + block.slice(at);
        else if (kind === 1) block = block.slice(0, at) + block.slice(at + 1 + random.below(6));
        else
          block =
            block.slice(0, at) +
            block.slice(at).replace('\n', random.pick(['\n  ', '\n\n', '', '\n#', ' \n']));
      }
      if (agrees(`${block}\n`)) decided += 1;
    }
    expect(decided).toBeGreaterThan(1500);
  });
});

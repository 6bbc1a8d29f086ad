import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/parse/parse-document.js';

const read = (text: string) => parseDocument('a.md', Buffer.from(text));

describe('a comment that takes findings back', () => {
  it('names its rules and its reason, and has its place', () => {
    const { suppressions } = read(
      'text\n\n  <!-- probatum-disable-next-line no-a, no-b: as agreed: once -->\nmore\n',
    );
    expect(suppressions).toEqual([
      {
        rules: ['no-a', 'no-b'],
        reason: 'as agreed: once',
        line: 3,
        position: { start: { line: 3, column: 3 }, end: { line: 3, column: 66 } },
      },
    ]);
  });

  it.each(['<!-- probatum-disable-next-line no-a -->', '<!-- probatum-disable-next-line no-a:  -->'])(
    'has no reason in %s',
    (line) => {
      expect(read(`${line}\n`).suppressions).toMatchObject([{ rules: ['no-a'], reason: null }]);
    },
  );

  it.each([
    'text <!-- probatum-disable-next-line no-a: why -->',
    '<!-- probatum-disable-next-line no-a: why --> text',
    '<!-- probatum-disable-next-line no-a: why --> <!-- x -->',
    '<!-- probatum-disable-next-line -->',
    '<!-- probatum-disable-next-line : why -->',
    '<!-- probatum-disable-next-line no a: why -->',
    '<!-- probatum-disable-line no-a: why -->',
    '```\n<!-- probatum-disable-next-line no-a: why -->\n```',
    '    <!-- probatum-disable-next-line no-a: why -->',
  ])('is none in %j', (text) => {
    expect(read(`${text}\n`).suppressions).toEqual([]);
  });
});

describe('places that links can lead to besides headings', () => {
  it.each([
    ['<a id="one"></a>', ['one']],
    ["text <a name='two' class=x> and <div ID=three>", ['two', 'three']],
    ['## Title {#four}', ['four']],
    ['## Title {#five} ##', ['five']],
    ['Title {#six}\n=====', ['six']],
    ['Title {#none}', []],
    ['<a data-id="none"> <b id="">', []],
    ['`x`\n\n    <a id="none">\n\n```\n<a id="none">\n```', []],
  ])('%j', (text, anchors) => {
    expect(read(`${text}\n`).anchors).toEqual(anchors);
  });
});

describe('links', () => {
  it('are those that can lead into the repository', () => {
    const text =
      '[a](b.md) [c](#d) [e](https://f.g) <https://h.i> [j](//k.l) [m](mailto:n@o.p) www.q.r ![s](t.png)\n\n[u]: ../v.md\n[w]: HTTPS://x.y\n';
    expect(read(text).links.map(({ url }) => url)).toEqual(['b.md', '#d', 't.png', '../v.md']);
  });
});

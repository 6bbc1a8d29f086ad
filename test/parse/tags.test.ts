import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/parse/parse-document.js';

const read = (text: string) => parseDocument('a.md', Buffer.from(text));

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

import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/parse/parse-document.js';
import { parseFast } from '../../src/parse/parse-fast.js';

const parsed = (text: string) => parseDocument('knowledge/a.md', Buffer.from(text));
const links = (text: string) =>
  parsed(text).links.map(({ url, position: { start, end } }) => [
    url,
    `${start.line}:${start.column}-${end.line}:${end.column}`,
  ]);

describe('links in HTML', () => {
  it.each<[string, string, [string, string][]]>([
    [
      'of an anchor and an image, in each way to quote',
      `<a href="b.md#x">b</a> <A class='c' HREF = 'c.md' ><img alt src=d.png/>`,
      [
        ['b.md#x', '1:10-1:16'],
        ['c.md', '1:45-1:49'],
        ['d.png/', '1:65-1:71'],
      ],
    ],
    [
      'beside those of Markdown',
      '[x](x.md) <a href="b.md">',
      [
        ['x.md', '1:1-1:10'],
        ['b.md', '1:20-1:24'],
      ],
    ],
    ['over lines', '<div>\r\n<a\r\n  href=" b.md "\r\n>', [['b.md', '3:10-3:14']]],
    ['with references of characters', '<a href="b&#46;md&amp;c">', [['b.md&c', '1:10-1:24']]],
    ['behind other scripts', 'ä😀 <a href="b.md">', [['b.md', '1:14-1:18']]],
    ['in a cell', '| a |\n| - |\n| <a href="b.md"> |\n', [['b.md', '3:12-3:16']]],
    ['behind code', '``a ` `` and `b` <a href="b.md">`c`</a>', [['b.md', '1:27-1:31']]],
    ['behind a comment', '<!-- <a href="x.md">\n--> <a href="b.md">', [['b.md', '2:14-2:18']]],
  ])('are read %s', (_, text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  it.each([
    [
      'elsewhere',
      '<a href="https://example.org/b.md"> <a href="//b.md"> <a href="mailto:a@b.c"> <a href="">',
    ],
    ['in code', '`<a href="b.md">` and `` ` <a href="b.md"> ``'],
    ['in code over lines', 'a `b\n<a href="b.md"> c` d'],
    ['in code blocks', '```\n<a href="b.md">\n```\n\n    <a href="b.md">\n'],
    ['in a comment, script, style or text area', '<!--\n\n<a href="b.md"> -->'],
    ['in a script', '<script>\n"<a href=\'b.md\'>"\n</script>'],
    ['in a comment without an end', '<!-- <a href="b.md">\n\n<a href="b.md">'],
    [
      'in another attribute',
      `<a title='<a href="b.md">' data-href="b.md"> <b href="b.md"> <p title="href='b.md'">`,
    ],
    ['in what is no tag', '\\<a href="b.md"> <a href="b.md" <a href="b.md"\n\n> <a href=b.md"x>'],
    ['over the lines of an address', '<a href="b\n.md">'],
    ['switched off', '<a href="#_" aria-disabled="true">x</a> <a aria-disabled = true href="b.md">'],
  ])('are none %s', (_, text) => {
    expect(links(text)).toEqual([]);
  });

  it('are the same for both readers', () => {
    const text =
      '# `<a` b\n\n- `x\n  <a href="b.md">`\n\n> <img src="c.png">\n\n<a\nid="d" href="e.md"></a>\n';
    expect(parseFast('knowledge/a.md', Buffer.from(text), null)?.links).toEqual(parsed(text).links);
    expect(links(text).map(([url]) => url)).toEqual(['c.png', 'e.md']);
  });
});

it('a tag over lines gives its names to places', () => {
  expect(parsed('<a class="x"\n  id="one"\n  name="two"></a>\n').anchors).toEqual(['one', 'two']);
});

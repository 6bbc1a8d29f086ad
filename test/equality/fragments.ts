import type { Random } from './random.js';

/*
 * Documents from fragments of Markdown: what opens, continues and ends blocks, and inline markup, thrown together so
 * that the seams between constructs come up much more often than in anything that somebody wrote.
 */

const STARTS = [
  '',
  '',
  '',
  '',
  '',
  ' ',
  '  ',
  '   ',
  '    ',
  '     ',
  '\t',
  ' \t',
  '> ',
  '>',
  '> > ',
  '>\t',
  '- ',
  '-',
  '-\t',
  '-     ',
  '* ',
  '+ ',
  '1. ',
  '2. ',
  '1) ',
  '12. ',
  '1234567890. ',
  '# ',
  '## ',
  '###### ',
  '####### ',
  '#',
  '[^a]: ',
  '  - ',
  '   1. ',
  '- - ',
  '> - ',
  '- > ',
  '- [ ] ',
] as const;

const LINES = [
  '',
  '',
  '',
  '---',
  '***',
  '===',
  '--',
  '-',
  '=',
  '- - -',
  '```',
  '~~~',
  '````',
  '```sql migration',
  '``` yaml',
  '~~~ a`b',
  '    code',
  '\tcode',
  '| a | b |',
  '|---|---|',
  '| - |',
  '|-',
  ':-',
  '-|-',
  ':-: | -:',
  'a | b',
  '| `a|b` | **c** |',
  '||',
  '|',
  'a \\| b | c',
  '[a]: /url',
  '[a]: <u> "t"',
  "[b]:\n/x 'y'",
  '[^a]: note',
  '[a]: b c',
  '<div>',
  '</div>',
  '<!-- c -->',
  '<!--',
  '-->',
  '<?php',
  '?>',
  '<a id="x">',
  '<span>',
  '<pre>',
  '</pre>',
  '<![CDATA[',
  ']]>',
  '<!X y>',
  '# h',
  '## h ##',
  '# {#id}',
  '#',
  'key: value',
  '- key: value',
  'revision: r1',
  '§1 — A',
  '| --- | --- |',
  '<!-- probatum-disable-next-line a, b: why -->',
  '<a name="y"></a>',
  '<!-- probatum-disable-next-line',
  'a: why -->',
  '<a href="b.md#x">',
  "<img src='p.png'",
  '<script>',
  '</script>',
  '## a {#b}',
  'see a/b.md (r2)',
  'C-01 and `N1`',
  'text',
  'more text  ',
  'text\\',
  '  indented',
] as const;

const INLINE = [
  'a',
  'b',
  'word',
  ' ',
  ' ',
  '  ',
  '*',
  '**',
  '***',
  '_',
  '__',
  '~',
  '~~',
  '~~~',
  '`',
  '``',
  '`x`',
  '[',
  ']',
  '![',
  '](',
  '(',
  ')',
  '[a]',
  '[a][]',
  '[b][a]',
  '[^a]',
  '![a]',
  '[t](u)',
  '[t](<u v> "w")',
  '![i](x.md)',
  '[t](a.md#b)',
  '<',
  '>',
  '<b>',
  '</b>',
  '<http://a.b>',
  '<a@b.c>',
  '<!-- c -->',
  '<x y="z">',
  '<a href=b.md>c</a>',
  '<img alt="" src="p&amp;q.png"/>',
  'http://a.b/c_d*',
  'https://a.b',
  'www.a.b',
  'a@b.cd',
  '&amp;',
  '&',
  '&#65;',
  '&copy',
  '&nbsp;',
  '\\',
  '\\*',
  '\\[',
  '\\`',
  '!',
  '|',
  '\\|',
  '.',
  ',',
  '"',
  "'",
  'é',
  '😀',
  '\u00a0',
  '\t',
  '{#x}',
  'x/y.md',
  '…',
  '0123456789abcdef',
  '§7',
  'G-02',
  ':',
  '#',
  '-',
  '+',
  '1.',
] as const;

const ENDS = ['\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n\n', '\n\n', '\r\n', '\r', ''] as const;

function line(random: Random): string {
  let text: string = random.below(3) === 0 ? random.pick(STARTS) + random.pick(STARTS) : random.pick(STARTS);
  if (random.below(2) === 0) return text + random.pick(LINES);
  for (let parts = random.below(8); parts >= 0; parts--) text += random.pick(INLINE);
  return text;
}

/** A document of up to a dozen odd lines. */
export function generate(random: Random): string {
  let text = random.below(20) === 0 ? '---\nkind: note\n---\n' : '';
  const plain = random.below(4) > 0;
  for (let lines = 1 + random.below(12); lines > 0; lines--)
    text += line(random) + (plain ? (random.below(6) === 0 ? '\n\n' : '\n') : random.pick(ENDS));
  return text;
}

/** A piece of a real document with a few places changed, doubled, moved or mixed with fragments. */
export function mutate(random: Random, sources: readonly string[]): string {
  const source = random.pick(sources);
  const size = 100 + random.below(500);
  const from = random.below(3) === 0 ? 0 : source.indexOf('\n', random.below(source.length)) + 1;
  let text = source.slice(from, from + size);
  for (let changes = random.below(6); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const kind = random.below(5);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1 + random.below(4));
    else if (kind === 1) text = text.slice(0, at) + random.pick(INLINE) + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + text.slice(at).replace('\n', `\n${random.pick(STARTS)}`);
    else if (kind === 3) text = text.slice(0, at) + text.slice(at).replace('\n', `\n${line(random)}\n`);
    else text = text.slice(0, at) + text.slice(at).replace('\n', random.pick(['', '\n\n', ' ', '\r\n']));
  }
  // Half of a surrogate pair is no text.
  return Buffer.from(text).toString();
}

/** A document of about so many bytes that is full of one thing. */
export interface Shape {
  readonly name: string;
  text(bytes: number): string;
}

const HEX = '0123456789abcdef';
/** No two numbers have the same one. */
function digest(at: number): string {
  return at.toString(16).padStart(6, HEX).repeat(11).slice(0, 64);
}

/** A shape of one piece, over and over. */
function repeated(name: string, piece: (at: number) => string, before = '', after = ''): Shape {
  return {
    name,
    text(bytes) {
      let text = '';
      for (let at = 0; text.length < bytes; at++) text += piece(at);
      return before + text + after;
    },
  };
}

/** A shape of two halves: what is named, and what names it. */
function both(name: string, one: (at: number) => string, other: (at: number) => string): Shape {
  return {
    name,
    text(bytes) {
      let first = '';
      let second = '';
      for (let at = 0; first.length + second.length < bytes; at++) {
        first += one(at);
        second += other(at);
      }
      return `${first}\n${second}`;
    },
  };
}

const CHECKS = '| Check | Expected | Observed | Verdict |\n| --- | --- | --- | --- |\n';

/** What rules look at, as much of it as fits. */
export const SHAPES: readonly Shape[] = [
  repeated('paths on one line', (at) => `knowledge/p${at}.md `),
  repeated('paths with revisions on one line', (at) => `knowledge/p${at}.md (r${at}) `),
  repeated('paths on lines', (at) => `knowledge/p${at}.md (rev ${at})\n`),
  repeated('patterns on one line', (at) => `knowledge/*${at}*b.md `),
  repeated('one pattern of many stars', () => '*a', 'knowledge/', 'b.md'),
  repeated('one pattern of many double stars', () => '**a*', 'knowledge/', 'b.md'),
  repeated('many stars', () => '*', 'knowledge/', '.md'),
  repeated('marks around a path', () => '*', '', 'knowledge/x.md'),
  repeated('underscores around a path', () => '_', '', 'knowledge/x.md_'),
  repeated('tildes and dots', () => '~.', '', 'knowledge/x.md'),
  repeated('slashes', () => '/', '', 'knowledge/x.md'),
  repeated('suffixes', () => '.md', 'knowledge/'),
  repeated('suffixes that go on', () => '.mdx', 'knowledge/'),
  repeated('addresses', (at) => `https://h${at}/a/b.md `),
  repeated('schemes', () => 'a', '', '://x/y.md'),
  repeated('colons and slashes', () => 'a:/', '', '/x/y.md'),
  both(
    'headings and links to them',
    (at) => `# H${at}\n`,
    (at) => `[x](#X${at})\n`,
  ),
  both(
    'headings and links with case',
    (at) => `# H${at}\n`,
    (at) => `[x](#H${at})\n`,
  ),
  both(
    'headings and links to another',
    (at) => `# H${at}\n`,
    (at) => `[x](other.md#H${at})\n`,
  ),
  repeated('links on one line', (at) => `[x](p${at}.md#a) `),
  repeated('one link on one line', () => '[x](p.md#a) '),
  repeated('links of many steps up', () => '../', '[x](', 'p.md)'),
  repeated('definitions', (at) => `[d${at}]: #d${at}\n`),
  both(
    'definitions and words',
    (at) => `[d${at}]: #d${at}\n\n`,
    (at) => `word ${at}\n\n`,
  ),
  repeated('ids on one line', (at) => `C-${at} V-${at} `),
  repeated('ids on lines', (at) => `PF-${at}a\n`),
  repeated('letters of an id', () => 'AB-', 'V-'),
  repeated('sections', (at) => `§${at} `),
  repeated('numbers of a section', () => '1.', '§'),
  both(
    'section headings and sections',
    (at) => `# §${at}\n`,
    (at) => `§${at}9 `,
  ),
  repeated('digests on one line', (at) => `${digest(at)} `),
  repeated('digests beside paths on one line', (at) => `knowledge/other.md ${digest(at)} `),
  repeated('digests beside paths on lines', (at) => `knowledge/other.md ${digest(at)}\n`),
  repeated('digests and revisions as keys', (at) => `document: knowledge/other.md\nsha256: ${digest(at)}\n`),
  both(
    'digests and short ones',
    (at) => `${digest(at)}\n`,
    (at) => `${digest(at).slice(0, 8)}… `,
  ),
  repeated('short digests', (at) => `${digest(at).slice(0, 6)}…e93eab `),
  repeated('digits', () => 'a1'),
  repeated('key and value lines', (at) => `key_${at}: value ${at}\n`),
  repeated(
    'keys of a yaml fence',
    (at) => `key_${at}:\n  document: knowledge/x${at}.md\n`,
    '```yaml\n',
    '```\n',
  ),
  repeated('lists of a yaml fence', () => '- ', '```yaml\n', '\n```\n'),
  repeated('list items as pins', (at) => `- document: knowledge/x${at}.md\n- revision: r${at}\n`),
  both(
    'rows and claims',
    (at) => `${at === 0 ? CHECKS : ''}| V-${at} | 1 | 1 | PASS |\n`,
    (at) => `${at} checks PASS\n`,
  ),
  repeated('tables', (at) => `${CHECKS}| V-${at} | 1 | 2 | PASS |\n\n${at} checks PASS\n\n`),
  repeated(
    'tables with headings',
    (at) => `# C-${at} (3/3 PASS)\n\n${CHECKS}| C-${at} | x | y | 3/3 PASS |\n\n`,
  ),
  both(
    'command rows and headings',
    (at) => `${at === 0 ? '| C | step |\n| --- | --- |\n' : ''}| C-${at} | 3/4 PASS |\n`,
    (at) => `# C-${at} s\n`,
  ),
  both(
    'deep headings',
    (at) => `${'#'.repeat((at % 6) + 1)} H (${at}/9 PASS)\n`,
    (at) => `| Check | Result |\n| --- | --- |\n| x${at} | PASS |\n\n`,
  ),
  repeated('cells', () => '| 1 ', '| a | b |\n| --- | --- |\n'),
  repeated('columns', () => '| --- ', '| a '),
  repeated('ages on one line', (at) => `age ${at} s <= 3600 s `),
  repeated('ages on lines', (at) => `age ${at} s (gate G-02: <= 3600 s)\n`),
  repeated('times in keys', (at) => `- **x${at} started:** 2026-05-16T05:03:16Z\n`),
  repeated('times', () => '2026-05-16T05:03:16Z '),
  both(
    'tables and ages',
    (at) => `| age | b |\n| --- | --- |\n| ${at} s | 2 |\n\n`,
    (at) => `age ${at} s\n\n`,
  ),
  repeated('numbers of columns', (at) => `a.t${at} has ${at} columns `),
  repeated('numbers of columns on lines', (at) => `a.t${at}: ${at} columns\n`),
  repeated('names', () => 'a.', '', ' has 3 columns'),
  repeated('status lines', () => 'execution_status: SUCCESS\n'),
  repeated(
    'suppressions',
    (at) => `<!-- probatum-disable-next-line no-broken-reference: why ${at} -->\nknowledge/x${at}.md\n\n`,
  ),
  repeated(
    'rules of one suppression',
    (at) => `rule-${at}, `,
    '<!-- probatum-disable-next-line ',
    ': why -->\n',
  ),
  repeated('suppressions without an end', () => '<!-- probatum-disable-next-line x: y\n'),
  repeated('spaces', () => ' ', 'a', 'b'),
  repeated('backticks', (at) => `${'`'.repeat(at % 300)} `),
  repeated('brackets', () => '[', '', '](x)'),
  repeated('emphasis', () => '*a_ '),
  repeated('words', () => 'word ', '', ''),
  repeated('letters', () => 'x'),
  repeated('numbers', () => '9'),
  repeated('hyphens and numbers', () => '1-'),
  repeated('parentheses', () => '(r', 'knowledge/x.md '),
  repeated('html names', (at) => `<a id="x${at}"></a>\n`),
  repeated('html links', (at) => `<a href="x${at}.md">\n`),
  repeated('html links beside code', (at) => `\`<a href="x${at}.md">\` \`\` <a href="y${at}.md">`),
  repeated('html links beside code on lines', (at) => `\`\` <a href="x${at}.md">\n`),
  repeated('html values without an end', () => '<a href="<a href=\'\n'),
  repeated('html', () => '<a '),
  repeated('quotes', () => '> x\n'),
  repeated('entities', () => '&amp;'),
];

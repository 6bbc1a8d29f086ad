import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml';
import type { Header, HeaderKey, HeaderScalar, HeaderValue, Problem } from './document.js';
import { FRONT_MATTER_LIMIT, type FrontMatterLines, UNSAFE_KEYS } from './front-matter-lines.js';
import type { SourceText } from './source-text.js';

/** Deepest nesting that is read, and most problems that are reported: the YAML reader recurses and repeats. */
const DEPTH_LIMIT = 50;
const PROBLEM_LIMIT = 20;

// Also what reorders text, and a CR alone, which ends a line for Markdown and none for YAML.
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)/;

/** A document's front matter, or why it could not be read. */
export interface FrontMatter {
  readonly header: Header | null;
  readonly problems: readonly Problem[];
}

/** Reads YAML front matter with the failsafe schema; everything that YAML can do beyond plain data is refused. */
export function readFrontMatter(source: SourceText, lines: FrontMatterLines): FrontMatter {
  const start = source.lineStart(2);
  const end = lines.closed ? source.lineStart(lines.last) : source.text.length;
  const problems: Problem[] = [];
  const refuse = (message: string, from: number, to: number, help?: string) => {
    const position = source.range(from, Math.max(from, Math.min(to, source.text.length)));
    problems.push({ code: 'front-matter-yaml', message, position, ...(help ? { help } : {}) });
  };
  const block = source.text.slice(start, end);
  if (!lines.closed) {
    refuse('front matter is not closed', 0, 3, 'end the block with a line of three hyphens');
  } else if (Buffer.byteLength(block) > FRONT_MATTER_LIMIT) {
    refuse(`front matter is over ${FRONT_MATTER_LIMIT} bytes`, 0, 3, 'move long texts into the document');
  } else {
    const plain = refuseSpecialText(block, start, refuse);
    const header = plain ? readYaml(block, start, source, refuse) : null;
    return { header, problems: problems.slice(0, PROBLEM_LIMIT) };
  }
  return { header: null, problems };
}

type Refuse = (message: string, from: number, to: number, help?: string) => void;

function refuseSpecialText(block: string, start: number, refuse: Refuse): boolean {
  const control = CONTROL.exec(block);
  if (control) refuse(controlMessage(control[0]), start + control.index, start + control.index + 1);
  const directive = /^%.*$/m.exec(block);
  if (directive)
    refuse(
      'YAML directive in front matter',
      start + directive.index,
      start + directive.index + directive[0].length,
    );
  const deep = tooDeep(block);
  if (deep !== null)
    refuse(`front matter is nested deeper than ${DEPTH_LIMIT}`, start + deep, start + deep + 1);
  return !control && !directive && deep === null;
}

function controlMessage(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `control character U+${code} in front matter`;
}

/** Where the block may nest too deeply; counts generously, as a reader that overflows the stack cannot be caught. */
function tooDeep(block: string): number | null {
  let flow = 0;
  let line = 0;
  for (const { 0: sign, index } of block.matchAll(/\n|[[{\]}]|(?<!\S)[-?:](?!\S)/g)) {
    if (sign === '\n') line = 0;
    else if (sign === '[' || sign === '{') flow += 1;
    else if (sign === ']' || sign === '}') flow = Math.max(0, flow - 1);
    else line += 1;
    if (flow > DEPTH_LIMIT || line > DEPTH_LIMIT) return index;
  }
  return null;
}

function readYaml(block: string, base: number, source: SourceText, refuse: Refuse): Header | null {
  let clean = true;
  const fail: Refuse = (message, from, to, help) => {
    clean = false;
    refuse(message, base + from, base + to, help);
  };
  const yaml = parseDocument(block, {
    schema: 'failsafe',
    version: '1.2',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
  });
  for (const problem of [...yaml.errors, ...yaml.warnings])
    fail(problem.message.replace(/; please use .*$/, ''), problem.pos[0], problem.pos[1]);
  if (!clean) return null;
  const root = yaml.contents as ParsedNode | null;
  const values: HeaderScalar[] = [];
  const keys: HeaderKey[] = [];
  const at = (from: number, to: number) => source.range(base + from, base + to);

  const refuseProperties = (node: ParsedNode) => {
    const [first, last] = node.range;
    if (isAlias(node) || (node as { anchor?: string }).anchor !== undefined)
      fail('YAML anchor or alias in front matter', first, last, 'write the value out');
    if (node.tag !== undefined)
      fail('YAML tag in front matter', first, last, 'values are plain text; remove the tag');
    // An escape in double quotes can make what the text itself may not hold.
    const control = isScalar(node) ? CONTROL.exec(String(node.value ?? '')) : null;
    if (control) fail(controlMessage(control[0]), first, last);
  };

  const read = (node: ParsedNode | null, path: string, from: number): HeaderValue => {
    if (node === null) {
      values.push({ path, value: '', position: at(from, from) });
      return '';
    }
    const [first, last] = node.range;
    refuseProperties(node);
    if (isScalar(node)) {
      const value = String(node.value ?? '');
      values.push({ path, value, position: at(first, last) });
      return value;
    }
    if (isSeq(node)) {
      keys.push({ path, position: at(first, last) });
      return node.items.map((item, index) => read(item as ParsedNode | null, `${path}.${index}`, first));
    }
    const data: Record<string, HeaderValue> = {};
    if (isMap(node)) {
      for (const pair of node.items) {
        const key = pair.key as ParsedNode | null;
        if (!isScalar(key) || key.value === null || key.value === '') {
          fail('a key must be plain text', key?.range[0] ?? first, key?.range[1] ?? first + 1);
          continue;
        }
        refuseProperties(key);
        const name = String(key.value);
        if (name.includes('.'))
          fail('a key may not hold a dot', key.range[0], key.range[1], 'dots stand between nested keys');
        const child = path === '' ? name : `${path}.${name}`;
        keys.push({ path: child, position: at(key.range[0], key.range[1]) });
        if (UNSAFE_KEYS.has(name))
          fail(`key ${JSON.stringify(name)} is not allowed`, key.range[0], key.range[1]);
        else data[name] = read(pair.value as ParsedNode | null, child, key.range[1]);
      }
    }
    return data;
  };

  if (!isMap(root)) {
    fail('front matter must be a mapping of keys to values', 0, Math.max(1, block.trimEnd().length));
    return null;
  }
  const data = read(root, '', 0) as Record<string, HeaderValue>;
  if (!clean) return null;
  return { origin: 'front-matter', position: source.range(0, base + block.length + 3), data, values, keys };
}

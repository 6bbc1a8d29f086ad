import type { Range } from '../base/position.js';
import type { Document, KeyValue } from '../parse/document.js';
import type { TextPin } from './pins.js';

/** Pins in `key: value` lines of the text and in fenced YAML. */
export function mappingPins(document: Document): TextPin[] {
  const { prose, yamlValues, fences } = document;
  const found: TextPin[] = [];
  // Most documents have none of these.
  if (prose.some(({ text }) => text.includes('ocument'))) found.push(...inText(document));
  const fenceOf = (line: number) => fences.findIndex((one) => one.firstLine <= line && line <= one.lastLine);
  let values: Scalar[] = [];
  for (const [index, value] of yamlValues.entries()) {
    const flow = value.value.startsWith('{');
    if (flow) found.push(...inFlow(value));
    else values.push(scalarOf(value));
    const next = yamlValues[index + 1];
    if (next && fenceOf(next.keyPosition.start.line) === fenceOf(value.keyPosition.start.line)) continue;
    found.push(...inYaml(values));
    values = [];
  }
  return found;
}

/** A key with the first word of its value. */
interface Scalar {
  readonly key: string;
  readonly line: number;
  readonly column: number;
  readonly value: string;
  readonly position: Range;
}

const FIELD = /^(?:revision|(?:(?:migration|rollback)_)?sha256)$/;
type Field = Exclude<TextPin['name'], 'digest'>;

function pinsBy(path: string | undefined, fields: readonly Scalar[]): TextPin[] {
  if (path === undefined) return [];
  return fields
    .filter(({ key }) => FIELD.test(key))
    .map(({ key, value, position }) => ({ path, name: key as Field, value, position }));
}

/** Keys of one column are of one mapping, in any order, until one comes again or a key stands further left. */
function inYaml(values: readonly Scalar[]): TextPin[] {
  const found: TextPin[] = [];
  const open: Scalar[][] = [];
  const close = () => {
    const mapping = open.pop()!;
    found.push(...pinsBy(mapping.find(({ key }) => key === 'document')?.value, mapping));
  };
  for (const value of values) {
    while (open.length > 0 && open.at(-1)![0]!.column > value.column) close();
    const mapping = open.at(-1);
    const goesOn = mapping?.[0]?.column === value.column;
    if (mapping && goesOn && !mapping.some(({ key }) => key === value.key)) {
      mapping.push(value);
      continue;
    }
    if (goesOn) close();
    open.push([value]);
  }
  while (open.length > 0) close();
  return found;
}

/** `{document: PATH, revision: r2}`. */
function inFlow({ value, position: { start } }: KeyValue): TextPin[] {
  const scalars = [...value.matchAll(/(?<=[{,]\s{0,8})(["']?)(\w+)\1\s*:\s*["']?([^\s,"'{}]+)/g)].map(
    (match) => {
      const written = match[3]!;
      const column = start.column + match.index + match[0].length - written.length;
      return { key: match[2]!, ...wordAt(start.line, column, written) };
    },
  );
  return pinsBy(scalars.find(({ key }) => key === 'document')?.value, scalars);
}

/** What may stand before a key: marks of quotes, of a list item, of emphasis or code. */
const KEY =
  /^((?:\s*>)*\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?[*_`]{0,3})([A-Za-z]\w*)[*_`]{0,3}:[*_`]{0,3}(?=\s|$)/;

/** In the text, where lines follow each other: `document`, then what is said of it in its column, or in a list below it. */
function inText(document: Document): TextPin[] {
  const found: TextPin[] = [];
  let at: Scalar | null = null;
  let last = 0;
  for (const { line, text } of outsideHeader(document)) {
    const match = KEY.exec(text);
    if (!match) continue;
    const [before, indent = '', key = ''] = match;
    if (line !== last + 1) at = null;
    last = line;
    const value = { key: key.toLowerCase(), ...firstWord(text, line, before.length), column: indent.length };
    if (value.key === 'document') at = value;
    else if (at && value.column >= at.column) found.push(...pinsBy(at.value, [value]));
    else at = null;
  }
  return found;
}

/** A header of the old form has its pins read as those of front matter. */
function outsideHeader({ header, prose }: Document): Document['prose'] {
  if (header?.origin !== 'legacy') return prose;
  const { start, end } = header.position;
  return prose.filter(({ line }) => line < start.line || line > end.line);
}

function scalarOf({ key, value, keyPosition, position }: KeyValue): Scalar {
  const { line, column } = keyPosition.start;
  const word = firstWord(value, position.start.line, 0);
  const { start, end } = word.position;
  const moved = position.start.column - 1;
  return {
    key,
    line,
    column,
    value: word.value,
    position: {
      start: { ...start, column: start.column + moved },
      end: { ...end, column: end.column + moved },
    },
  };
}

/** The first word behind an offset of a line, without quotes, marks of code or emphasis, and the mark of a line break. */
function firstWord(text: string, line: number, offset: number): Omit<Scalar, 'key'> {
  const [before, word = ''] = /^[\s"'`*]*([^\s"'`*\\]*)/.exec(text.slice(offset))!;
  return wordAt(line, offset + before.length - word.length + 1, word);
}

function wordAt(line: number, column: number, value: string): Omit<Scalar, 'key'> {
  const end = { line, column: column + value.length };
  return { line, column, value, position: { start: { line, column }, end } };
}

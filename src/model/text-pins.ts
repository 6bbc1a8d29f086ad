import type { Range } from '../base/position.js';
import type { Document, KeyValue, Link, Mention, Row } from '../parse/document.js';
import { pathsIn } from '../parse/mentions.js';
import type { PinField } from './pins.js';
import { resolveLink } from './resolve-link.js';

/** A revision or digest that the text says a document has, besides those that stand beside its path. */
export interface TextPin {
  /** Path of the document. */
  readonly path: string;
  /** `digest` is that of the document or of its SQL. */
  readonly name: PinField['name'] | 'digest';
  readonly value: string;
  readonly position: Range;
}

/** What a document's text says of others: in `key: value` lines, fenced YAML, beside links, in rows of tables. */
export function textPins(document: Document): TextPin[] {
  const header = document.header?.origin === 'legacy' ? document.header.position : null;
  const outside = ({ keyPosition: { start } }: KeyValue) =>
    !header || start.line < header.start.line || start.line > header.end.line;
  const lines = new Lines(document);
  return [
    ...inMappings(document.keyValues.filter(outside)),
    ...inMappings(document.yamlValues),
    ...(document.links.length > 0 ? besideLinks(document, lines) : []),
    ...document.tables.flatMap(({ header: { cells }, rows }) => {
      const column = cells.findIndex(({ text }) => /^rev(?:ision)?\.?$/i.test(text.trim()));
      return column < 0 ? [] : rows.flatMap((row) => inRow(row, column, lines));
    }),
  ];
}

const FIELD = /^(?:revision|(?:(?:migration|rollback)_)?sha256)$/;

/** Keys of one column in an unbroken run of lines are of one mapping, up to the next `document`. */
function inMappings(values: readonly KeyValue[]): TextPin[] {
  const found: TextPin[] = [];
  let path: string | null = null;
  let last: KeyValue['keyPosition']['start'] = { line: 0, column: 0 };
  for (const { key, value, keyPosition, position } of values) {
    const { start } = keyPosition;
    if (start.line !== last.line + 1 || start.column !== last.column) path = null;
    last = start;
    const scalar = unquoted(value, position);
    if (key === 'document') path = scalar.value;
    else if (path !== null && FIELD.test(key)) found.push({ path, name: key as PinField['name'], ...scalar });
  }
  return found;
}

/** A value without quotes or code marks and what stands behind them. */
function unquoted(written: string, { start }: Range): { value: string; position: Range } {
  const [, mark = '', value = ''] = /^(["'`]?)([^\s"'`]*)/.exec(written)!;
  const column = start.column + mark.length;
  return {
    value,
    position: { start: { ...start, column }, end: { ...start, column: column + value.length } },
  };
}

/** The digests on the line of a link, if it is the only one that names a document; the revision beside each. */
function besideLinks(document: Document, lines: Lines): TextPin[] {
  const digests = document.mentions.filter((one) => one.kind === 'digest' && one.in !== 'header');
  return [
    ...digests.flatMap(({ value, position }): TextPin[] => {
      const link = lines.onlyLink(position.start.line);
      return link === null ? [] : [{ path: link, name: 'digest', value: value.toLowerCase(), position }];
    }),
    ...revisionsOfLinks(document),
  ];
}

function revisionsOfLinks(document: Document): TextPin[] {
  const texts = new Map(
    document.prose.filter(({ text }) => text.includes('(r')).map(({ line, text }) => [line, text]),
  );
  if (texts.size === 0) return [];
  return document.links.flatMap((link): TextPin[] => {
    const text = texts.get(link.position.start.line);
    const revision = text === undefined ? null : revisionAt(text, link);
    const path = revision && linkedDocument(document, link);
    return path && revision ? [{ path, name: 'revision', ...revision }] : [];
  });
}

const BEHIND = /^[`*_~)\]"']*\s*\((r\d+)\)/;
const INSIDE = /\((r\d+)\)[`*_~]*\]\($/;
/** How far from a link its revision may stand, in characters. */
const BESIDE = 40;

/** `[DDL (r2)](ddl.md)`, `[DDL](ddl.md) (r2)`. */
function revisionAt(
  text: string,
  { url, position: { start, end } }: Link,
): Pick<TextPin, 'value' | 'position'> | null {
  if (start.line !== end.line) return null;
  const behind = BEHIND.exec(text.slice(end.column - 1, end.column - 1 + BESIDE));
  const label = text.slice(start.column - 1, end.column - 1);
  const labelEnd = start.column - 1 + label.lastIndexOf(`](${url}`) + 2;
  const from = Math.max(start.column - 1, labelEnd - BESIDE);
  const inside = behind ? null : INSIDE.exec(text.slice(from, labelEnd));
  const value = (behind ?? inside)?.[1];
  if (value === undefined) return null;
  const at = behind ? end.column + behind[0].length - 1 - value.length : from + inside!.index + 2;
  const place = { line: start.line, column: at };
  return { value, position: { start: place, end: { ...place, column: at + value.length } } };
}

/** The cell below a heading that says it holds revisions, in a row that names one document. */
function inRow({ cells, position }: Row, column: number, lines: Lines): TextPin[] {
  const cell = cells[column];
  const value = cell && /^\s*[`*_]*(r\d+)[`*_]*\s*$/.exec(cell.text)?.[1];
  const path = value ? lines.onlyDocument(position.start.line) : null;
  return path !== null && cell && value ? [{ path, name: 'revision', value, position: cell.position }] : [];
}

/** Which documents the lines of a text name. */
class Lines {
  private links: ReadonlyMap<number, ReadonlySet<string>> | undefined;
  private paths: ReadonlyMap<number, ReadonlySet<string>> | undefined;

  constructor(private readonly document: Document) {}

  /** The document that is linked on a line where nothing else names one. */
  onlyLink(line: number): string | null {
    return this.pathsOn(line).size === 0 ? only(this.linksOn(line)) : null;
  }

  onlyDocument(line: number): string | null {
    return only(new Set([...this.pathsOn(line), ...this.linksOn(line)]));
  }

  private linksOn(line: number): ReadonlySet<string> {
    this.links ??= byLine(
      this.document.links.flatMap((link) => {
        const path = linkedDocument(this.document, link);
        return path === null ? [] : [[link.position.start.line, path] as const];
      }),
    );
    return this.links.get(line) ?? NONE;
  }

  /** A link's address is no path of the text. */
  private pathsOn(line: number): ReadonlySet<string> {
    const addresses = () => {
      const { links } = this.document;
      return byLine(
        links.flatMap(({ url, position }) =>
          pathsIn(url).map((path) => [position.start.line, path] as const),
        ),
      );
    };
    this.paths ??= byLine(outsideOf(this.document.mentions, addresses()));
    return this.paths.get(line) ?? NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();

function outsideOf(
  mentions: readonly Mention[],
  addresses: ReadonlyMap<number, ReadonlySet<string>>,
): (readonly [number, string])[] {
  return mentions.flatMap(({ kind, value, position: { start } }) =>
    kind !== 'path' || addresses.get(start.line)?.has(value) ? [] : [[start.line, value] as const],
  );
}

function byLine(pairs: readonly (readonly [line: number, path: string])[]): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  for (const [line, path] of pairs) {
    const known = found.get(line);
    if (known) known.add(path);
    else found.set(line, new Set([path]));
  }
  return found;
}

function only(paths: ReadonlySet<string>): string | null {
  const [path] = paths;
  return paths.size === 1 ? path! : null;
}

function linkedDocument(document: Document, { url }: Link): string | null {
  const path = resolveLink(document, url)?.path;
  return path?.endsWith('.md') && path !== document.path ? path : null;
}

import { firstNotBefore } from '../base/search.js';
import type { Document, Link, Row } from '../parse/document.js';
import { pathsIn, revisionBehind } from '../parse/mentions.js';
import { mappingPins } from './mapping-pins.js';
import type { TextPin } from './pins.js';
import { resolveLink } from './resolve-link.js';

/** What a document's text says of others: in `key: value` lines, fenced YAML, beside links, in rows of tables. */
export function textPins(document: Document): TextPin[] {
  const { tables } = document;
  const found = mappingPins(document);
  if (document.links.length > 0) {
    const links = [...document.links, ...referenceLinks(document)];
    found.push(...besideLinks(document, links), ...revisionsOfLinks(document, links));
  }
  for (const { header, rows } of tables) {
    const column = header.cells.findIndex(({ text }) => REVISION_HEADER.test(text));
    if (column >= 0)
      found.push(...inRows(document, [...document.links, ...referenceLinks(document)], rows, column));
  }
  return found;
}

const REVISION_HEADER = /^\s*rev(?:ision)?\.?\s*$/i;

/** `[NAME][LABEL]`, `[LABEL][]` and `[LABEL]` as links with the address that the document defines for the label. */
function referenceLinks({ links, prose }: Document): Link[] {
  const defined = new Map<string, string>();
  for (const { url, position } of links) {
    const { line, column } = position.start;
    const text = prose[firstNotBefore(prose.length, (index) => prose[index]!.line < line)]?.text ?? '';
    const label = /^\[([^\]]+)\]:/.exec(text.slice(column - 1))?.[1];
    if (label !== undefined && !defined.has(plainLabel(label))) defined.set(plainLabel(label), url);
  }
  if (defined.size === 0) return [];
  return prose.flatMap(({ line, text }) =>
    [...text.matchAll(/(?<!\\)\[([^\][\\]+)\](?:\[([^\][]*)\])?(?![[(:])/g)].flatMap((match): Link[] => {
      const url = defined.get(plainLabel(match[2] || match[1]!));
      const start = { line, column: match.index + 1 };
      const end = { line, column: match.index + match[0].length + 1 };
      return url === undefined ? [] : [{ url, position: { start, end } }];
    }),
  );
}

function plainLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** The digests on the line of a link, if nothing else there names another document. */
function besideLinks(document: Document, all: readonly Link[]): TextPin[] {
  const digests = document.mentions.filter((one) => one.kind === 'digest' && one.in !== 'header');
  if (digests.length === 0) return [];
  const names = namesOn(document, all, new Set(digests.map(({ position }) => position.start.line)));
  return digests.flatMap(({ value, position }): TextPin[] => {
    const { paths, links } = names(position.start.line);
    const path = links.size > 0 ? only(new Set([...paths, ...links])) : null;
    return path === null ? [] : [{ path, name: 'digest', value: value.toLowerCase(), position }];
  });
}

function revisionsOfLinks(document: Document, links: readonly Link[]): TextPin[] {
  const texts = new Map(
    document.prose.filter(({ text }) => text.includes('(')).map(({ line, text }) => [line, text]),
  );
  if (texts.size === 0) return [];
  return links.flatMap((link): TextPin[] => {
    const text = texts.get(link.position.start.line);
    const revision = text === undefined ? null : revisionAt(text, link);
    const path = revision && linkedDocument(document, link);
    return path && revision ? [{ path, name: 'revision', ...revision }] : [];
  });
}

const INSIDE = /\((r\d+)\)[`*_~]*\]\($/;
/** How far from a link its revision may stand, in characters. */
const BESIDE = 40;

/** `[DDL (r2)](ddl.md)`, `[DDL](ddl.md) (r2)`. */
function revisionAt(
  text: string,
  { url, position: { start, end } }: Link,
): Pick<TextPin, 'value' | 'position'> | null {
  if (start.line !== end.line) return null;
  const behind = revisionBehind(text, end.column - 1);
  const label = text.slice(start.column - 1, end.column - 1);
  const labelEnd = start.column - 1 + label.lastIndexOf(`](${url}`) + 2;
  const from = Math.max(start.column - 1, labelEnd - BESIDE);
  const inside = behind ? null : INSIDE.exec(text.slice(from, labelEnd));
  const value = behind ? text.slice(behind.from, behind.to) : inside?.[1];
  if (value === undefined) return null;
  const at = behind ? behind.from + 1 : from + inside!.index + 2;
  const place = { line: start.line, column: at };
  return { value, position: { start: place, end: { ...place, column: at + value.length } } };
}

/** The cells below a heading that says they hold revisions, in rows that name one document. */
function inRows(document: Document, all: readonly Link[], rows: readonly Row[], column: number): TextPin[] {
  const names = namesOn(document, all, new Set(rows.map(({ position }) => position.start.line)));
  return rows.flatMap(({ cells, position }): TextPin[] => {
    const cell = cells[column];
    const value = cell && /^\s*[`*_]*(r\d+)[`*_]*\s*$/.exec(cell.text)?.[1];
    if (!cell || !value) return [];
    const { paths, links } = names(position.start.line);
    const path = only(new Set([...paths, ...links]));
    return path === null ? [] : [{ path, name: 'revision', value, position: cell.position }];
  });
}

/** Documents that a line names: by paths that are no address of a link, and by links. */
interface Names {
  readonly paths: Set<string>;
  readonly links: Set<string>;
}

/** What some lines of a document name. */
function namesOn(
  document: Document,
  all: readonly Link[],
  lines: ReadonlySet<number>,
): (line: number) => Names {
  const found = new Map<number, Names>();
  const on = (line: number): Names => {
    const known = found.get(line) ?? { paths: new Set(), links: new Set() };
    found.set(line, known);
    return known;
  };
  for (const { kind, value, position } of document.mentions)
    if (kind === 'path' && lines.has(position.start.line)) on(position.start.line).paths.add(value);
  for (const link of all) {
    const { line } = link.position.start;
    if (!lines.has(line)) continue;
    for (const address of pathsIn(link.url)) on(line).paths.delete(address);
    const path = linkedDocument(document, link);
    if (path !== null) on(line).links.add(path);
  }
  return on;
}

function only(paths: ReadonlySet<string>): string | null {
  const [path] = paths;
  return paths.size === 1 ? path! : null;
}

function linkedDocument(document: Document, { url }: Link): string | null {
  const path = resolveLink(document, url)?.path;
  return path?.endsWith('.md') && path !== document.path ? path : null;
}

import type { Cursor } from './cursor.js';
import { isThematicBreak } from './line-shapes.js';
import { footnoteLabelEnd, normalizeLabel } from './link-parts.js';

/** A block that holds other blocks: a quote, a list item, or the text of a footnote. */
export type Container =
  | { readonly kind: 'quote' }
  | { readonly kind: 'footnote' }
  | {
      readonly kind: 'item';
      /** Code of `-`, `+`, `*`, `.` or `)`. */
      readonly marker: number;
      readonly ordered: boolean;
      /** Columns by which its content is indented. */
      size: number;
      /** It began with a blank line; then another one ends it. */
      startsBlank: boolean;
      ended: boolean;
    };

const QUOTE: Container = { kind: 'quote' };
const FOOTNOTE: Container = { kind: 'footnote' };

/** Takes what a line must begin with to stay inside a container. `sibling`: the line starts the next list item. */
export function continueContainer(
  cursor: Cursor,
  container: Container,
  parent: Container | undefined,
): boolean | 'sibling' {
  cursor.look();
  if (container.kind === 'quote') return takeQuoteMarker(cursor);
  if (container.kind === 'footnote') {
    if (cursor.blank) return true;
    // Like the reference reader: one indentation is enough for a footnote that begins inside another one's text.
    if (cursor.width < 4) return cursor.width === 0 && parent?.kind === 'footnote';
    cursor.takeBlanks(4);
    return true;
  }
  if (cursor.blank) {
    container.ended ||= container.startsBlank;
    cursor.takeBlanks(container.size);
    return true;
  }
  const inside = !container.ended && cursor.width >= container.size;
  container.ended = false;
  container.startsBlank = false;
  if (inside) {
    cursor.takeBlanks(container.size);
    return true;
  }
  const next = takeListMarker(cursor, false, container);
  if (next?.kind !== 'item') return false;
  container.size = next.size;
  container.startsBlank = next.startsBlank;
  return 'sibling';
}

/** Takes the marker of a new container. @param interrupts the line before belongs to a paragraph or to code */
export function openContainer(cursor: Cursor, interrupts: boolean, footnotes: Set<string>): Container | null {
  cursor.look();
  const next = cursor.next;
  if (cursor.width > 3 || Number.isNaN(next)) return null;
  if (next === 62) return takeQuoteMarker(cursor) ? QUOTE : null;
  if (next === 91) return takeFootnoteLabel(cursor, footnotes) ? FOOTNOTE : null;
  return takeListMarker(cursor, interrupts, null);
}

function takeQuoteMarker(cursor: Cursor): boolean {
  if (cursor.width > 3 || cursor.next !== 62) return false;
  cursor.skipBlanks();
  cursor.advance(1);
  cursor.takeBlanks(1);
  return true;
}

function takeListMarker(cursor: Cursor, interrupts: boolean, list: Container | null): Container | null {
  const { text, first, end, width } = cursor;
  if (width > 3) return null;
  const code = text.charCodeAt(first);
  const ordered = code >= 48 && code <= 57;
  let at = first;
  if (ordered) {
    if (interrupts && code !== 49) return null;
    while (at < end && isDigit(text.charCodeAt(at))) at += 1;
    if (at - first > (interrupts ? 1 : 9)) return null;
  }
  const marker = at < end ? text.charCodeAt(at) : Number.NaN;
  if (ordered ? marker !== 46 && marker !== 41 : marker !== 45 && marker !== 42 && marker !== 43) return null;
  if (list?.kind === 'item' && list.marker !== marker) return null;
  const after = at + 1 < end ? text.charCodeAt(at + 1) : 32;
  if (after !== 32 && after !== 9) return null;
  if (marker !== 43 && !ordered && isThematicBreak(text, first, end)) return null;
  if (interrupts && isBlank(text, at + 1, end)) return null;
  cursor.skipBlanks();
  cursor.advance(at + 1 - first);
  cursor.look();
  const startsBlank = cursor.blank;
  const blanks = startsBlank || cursor.width > 4 ? 1 : cursor.width;
  cursor.takeBlanks(blanks);
  return { kind: 'item', marker, ordered, size: width + at + 1 - first + blanks, startsBlank, ended: false };
}

function takeFootnoteLabel(cursor: Cursor, footnotes: Set<string>): boolean {
  const { text, first, end } = cursor;
  if (text.charCodeAt(first + 1) !== 94) return false;
  const close = footnoteLabelEnd(text, first, end);
  if (close < 0 || text.charCodeAt(close + 1) !== 58) return false;
  footnotes.add(normalizeLabel(text.slice(first + 2, close)));
  cursor.skipBlanks();
  cursor.advance(close + 2 - first);
  cursor.look();
  cursor.skipBlanks();
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isBlank(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

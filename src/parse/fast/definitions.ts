import { normalizeLabel } from './containers.js';

/** A link reference definition at the start of a paragraph. Offsets in the paragraph's text. */
export interface RawDefinition {
  readonly label: string;
  readonly destination: string;
  readonly start: number;
  /** At the line end behind it. */
  readonly end: number;
}

/** Reads the definitions that a paragraph begins with; `rest` is where other text starts. */
export function readDefinitions(text: string): { definitions: RawDefinition[]; rest: number } {
  const definitions: RawDefinition[] = [];
  let rest = 0;
  while (text.charCodeAt(rest) === 91) {
    const found = readDefinition(text, rest);
    if (!found) break;
    definitions.push(found);
    rest = found.end + 1;
  }
  return { definitions, rest: Math.min(rest, text.length) };
}

function readDefinition(text: string, start: number): RawDefinition | null {
  const close = labelEnd(text, start);
  if (close < 0 || text.charCodeAt(close + 1) !== 58) return null;
  const destination = readDestination(text, skipWhitespace(text, close + 2));
  if (!destination) return null;
  const titleStart = skipWhitespace(text, destination.end);
  const title = titleStart > destination.end ? titleEnd(text, titleStart) : -1;
  const label = normalizeLabel(text.slice(start + 1, close));
  const result = { label, destination: destination.value, start };
  const afterTitle = title < 0 ? -1 : blanksEnd(text, title);
  const end = afterTitle >= 0 ? afterTitle : blanksEnd(text, destination.end);
  return end < 0 ? null : { ...result, end };
}

/** Offset of the line end that follows at once but for blanks, negative where something else follows. */
function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  return at >= text.length || text.charCodeAt(at) === 10 ? at : -1;
}

/** Offset of the `]` that ends a label, negative where there is none. @param start of its `[` */
export function labelEnd(text: string, start: number): number {
  let size = 0;
  let filled = false;
  for (let at = start + 1; at < text.length; at++, size++) {
    const code = text.charCodeAt(at);
    if (size > 999 || code === 91) return -1;
    if (code === 93) return filled ? at : -1;
    if (code !== 32 && code !== 9 && code !== 10) filled = true;
    if (code === 92) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === 91 || escaped === 92 || escaped === 93) {
        at += 1;
        size += 1;
      }
    }
  }
  return -1;
}

/** Reads a link's destination. `balance`: how deep its parentheses may nest. */
export function readDestination(
  text: string,
  start: number,
  balance = Number.POSITIVE_INFINITY,
): { value: string; end: number } | null {
  if (text.charCodeAt(start) === 60) return readBracketed(text, start);
  let open = 0;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9 || code === 10) break;
    if (code < 32 || code === 127) return null;
    if (code === 40) {
      if (open >= balance) return null;
      open += 1;
    } else if (code === 41) {
      if (open === 0) break;
      open -= 1;
    } else if (code === 92) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === 40 || escaped === 41 || escaped === 92) at += 1;
    }
  }
  return open === 0 && at > start ? { value: text.slice(start, at), end: at } : null;
}

function readBracketed(text: string, start: number): { value: string; end: number } | null {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 62) return { value: text.slice(start + 1, at), end: at + 1 };
    if (code === 10 || code === 60) return null;
    if (code === 92) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === 60 || escaped === 62 || escaped === 92) at += 1;
    }
  }
  return null;
}

/** Offset after a link's title, negative where there is none. */
export function titleEnd(text: string, start: number): number {
  const open = text.charCodeAt(start);
  if (open !== 34 && open !== 39 && open !== 40) return -1;
  const close = open === 40 ? 41 : open;
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === close) return at + 1;
    if (code === 92) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === close || escaped === 92) at += 1;
    }
  }
  return -1;
}

/** Where the text goes on behind blanks and line ends. */
export function skipWhitespace(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 10) break;
  }
  return at;
}

import { decodeText } from './character-references.js';

/** Offset of the `]` that ends `[^label`, negative where there is none. */
export function footnoteLabelEnd(text: string, start: number, end: number): number {
  for (let at = start + 2; at < end && at - start <= 1002; at++) {
    const code = text.charCodeAt(at);
    if (code === 93) return at > start + 2 ? at : -1;
    if (code === 91 || code === 32 || code === 9 || code === 10) return -1;
    if (code === 92) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === 91 || escaped === 92 || escaped === 93) at += 1;
    }
  }
  return -1;
}

/** How labels of definitions are compared: case and runs of blanks make no difference. */
export function normalizeLabel(label: string): string {
  return label
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase();
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

/** Deepest nesting of parentheses in a link's target, as the reference reader has it. */
const PARENTHESES = 32;

/** `(target "title")` behind a link's text. @param unclosed signs that open a title which nothing closes from here on */
export function readResource(
  text: string,
  start: number,
  unclosed: Set<number>,
): { url: string; end: number } | null {
  let at = skipWhitespace(text, start + 1);
  if (text.charCodeAt(at) === 41) return { url: '', end: at + 1 };
  const destination = readDestination(text, at, PARENTHESES);
  if (!destination) return null;
  at = skipWhitespace(text, destination.end);
  if (at > destination.end) {
    const sign = text.charCodeAt(at);
    const title = unclosed.has(sign) ? -1 : titleEnd(text, at);
    if (title >= 0) at = skipWhitespace(text, title);
    else if (/["'(]/.test(text.charAt(at))) {
      unclosed.add(sign);
      return null;
    }
  }
  return text.charCodeAt(at) === 41 ? { url: decodeText(destination.value), end: at + 1 } : null;
}

import type { Header, HeaderKey, HeaderScalar, HeaderValue, KeyValue } from './document.js';
import type { SourceText } from './source-text.js';

// The value is cut off by hand: a pattern that trims it takes quadratic time on a long line of blanks.
const KEY = /^(\s*(?:[-*+]\s+)?)([A-Za-z][A-Za-z0-9_]*(?:\s\([^)]*\))?):(?=\s|$)/;

/** The same behind marks of a quote. */
const QUOTED_KEY = new RegExp(`^((?:\\s*>)*${KEY.source.slice(2)}`);

/**
 * Reads a `key: value` line; the value may be absent (it follows on other lines).
 * @param quoted whether it may stand in a quote
 */
export function readKeyValue(source: SourceText, line: number, quoted = false): KeyValue | null {
  const text = source.line(line);
  const match = (quoted ? QUOTED_KEY : KEY).exec(text);
  if (!match) return null;
  const [before, indent = '', key = ''] = match;
  const rest = text.slice(before.length).trimEnd();
  const value = rest.trimStart();
  const keyStart = source.lineStart(line) + indent.length;
  const valueStart = source.lineStart(line) + before.length + rest.length - value.length;
  return {
    key,
    value,
    keyPosition: source.range(keyStart, keyStart + key.length),
    position: source.range(valueStart, valueStart + value.length),
  };
}

const REQUIRED = ['document_path', 'revision', 'date'];
const SEARCHED_LINES = 40;

/**
 * The header of a document that was written before the format: an unbroken block of `key: value` lines near the
 * top that has at least two of the keys which every governed document has. An example in code is no header.
 */
export function readLegacyHeader(
  source: SourceText,
  isCode: (line: number) => boolean = () => false,
): Header | null {
  if (REQUIRED.filter((key) => source.text.includes(`${key}:`)).length < 2) return null;
  const last = Math.min(source.lineCount, SEARCHED_LINES);
  for (let first = 1; first <= last; first++) {
    const block: KeyValue[] = [];
    for (let line = first; line <= source.lineCount; line++) {
      const entry = isCode(line) ? null : readKeyValue(source, line);
      if (!entry) break;
      block.push(entry);
    }
    if (REQUIRED.filter((key) => block.some((entry) => entry.key === key)).length >= 2)
      return toHeader(block);
    first += block.length;
  }
  return null;
}

function toHeader(block: readonly KeyValue[]): Header {
  const data: Record<string, HeaderValue> = {};
  const values: HeaderScalar[] = [];
  const keys: HeaderKey[] = [];
  for (const entry of block) {
    if (Object.hasOwn(data, entry.key) || entry.key === 'constructor' || entry.key === 'prototype') continue;
    data[entry.key] = entry.value;
    values.push({ path: entry.key, value: entry.value, position: entry.position });
    keys.push({ path: entry.key, position: entry.keyPosition });
  }
  const position = { start: block[0]!.keyPosition.start, end: block[block.length - 1]!.position.end };
  return { origin: 'legacy', position, data, values, keys };
}

/** What a line may hold, by signs that are cheap to find: only then a pattern is tried on it. */
export const Sign = {
  path: 1,
  digest: 2,
  abbreviation: 4,
  id: 8,
  section: 16,
  tag: 32,
  colon: 64,
} as const;

/** Classes of bytes: no sign, a hex digit, the rest. */
const PLAIN = 0;
const HEX = 1;
const OTHER = 2;
const CLASSES = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') CLASSES[character.charCodeAt(0)] = HEX;
for (const character of '.-N<:\n\r') CLASSES[character.charCodeAt(0)] = OTHER;
// First bytes of `§` and `…` in UTF-8.
for (const byte of [0xc2, 0xe2]) CLASSES[byte] = OTHER;

/** Signs of every line (1-based), in one pass over a file's bytes. */
export function lineSigns(bytes: Uint8Array, lineCount: number): Uint8Array {
  const signs = new Uint8Array(lineCount + 3);
  const size = bytes.length;
  let hex = 0;
  let line = 1;
  let found = 0;
  for (let at = 0; at < size; at++) {
    const byte = bytes[at]!;
    const kind = CLASSES[byte]!;
    if (kind === PLAIN) {
      hex = 0;
      continue;
    }
    if (kind === HEX) {
      hex += 1;
      if (hex === 64) found |= Sign.digest;
      continue;
    }
    hex = 0;
    if (byte === 10 || (byte === 13 && bytes[at + 1] !== 10)) {
      signs[line] = found;
      line += 1;
      found = 0;
    } else found |= signOf(bytes, at, byte);
  }
  signs[line] = found;
  return signs;
}

function signOf(bytes: Uint8Array, at: number, byte: number): number {
  const next = bytes[at + 1];
  switch (byte) {
    case 46:
      if (next === 46) return Sign.abbreviation;
      return next === 109 && bytes[at + 2] === 100 ? Sign.path : 0;
    case 45:
      return at > 0 && ID_PREFIXES.includes(bytes[at - 1]!) ? Sign.id : 0;
    case 78:
      return next !== undefined && next >= 48 && next <= 57 ? Sign.id : 0;
    case 60:
      return Sign.tag;
    case 58:
      return Sign.colon;
    case 0xc2:
      return next === 0xa7 ? Sign.section : 0;
    case 0xe2:
      return next === 0x80 && bytes[at + 2] === 0xa6 ? Sign.abbreviation : 0;
    default:
      return 0;
  }
}

/** Last letters of what stands before the hyphen of an id: C, G, F, V, D. */
const ID_PREFIXES = [67, 71, 70, 86, 68];

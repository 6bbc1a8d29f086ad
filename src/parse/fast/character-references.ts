import { decodeNamedCharacterReference } from 'decode-named-character-reference';

const REFERENCE = /&(?:#(?:\d{1,7}|[xX][\da-fA-F]{1,6})|[\da-zA-Z]{1,31});/y;

/** The character that a reference like `&amp;` or `&#38;` stands for; null where it is none. */
function decodeReference(reference: string): string | null {
  const name = reference.slice(1, -1);
  if (name.charCodeAt(0) !== 35) return decodeNamedCharacterReference(name) || null;
  const hex = name[1] === 'x' || name[1] === 'X';
  const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
  return isForbidden(code) ? '\uFFFD' : String.fromCodePoint(code);
}

/** Numbers that stand for no character that text may hold. */
function isForbidden(code: number): boolean {
  if (code < 9 || code === 11 || (code > 13 && code < 32) || (code > 126 && code < 160)) return true;
  if ((code > 0xd7ff && code < 0xe000) || (code > 0xfdcf && code < 0xfdf0) || code > 0x10ffff) return true;
  return (code & 0xfffe) === 0xfffe;
}

/** A link's target without its escapes and character references. */
export function decodeText(text: string): string {
  if (!/[\\&]/.test(text)) return text;
  return text.replace(
    /\\([!-/:-@[-`{-~])|&(?:#(?:\d{1,7}|x[\da-f]{1,6})|[\da-z]{1,31});/gi,
    (all, escaped) => (escaped !== undefined ? escaped : (decodeReference(all) ?? all)),
  );
}

/** The character reference at an offset: what it stands for, and where it ends. */
export function readReference(text: string, at: number): { value: string; end: number } | null {
  REFERENCE.lastIndex = at;
  const found = REFERENCE.exec(text)?.[0];
  const value = found === undefined ? null : decodeReference(found);
  return value === null ? null : { value, end: at + found!.length };
}

/** Kinds of characters in inline text; a table's bar and blanks are none of markup. */
export const PLAIN = 0;
export const BLANK = 1;
export const BAR = 2;
const MARK = 3;
const UNDERSCORE = 4;
export const BACKSLASH = 5;

const KINDS = new Uint8Array(128);
for (const sign of '`*~[<&\n') KINDS[sign.charCodeAt(0)] = MARK;
for (const sign of ' \t') KINDS[sign.charCodeAt(0)] = BLANK;
KINDS[124] = BAR;
KINDS[95] = UNDERSCORE;
KINDS[92] = BACKSLASH;

export function kindOf(code: number): number {
  return code < 128 ? KINDS[code]! : PLAIN;
}

/** Whether a character can be markup in a text from `start` to `end`. An underscore between letters or digits is none. */
export function isMark(kind: number, text: string, at: number, start: number, end: number): boolean {
  if (kind !== UNDERSCORE) return kind >= MARK;
  return (
    at === start || at + 1 >= end || !isWord(text.charCodeAt(at - 1)) || !isWord(text.charCodeAt(at + 1))
  );
}

/** Whether a text can differ from what a reader sees of it. */
export function hasMarkup(text: string): boolean {
  const { length } = text;
  let kind = PLAIN;
  for (let at = 0; at < length; at++) {
    kind = kindOf(text.charCodeAt(at));
    if (kind >= MARK && isMark(kind, text, at, 0, length)) return true;
  }
  return kind === BLANK;
}

function isWord(code: number): boolean {
  const letter = code | 32;
  return (code >= 48 && code <= 57) || (letter >= 97 && letter <= 122) || code === 95;
}

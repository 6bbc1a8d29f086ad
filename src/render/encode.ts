/**
 * Text that is safe to stand in a Markdown table cell, list item or paragraph: it renders as exactly the value it
 * was given, whatever that is. What is not known to be harmless where it stands becomes a character reference;
 * escaping only `|` leaves autolinks, HTML, emphasis and line breaks open.
 */
export function encodeMarkdown(value: string): string {
  const characters = [...showUnprintable(value)];
  let text = '';
  for (const [index, character] of characters.entries()) {
    const before = characters[index - 1] ?? '';
    const after = characters[index + 1] ?? '';
    // GFM links "www." by itself.
    const linked =
      character === '.' && /www$/i.test(characters.slice(Math.max(0, index - 3), index).join(''));
    text += !linked && isHarmless(character, before, after) ? character : reference(character);
  }
  return text;
}

const WORD = /^[\p{L}\p{N}]$/u;
const LETTER = /^[\p{L}\p{N}—–§→…⏎]$/u;
const ALWAYS = /^[A-Za-z0-9,;()=']$/;

function isHarmless(character: string, before: string, after: string): boolean {
  if (ALWAYS.test(character) || LETTER.test(character)) return true;
  switch (character) {
    case ' ':
      return before !== '' && after !== '' && before !== ' ' && after !== ' ' && !/\s/.test(before + after);
    case '_':
    case '-':
    case '+':
      // Inside a word they are no emphasis, list marker or delimiter row.
      return WORD.test(before) && WORD.test(after);
    case '.':
      return WORD.test(before);
    case '/':
      return before !== '' && before !== '/' && before !== ':' && after !== '/';
    case ':':
      return before !== '' && after !== '/';
    default:
      return false;
  }
}

function reference(character: string): string {
  return `&#x${character.codePointAt(0)!.toString(16).toUpperCase()};`;
}

/**
 * What cannot be carried as text: control characters, lone surrogates and noncharacters have no character
 * reference, direction marks would reorder what a reader sees.
 */
const UNPRINTABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]|\p{Surrogate}|[\ufffe\uffff]|\p{Noncharacter_Code_Point}/gu;

/** The value with every unprintable character shown as `\uXXXX`; all others stay as they are. */
export function showUnprintable(value: string): string {
  return value.replace(UNPRINTABLE, escapeVisibly);
}

/** Text that cannot steer a terminal: unprintable characters and line breaks become visible escapes. */
export function encodeTerminal(value: string): string {
  return showUnprintable(value).replace(/[\t\n\r\u2028\u2029\u200b-\u200d\u2060\ufeff]/g, escapeVisibly);
}

/** JSON text whose values cannot steer a terminal either: the same value, with JSON's own escapes. */
export function encodeJson(json: string): string {
  return json.replace(UNPRINTABLE, (characters) =>
    characters
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function escapeVisibly(character: string): string {
  const code = character.codePointAt(0)!.toString(16).padStart(4, '0');
  return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
}

const ATTRIBUTE = String.raw`\s+[A-Za-z_:][A-Za-z0-9_.:-]*(?:\s*=\s*(?:[^\s"'=<>\x60]+|'[^']*'|"[^"]*"))?`;
/** An opening or closing tag, where its pattern is set to look. */
export const TAG = new RegExp(
  String.raw`<(?:/[A-Za-z][A-Za-z0-9-]*\s*|[A-Za-z][A-Za-z0-9-]*(?:${ATTRIBUTE})*\s*/?)>`,
  'y',
);
const ADDRESS = /<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\u0000- <>\u007f]*>/y;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(String.raw`<[A-Za-z0-9.!#$%&'*+/=?^_\x60{|}~-]+@${LABEL}(?:\.${LABEL})*>`, 'y');

/** What `<` begins: an address (read without its brackets) or raw HTML; null for neither. */
export function readAngle(text: string, at: number): { text: string; end: number } | null {
  const next = text.charCodeAt(at + 1);
  if (next === 33 || next === 63) {
    const end = declarationEnd(text, at);
    return end < 0 ? null : { text: text.slice(at, end), end };
  }
  for (const pattern of [ADDRESS, EMAIL]) {
    pattern.lastIndex = at;
    if (pattern.test(text))
      return { text: text.slice(at + 1, pattern.lastIndex - 1), end: pattern.lastIndex };
  }
  TAG.lastIndex = at;
  return TAG.test(text) ? { text: text.slice(at, TAG.lastIndex), end: TAG.lastIndex } : null;
}

/** Where a comment, declaration or instruction ends, negative where it does not. */
function declarationEnd(text: string, at: number): number {
  const after = (sign: string, from: number) => {
    const found = text.indexOf(sign, from);
    return found < 0 ? -1 : found + sign.length;
  };
  if (text.charCodeAt(at + 1) === 63) return after('?>', at + 2);
  if (text.startsWith('<!--', at)) return after('-->', at + 2);
  if (text.startsWith('<![CDATA[', at)) return after(']]>', at + 9);
  return /^[A-Za-z]/.test(text.charAt(at + 2)) ? after('>', at + 3) : -1;
}

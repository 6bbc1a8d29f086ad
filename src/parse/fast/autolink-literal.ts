/** Addresses without brackets, as GFM links them: markup inside of them is none. */

const WWW = /www\.(?=[\s\S])/iy;
const PROTOCOL = /https?:\/\//iy;
const EMAIL = /[A-Za-z0-9+\-._]+@/y;

/** Where an address ends that begins at an offset, negative where none does. @param code of the character there */
export function readAutolinkLiteral(text: string, at: number, code: number): number {
  if (!isEmailCharacter(code)) return -1;
  const before = at === 0 ? Number.NaN : text.charCodeAt(at - 1);
  const email = before === 47 || isEmailCharacter(before) ? -1 : readEmail(text, at);
  if (email >= 0) return email;
  const letter = code | 32;
  if (letter === 104 && !isLetter(before)) {
    PROTOCOL.lastIndex = at;
    if (!PROTOCOL.test(text)) return -1;
    const start = PROTOCOL.lastIndex;
    const next = text.charAt(start);
    if (next === '' || /[\u0000-\u001f\u007f\s\p{P}\p{S}]/u.test(next)) return -1;
    return readPathAfter(text, readDomain(text, start));
  }
  if (letter === 119 && (at === 0 || /[(*_[\]~ \t\n]/.test(text.charAt(at - 1)))) {
    WWW.lastIndex = at;
    return WWW.test(text) ? readPathAfter(text, readDomain(text, at)) : -1;
  }
  return -1;
}

function readEmail(text: string, at: number): number {
  EMAIL.lastIndex = at;
  if (!EMAIL.test(text)) return -1;
  let end = EMAIL.lastIndex;
  let dot = false;
  let data = false;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 46) {
      if (!isAlphanumeric(text.charCodeAt(end + 1))) break;
      dot = true;
    } else if (code === 45 || code === 95 || isAlphanumeric(code)) data = true;
    else break;
  }
  return data && dot && isLetter(text.charCodeAt(end - 1)) ? end : -1;
}

function readDomain(text: string, start: number): number {
  let at = start;
  let last = false;
  let lastButOne = false;
  let seen = false;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46 || code === 95) {
      if (isTrail(text, at)) break;
      if (code === 95) last = true;
      else {
        lastButOne = last;
        last = false;
      }
    } else if (code !== 45 && /[\s\p{P}\p{S}]/u.test(text.charAt(at))) break;
    else seen = true;
  }
  return last || lastButOne || !seen ? -1 : at;
}

const MAY_END = new Set([...'!"&\'),.:;<?]_*~'].map((sign) => sign.charCodeAt(0)));

function readPathAfter(text: string, start: number): number {
  if (start < 0) return -1;
  let at = start;
  let open = 0;
  let closed = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 40) open += 1;
    else if (code === 41 && closed < open) closed += 1;
    else if (MAY_END.has(code)) {
      if (isTrail(text, at)) break;
      if (code === 41) closed += 1;
    } else if (/\s/.test(text.charAt(at))) break;
  }
  return at;
}

/** Whether nothing but punctuation follows up to a blank: it does not belong to the address. */
function isTrail(text: string, start: number): boolean {
  let at = start;
  while (at < text.length) {
    const sign = text.charAt(at);
    if (/[!"'),.:;?_*~]/.test(sign)) at += 1;
    else if (sign === '&') {
      const reference = /^&[A-Za-z]+;/.exec(text.slice(at, at + 40));
      if (!reference) return false;
      at += reference[0].length;
    } else if (sign === ']') {
      at += 1;
      const next = text.charAt(at);
      if (next === '' || next === '(' || next === '[' || /\s/.test(next)) return true;
    } else return sign === '<' || /\s/.test(sign);
  }
  return true;
}

function isEmailCharacter(code: number): boolean {
  return code === 43 || code === 45 || code === 46 || code === 95 || isAlphanumeric(code);
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || isLetter(code);
}

function isLetter(code: number): boolean {
  const letter = code | 32;
  return letter >= 97 && letter <= 122;
}

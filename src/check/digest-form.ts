import { DIGEST } from '../base/digest.js';

/** What is wrong with a text that is meant as a digest, and the digest that it certainly means, if any. */
export interface DigestFault {
  /** The text as it is written. */
  readonly written: string;
  /** A clause: `it has 63 digits`. */
  readonly what: string;
  readonly meant: string | null;
}

const PLACEHOLDER = /^(?:<.*>|(?:TODO|TBD|FIXME|X{3,}|\?{2,})(?![\p{L}\p{N}]))/iu;
/** As long as a digest, give or take a slip of the keys. */
const NEAR = { least: 60, most: 68 };

/**
 * Judges the first word of a value that a name says is a SHA-256 digest (`sha256`), or some digest (`digest`, which
 * may be a shorter or longer one of another algorithm). An abbreviation is another rule's.
 */
export function digestFault(value: string, name: 'sha256' | 'digest'): DigestFault | null {
  const text = value.replace(/^[`"'(]+/, '').replace(/^sha256:/i, '');
  if (PLACEHOLDER.test(text)) {
    const written = PLACEHOLDER.exec(text)![0];
    return { written, what: 'it is a placeholder', meant: null };
  }
  const word = /^[^\s`"',;)|]*/.exec(text)![0];
  if (DIGEST.test(word) || /…|\.\.\./.test(word)) return null;
  const near = word.length >= NEAR.least && word.length <= NEAR.most;
  if (/^[0-9a-f]{6,}$/i.test(word)) return near || name === 'sha256' ? hexFault(word) : null;
  if (near && /^[0-9a-z]+$/i.test(word))
    return { written: word, what: 'it has letters that are no hex digits', meant: null };
  return null;
}

/** Words in running text that are almost digests: of another length by a few digits, or with capital letters. */
export function digestFaultsIn(text: string): (DigestFault & { readonly index: number })[] {
  if (text.length < NEAR.least) return [];
  return [...text.matchAll(/(?<![0-9A-Za-z])[0-9a-fA-F]{60,68}(?![0-9A-Za-z…]|\.\.\.)/g)]
    .filter(([word]) => !DIGEST.test(word) && /\d/.test(word) && /[a-f]/i.test(word))
    .map((match) => ({ ...hexFault(match[0]), index: match.index }));
}

function hexFault(word: string): DigestFault {
  const lower = word.toLowerCase();
  if (DIGEST.test(lower)) return { written: word, what: 'it has capital letters', meant: lower };
  return { written: word, what: `it has ${word.length} digits`, meant: null };
}

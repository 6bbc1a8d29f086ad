/** What a piece of text may hold, by signs that are cheap to find: only then a pattern is tried on it. */
export const Sign = {
  path: 1,
  digest: 2,
  abbreviation: 4,
  id: 8,
  section: 16,
  tag: 32,
  colon: 64,
} as const;

/** Every fact of a line holds one of these. `N` also begins other words: the pattern for ids tells. */
const SIGNS: readonly (readonly [string, number])[] = [
  ['.md', Sign.path],
  ['…', Sign.abbreviation],
  ['...', Sign.abbreviation],
  ['&hellip;', Sign.abbreviation],
  ['C-', Sign.id],
  ['G-', Sign.id],
  ['PF-', Sign.id],
  ['V-', Sign.id],
  ['D-', Sign.id],
  ['\u2011', Sign.id],
  ['N', Sign.id],
  ['§', Sign.section],
  ['<', Sign.tag],
  [':', Sign.colon],
];

const DIGEST_LENGTH = 64;
/** Behind every text. */
const NOWHERE = 2 ** 30;

/**
 * Signs of pieces of a text, best asked for from front to back. The runtime's own search for a string is many times
 * as fast as a loop over characters, and nearly every line lacks nearly every sign.
 */
export class LineSigns {
  /** Where each sign stands next, and the nearest of them all; none stands between `asked` and there. */
  private readonly next: number[] = new Array(SIGNS.length).fill(-1);
  private nextDigest = -1;
  private nearest = -1;
  private asked = 0;

  constructor(private readonly text: string) {}

  /** Signs that begin in a piece of the text. Offsets in UTF-16 units. */
  of(start: number, end: number): number {
    if (start < this.asked) this.restart();
    this.asked = start;
    if (this.nearest >= end) return 0;
    const { text, next } = this;
    if (this.nextDigest < start) this.nextDigest = hexRun(text, start);
    let held = this.nextDigest < end ? Sign.digest : 0;
    let nearest = this.nextDigest;
    for (let index = 0; index < SIGNS.length; index++) {
      const [sign, bit] = SIGNS[index]!;
      let at = next[index]!;
      if (at < start) {
        at = text.indexOf(sign, start);
        if (at < 0) at = NOWHERE;
        next[index] = at;
      }
      if (at < end) held |= bit;
      if (at < nearest) nearest = at;
    }
    this.nearest = nearest;
    return held;
  }

  private restart(): void {
    this.next.fill(-1);
    this.nextDigest = -1;
    this.nearest = -1;
  }
}

/** Where the next run of at least 64 hex digits begins. One such run has a digit at every 64th character. */
function hexRun(text: string, from: number): number {
  for (let at = from + DIGEST_LENGTH - 1; at < text.length; at += DIGEST_LENGTH) {
    if (!isHex(text.charCodeAt(at))) continue;
    let start = at;
    while (start > from && isHex(text.charCodeAt(start - 1))) start -= 1;
    do at += 1;
    while (isHex(text.charCodeAt(at)));
    if (at - start >= DIGEST_LENGTH) return start;
  }
  return NOWHERE;
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
}

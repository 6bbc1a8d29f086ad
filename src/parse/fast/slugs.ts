import { slug } from 'github-slugger';

/** The anchors of a document's headings: the slugger's, with numbers behind those that are there already. */
export class Slugs {
  private readonly repeated = new Map<string, number>();

  /** The anchor of the next heading. */
  next(heading: string): string {
    const own = slugOf(heading);
    let result = own;
    while (this.repeated.has(result)) {
      const count = this.repeated.get(own)! + 1;
      this.repeated.set(own, count);
      result = `${own}-${count}`;
    }
    this.repeated.set(result, 0);
    return result;
  }
}

const KEPT = 1;
const DROPPED = 2;
const HYPHEN = 3;
/** Half of a character: the slugger has to see the whole of it. */
const HALF = 4;
/** What the slugger makes of each UTF-16 unit, by unit; 0 where it was not asked yet. Its own pattern is slow. */
const KINDS = new Uint8Array(0x10000);

function slugOf(heading: string): string {
  const text = heading.toLowerCase();
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = KINDS[code]! || kindOf(code);
    if (kind === KEPT) continue;
    if (kind === HALF) return slug(heading);
    result += text.slice(from, at);
    if (kind === HYPHEN) result += '-';
    from = at + 1;
  }
  return result + text.slice(from);
}

/** @param code of a character in lower case */
function kindOf(code: number): number {
  const kind = code >= 0xd800 && code <= 0xdfff ? HALF : kindOfCharacter(String.fromCharCode(code));
  KINDS[code] = kind;
  return kind;
}

function kindOfCharacter(character: string): number {
  const made = slug(character);
  if (made === '') return DROPPED;
  return made === character ? KEPT : HYPHEN;
}

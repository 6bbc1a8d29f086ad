/** A run of `*`, `_` or `~` that may open or close emphasis or strike-through. */
export class Delimiter {
  readonly marker: number;
  readonly opens: boolean;
  readonly closes: boolean;
  /** How many of its characters are left. */
  left: number;

  constructor(text: string, start: number, end: number) {
    this.marker = text.charCodeAt(start);
    this.left = end - start;
    const before = classOf(text, start - 1);
    const after = classOf(text, end);
    const strike = this.marker === 126;
    const open = after === 0 || (after === 2 && before > 0) || (!strike && text.charCodeAt(end) === 126);
    const close =
      before === 0 || (before === 2 && after > 0) || (!strike && text.charCodeAt(start - 1) === 126);
    this.opens = this.marker === 95 ? open && (before > 0 || !close) : open;
    this.closes = this.marker === 95 ? close && (after > 0 || !open) : close;
  }
}

/** Text as a reader sees it, or marks that may still turn out to be markup. */
export type Piece = string | Delimiter;

/** 1 for blanks and ends, 2 for punctuation, 0 for other characters (as UTF-16 units, like the reference reader). */
function classOf(text: string, at: number): 0 | 1 | 2 {
  const character = text.charAt(at);
  if (character === '' || /\s/.test(character)) return 1;
  return /[\p{P}\p{S}]/u.test(character) ? 2 : 0;
}

/**
 * The text of pieces without the marks that are emphasis or strike-through. @param strikeFirst which of the two is
 * settled first
 */
export function resolveDelimiters(pieces: readonly Piece[], strikeFirst: boolean): string {
  if (!pieces.some((piece) => typeof piece !== 'string')) return pieces.join('');
  let settled = [...pieces];
  for (const strike of strikeFirst ? [true, false] : [false, true]) settled = settle(settled, strike);
  return settled.map(textOf).join('');
}

function textOf(piece: Piece): string {
  if (typeof piece === 'string') return piece;
  return String.fromCharCode(piece.marker).repeat(piece.left);
}

function settle(pieces: readonly Piece[], strike: boolean): Piece[] {
  const settled = new Settled(strike);
  for (const piece of pieces) settled.add(piece);
  return settled.done;
}

/** Pieces in which every mark of one kind has found its partner, or has none before it. */
class Settled {
  readonly done: Piece[] = [];
  /** Below which index there is no partner, by the kind of mark that looked for one in vain. */
  private readonly bottoms = new Map<number, number>();

  constructor(private readonly strike: boolean) {}

  add(piece: Piece): void {
    this.done.push(piece);
    if (typeof piece === 'string' || !piece.closes || (piece.marker === 126) !== this.strike) return;
    while (piece.left > 0 && this.close(piece)) {}
  }

  /** Finds what a closing run closes, and replaces what is between the two by its text. */
  private close(closer: Delimiter): boolean {
    const { done, strike, bottoms } = this;
    const kind = (closer.marker << 3) | (closer.opens ? 4 : 0) | (strike ? closer.left : closer.left % 3);
    const bottom = bottoms.get(kind) ?? 0;
    for (let index = done.length - 2; index >= bottom; index--) {
      const opener = done[index]!;
      if (typeof opener === 'string' || !opener.opens || opener.marker !== closer.marker) continue;
      if (strike ? opener.left !== closer.left : !belong(opener, closer)) continue;
      const use = strike ? closer.left : opener.left > 1 && closer.left > 1 ? 2 : 1;
      const inner = resolveDelimiters(done.slice(index + 1, -1), true);
      opener.left -= use;
      closer.left -= use;
      done.splice(index + (opener.left > 0 ? 1 : 0), done.length);
      for (const [key, at] of bottoms) if (at > done.length) bottoms.set(key, done.length);
      done.push(inner, closer);
      return true;
    }
    bottoms.set(kind, done.length - 1);
    return false;
  }
}

/** The rule of three: a run that can do both closes only what together with it is no multiple of three. */
function belong(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.left === 0) return false;
  if (!opener.closes && !closer.opens) return true;
  return closer.left % 3 === 0 || (opener.left + closer.left) % 3 !== 0;
}

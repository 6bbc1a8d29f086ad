import { tokensOf } from './grammar.js';

/** The value that a declaration of PL/pgSQL gives to its variable. */
interface DeclaredValue {
  readonly expression: string;
  /** 1-based line of the body. */
  readonly line: number;
}

/**
 * The values in all declarations of a body, by its tokens: the tree that the language's parser gives out leaves out those of
 * records and of types that it does not know.
 */
export function declaredValues(body: string): DeclaredValue[] {
  const bytes = Buffer.from(body);
  const tokens = tokensOf(bytes).filter(({ kind }) => kind === 'other');
  const words = tokens.map(({ start, end }) => bytes.toString('utf8', start, end).toLowerCase());
  const ends = nextOf(words, (word) => word === ';');
  const signs = nextOf(words, (word) => word === ':=' || word === '=' || word === 'default');
  const seen = new Set<number>();
  const values: DeclaredValue[] = [];
  for (const [index, word] of words.entries()) {
    if (word !== 'declare') continue;
    for (let at = index + 1; at < words.length && words[at] !== 'begin' && !seen.has(at); ) {
      seen.add(at);
      const end = ends[at]!;
      const sign = signs[at]!;
      if (sign < end && !seen.has(-sign) && !isCursor(words, at) && words[at] !== 'declare') {
        seen.add(-sign);
        const start = tokens[sign]!.end;
        const text = bytes.toString('utf8', start, tokens[end]?.start);
        const before = bytes.toString(
          'utf8',
          0,
          start + Buffer.byteLength(text) - Buffer.byteLength(text.trimStart()),
        );
        values.push({ expression: text.trim(), line: before.split('\n').length });
      }
      at = words[at] === 'declare' ? at + 1 : end + 1;
    }
  }
  return values;
}

/** For each word, the place of the next that is meant, itself included; the number of words where there is none. */
function nextOf(words: readonly string[], isMeant: (word: string) => boolean): number[] {
  const places = new Array<number>(words.length);
  let next = words.length;
  for (let at = words.length - 1; at >= 0; at--) {
    if (isMeant(words[at]!)) next = at;
    places[at] = next;
  }
  return places;
}

/** A cursor's query may hold the same signs; the parser's tree has it. */
function isCursor(words: readonly string[], at: number): boolean {
  return /^\S+ (?:(?:no )?scroll )?cursor(?: |$)/.test(words.slice(at, at + 4).join(' '));
}

import type { SourceText } from '../parse/source-text.js';
import type { ByteRange, SqlProblem } from './facts.js';

const HIDDEN =
  /[\r\v\f\u0085\u2028\u2029]|[\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f]|[\u200b-\u200d\u2060\ufeff\u00ad\u180e]|[\u00a0\u2000-\u200a\u202f\u205f\u3000]|[\u{e0000}-\u{e007f}]/gu;

/** What a reviewer cannot see in executable SQL: refused, so that what is read is what runs. */
export function hiddenCharacters(source: SourceText, range: ByteRange): SqlProblem[] {
  const start = source.lineStart(range.firstLine);
  const end = range.end >= source.bytes.length ? source.text.length : source.lineStart(range.lastLine + 1);
  const text = source.text.slice(start, end);
  const problems: SqlProblem[] = [];
  const report = (message: string, index: number, length: number, help: string) =>
    problems.push({
      rule: 'sql-hidden-characters',
      message,
      position: source.range(start + index, start + index + length),
      help,
    });
  for (const match of text.matchAll(HIDDEN)) {
    const code = match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    report(
      `hidden or ambiguous character U+${code} in executable SQL`,
      match.index,
      match[0].length,
      'remove it',
    );
  }
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
    const word = match[0];
    if (word !== word.normalize('NFC'))
      report('text that is not in Unicode form NFC', match.index, word.length, 'normalise it to NFC');
    const scripts = SCRIPTS.filter((script) => script.test(word));
    if (scripts.length > 1)
      report(
        `a word of mixed scripts: ${JSON.stringify(word)}`,
        match.index,
        word.length,
        'letters of another script look alike; retype the word',
      );
  }
  return problems;
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
];

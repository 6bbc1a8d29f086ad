import { isAscii } from 'node:buffer';
import type { SourceText } from '../parse/source-text.js';
import type { ByteRange, SqlProblem } from './facts.js';
import type { Token } from './grammar.js';
import type { UnitText } from './unit-text.js';

// Controls, spaces other than the plain one, what has no width or no fixed look, and the blank of Braille.
const HIDDEN = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Text without anything that the classes above or the scripts below are asked for, as most SQL is. */
const PLAIN = /^[\t\n -~]*$/;

/** So many blanks move what follows out of a reviewer's sight. */
const FAR = 120;

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
  const plain = PLAIN.test(text);
  for (const match of plain ? [] : text.matchAll(HIDDEN)) {
    const code = match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    report(
      `hidden or ambiguous character U+${code} in executable SQL`,
      match.index,
      match[0].length,
      'remove it',
    );
  }
  for (const { 0: blanks, index } of text.matchAll(/[ \t]{2,}/g)) {
    const next = text[index + blanks.length];
    if (blanks.length >= FAR && next !== undefined && next !== '\n')
      report(`${blanks.length} blanks within a line of executable SQL`, index, blanks.length, 'remove them');
  }
  for (const match of plain ? [] : text.matchAll(/[\p{L}\p{M}\p{N}_]+|[^\p{ASCII}]/gu)) {
    const word = match[0];
    const after = text.slice(Math.max(0, match.index - 1), match.index) + word;
    if (PLAIN.test(after)) continue;
    if (after !== after.normalize('NFC')) {
      report('text that is not in Unicode form NFC', match.index, word.length, 'normalise it to NFC');
      continue;
    }
    const scripts = SCRIPTS.filter((script) => script.test(word));
    if (scripts.length > 1)
      report(
        `a word of mixed scripts: ${JSON.stringify(word)}`,
        match.index,
        word.length,
        'letters of another script look alike; retype the word',
      );
    const styled = [...word].find(
      (letter) => /(?!\p{ASCII})[\p{L}\p{Nl}]/u.test(letter) && STYLED.test(letter.normalize('NFKC')),
    );
    if (styled !== undefined)
      report(
        `a styled form of a plain letter: ${JSON.stringify(styled)}`,
        match.index,
        word.length,
        'write the plain letter',
      );
  }
  return problems;
}

/** Names that only look like SQL's signs: to the server's lexer every character beyond ASCII is a letter. */
export function hiddenNames(text: UnitText, tokens: readonly Token[]): SqlProblem[] {
  const problems: SqlProblem[] = [];
  if (isAscii(text.bytes) && !/u&["']/i.test(text.bytes.toString('latin1'))) return problems;
  for (const { kind, start, end } of tokens) {
    if (kind !== 'other') continue;
    const word = text.bytes.toString('utf8', start, end);
    const escaped = /^u&["']/i.test(word);
    const quoted = /^(?:\w?['"]|\$)/.test(word);
    if (!escaped && (quoted || !/[^\p{ASCII}\p{L}\p{M}\p{N}]/u.test(word))) continue;
    problems.push({
      rule: 'sql-hidden-characters',
      message: escaped
        ? `Unicode escapes: ${word}`
        : `a sign that is no sign of SQL: ${JSON.stringify(word)}`,
      position: text.range(start, end),
      help: escaped ? 'write the characters themselves' : 'the server reads it as a name; retype it',
    });
  }
  return problems;
}

/** A carriage return alone is a line end for Markdown and for no tool that shows or cuts lines. */
export function loneReturns(source: SourceText): SqlProblem[] {
  return [...source.text.matchAll(/\r(?!\n)/g)].slice(0, 1).map(({ index }) => ({
    rule: 'sql-hidden-characters',
    message: 'a carriage return without a line feed, in a document with executable SQL',
    position: source.range(index, index),
    help: 'end lines with a line feed: line numbers would differ between readers',
  }));
}

/** What a styled letter stands for, if that is a letter of SQL. */
const STYLED = /^[A-Za-z]+$/;

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Lisu}/u,
  /\p{Script=Glagolitic}/u,
  /\p{Script=Deseret}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
];

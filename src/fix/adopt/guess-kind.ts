import { posix } from 'node:path';
import type { Kind } from '../../model/kinds.js';
import type { DocumentIndex } from '../../parse/document.js';

const WORDS: readonly (readonly [Kind, RegExp])[] = [
  ['execution-report', /execution[\s-]report/],
  ['dry-run-report', /dry[\s-]run[\s-]report/],
  ['command-package', /(?:command|review)[\s-](?:\S+[\s-])?package/],
  ['authorization', /authori[sz]ation/],
  ['review', /\breview\b/],
  ['law', /\b(?:law|protocol)\b/],
];

/** The kinds that the file name and the title of an older document speak of, and its SQL. */
export function guessKinds({ path, fences }: DocumentIndex, title: string): Kind[] {
  const text = `${posix.basename(path)}\n${title}`.toLowerCase();
  const roles = new Set(fences.map(({ role }) => role));
  const ddl = roles.has('migration') || roles.has('rollback') || path.endsWith('.sql.md');
  const named = WORDS.filter(([, words]) => words.test(text)).map(([kind]) => kind);
  return ddl ? ['ddl', ...named] : named;
}

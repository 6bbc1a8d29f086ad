import type { Random } from './random.js';

const ACTORS = [
  'the migration agent',
  'the independent reviewer',
  'the change sovereign',
  'the operator on duty',
  'the team that owns the ledger',
  'whoever reads this later',
  'the keeper of the register',
  'the second pair of eyes',
] as const;

const ACTS = [
  'read the catalogue before the window opened',
  'compared the extracted bytes with the digest that was written down',
  'kept the output of every command beside the record',
  'stopped where a precondition could not be evaluated',
  'asked for the backup to be read in full once more',
  'found no object outside the declared scope',
  'wrote down the time of each statement as the server gave it',
  'counted the rows in the same snapshot as the dump',
  'left the older tables as they were',
  'noted which statement was declared and which one was proved',
  'repeated the verification on a session of its own',
  'held the report against the package line by line',
] as const;

const REASONS = [
  'because a number that nobody can reproduce is worth little',
  'so that a person who was not there can judge it',
  'although nothing had complained until then',
  'since a revision can be named twice and a digest cannot',
  'as the protocol asks for it',
  'before anything else was begun',
  'while the source was still being written to',
  'and the result was the same on the rehearsal database',
  'which took a few milliseconds and no lock that an application would notice',
  'without touching the vector store or the deployed code',
] as const;

const MARKS = [
  '`pg_catalog`',
  '*snapshot*',
  '`ON_ERROR_STOP`',
  '**nothing else**',
  '`lock_timeout`',
  'the §2 lines',
  '`xmin`',
  'the *grid*',
] as const;

/** A sentence in the tone of such documents. */
export function sentence(random: Random): string {
  const mark = random.next() < 0.25 ? `, see ${random.pick(MARKS)}` : '';
  const text = `${random.pick(ACTORS)} ${random.pick(ACTS)} ${random.pick(REASONS)}${mark}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Sentences broken into lines of at most about 110 characters. */
export function paragraph(random: Random, sentences: number): string[] {
  const words = Array.from({ length: sentences }, () => sentence(random))
    .join(' ')
    .split(' ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length >= 110) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXAMPLE } from '../../src/demo/example.js';

/** The repository's root. */
export const REPOSITORY = join(import.meta.dirname, '../..');

/** A record that a real run left in the corpus, with the files around it. */
export interface Committed {
  readonly name: string;
  /** Path of the report, and of the record that it names, relative to the root. */
  readonly report: string;
  readonly record: string;
  readonly journal: string;
}

/** The committed records, by way of the reports that name them. */
export const COMMITTED: readonly Committed[] = [
  { name: 'rehearsal', report: EXAMPLE.dryRunReport },
  { name: 'run', report: EXAMPLE.executionReport },
].map(({ name, report }) => {
  const text = readFileSync(join(REPOSITORY, report), 'utf8');
  const record = /^record:\n {2}path: (.*)$/m.exec(text)?.[1];
  if (record === undefined) throw new Error(`${report} names no record`);
  return { name, report, record, journal: join(dirname(record), 'journal.jsonl') };
});

/** Bytes of a file of the repository. */
export function bytesOf(path: string): Buffer {
  return readFileSync(join(REPOSITORY, path));
}

/** Text of a file of the repository. */
export function textOf(path: string): string {
  return bytesOf(path).toString('utf8');
}

/** Lines of a committed journal, without their line ends. */
export function journalLines({ journal }: Committed): string[] {
  return textOf(journal).trimEnd().split('\n');
}

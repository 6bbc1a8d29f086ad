import { headerText } from '../parse/document.js';
import { type ReviewLink, reviewsOf } from './chain.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';

/**
 * An earlier change of a line: a ddl document that a later one rests on by `depends_on`, and which a package was
 * written for. What ran before the protocol did has none, and is no change that could be closed.
 */
export interface EarlierChange {
  readonly ddl: Entry;
  readonly packages: readonly Entry[];
  /** Execution reports of these packages that say `succeeded`. */
  readonly reports: readonly Entry[];
  /** Passing reviews of exactly the bytes of one of the reports; empty where the change is not closed. */
  readonly closing: readonly ReviewLink[];
}

/** Whose word counts, beyond what a document says of itself. */
export interface Counted {
  /** As by its signatures. */
  review(entry: Entry): boolean;
  /** As by its record. */
  report(entry: Entry): boolean;
}

const EVERY_WORD: Counted = { review: () => true, report: () => true };

/**
 * The changes that come before a ddl document in its line, nearest first.
 * @param beyond whether the way goes on behind a change: the nearest ones answer for those before them
 */
export function earlierChanges(
  model: Model,
  ddl: Entry,
  beyond = false,
  counted: Counted = EVERY_WORD,
): EarlierChange[] {
  const found: EarlierChange[] = [];
  const queue = [ddl];
  const entered = new Set([ddl.document.path]);
  for (const later of queue)
    for (const { key, path } of later.pins) {
      const earlier = /^depends_on\.\d+$/.test(key) && !entered.has(path) && model.entries.get(path);
      if (!earlier) continue;
      entered.add(path);
      const change = changeOf(model, earlier, counted);
      if (change) found.push(change);
      if (!change || beyond) queue.push(earlier);
    }
  return found;
}

function changeOf(model: Model, ddl: Entry, counted: Counted): EarlierChange | null {
  const pinning = model.pinning('ddl', ddl.document.path).map((path) => model.entries.get(path)!);
  const packages = pinning.filter(({ kind }) => kind === 'command-package');
  if (packages.length === 0) return null;
  const reports = pinning.filter(
    ({ kind, document }) =>
      kind === 'execution-report' && headerText(document, 'execution_status') === 'succeeded',
  );
  return {
    ddl,
    packages,
    reports,
    closing: reports
      .filter((report) => counted.report(report))
      .flatMap((report) => closingOf(model, report, counted)),
  };
}

/** None where one of the reviews of these bytes says fail. */
function closingOf(model: Model, { document }: Entry, counted: Counted): ReviewLink[] {
  const current = reviewsOf(model, [document.path]).filter(
    ({ entry, subjectMatches }) => entry.kind === 'review' && subjectMatches,
  );
  if (current.some(({ verdict }) => verdict === 'fail')) return [];
  return current.filter(({ entry, verdict }) => verdict === 'pass' && counted.review(entry));
}

import { type EarlierChange, earlierChanges } from '../../model/earlier-changes.js';
import { type HeaderScalar, headerValue } from '../../parse/document.js';
import { leadingDate } from '../calendar-date.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const noSelfAdvance: CorpusRule = {
  id: 'no-self-advance',
  scope: 'corpus',
  group: 'authority',
  severity: 'error',
  what: 'A command package that is dated, or a run that began, before the change that its ddl document rests on was closed by a passing review of its execution report.',
  why: 'What the earlier change left behind is the ground of the later one, and until the report was reviewed nobody but its author has looked at it.',
  fix: 'Have the report of the earlier change reviewed, and begin the later one after that.',
  check(context) {
    const { entry, model } = context;
    const begun = beginning(context);
    const ddl = begun && model.entries.get(entry.pins.find(({ key }) => key === 'ddl')?.path ?? '');
    if (!ddl) return;
    for (const change of earlierChanges(model, ddl)) judge(context, begun, change);
  },
};

/** When a change was begun, and the last calendar date that it was then anywhere. */
interface Beginning {
  readonly field: HeaderScalar;
  readonly what: string;
  readonly date: string;
}

function beginning({ entry: { kind, document } }: CorpusContext): Beginning | null {
  const of = (what: string, name: string, dateOf: (text: string) => string | null): Beginning | null => {
    const field = headerValue(document, name);
    const date = field && dateOf(field.value);
    return field && date ? { field, what, date } : null;
  };
  if (kind === 'command-package') return of('the package is dated', 'date', leadingDate);
  if (kind === 'execution-report') return of('the run began', 'run_started', lastDateAt);
  return null;
}

/** Reviews have the date of where they were written, which may be a day ahead of UTC. */
function lastDateAt(time: string): string | null {
  const instant = Date.parse(time);
  return Number.isNaN(instant) ? null : new Date(instant + FURTHEST_AHEAD_MS).toISOString().slice(0, 10);
}

const FURTHEST_AHEAD_MS = 14 * 3_600_000;

function judge(
  { report }: CorpusContext,
  { field, what, date }: Beginning,
  { ddl, packages, reports, closing }: EarlierChange,
): void {
  const { position, value: observed } = field;
  const help = 'a change is begun when the report of the one before it was reviewed';
  const earlier = `"${ddl.document.path}", which comes before it`;
  const [first] = closing
    .flatMap((link) => ({ link, closed: leadingDate(link.entry.document.header?.data.date as string) ?? '' }))
    .sort((a, b) => (a.closed < b.closed ? -1 : 1));
  if (!first)
    report({
      message: `${what} ${observed}, and no execution report of ${earlier}, was reviewed with pass`,
      position,
      expected: 'a passing review of that report, first',
      observed,
      related: [
        reports[0]
          ? relatedDocument(reports[0], 'this report was not reviewed with pass', 'execution_status')
          : relatedDocument(packages[0]!, 'no report says that this package was executed', 'document_path'),
      ],
      help,
    });
  else if (first.closed > date)
    report({
      message: `${what} ${observed}, before the execution report of ${earlier}, was reviewed`,
      position,
      expected: `${first.closed} or later`,
      observed,
      related: [relatedDocument(first.link.entry, `that review is dated ${first.closed}`, 'date')],
      help,
    });
}

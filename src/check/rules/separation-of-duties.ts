import type { Entry } from '../../model/entry.js';
import { authorOf, judgedWork, pinned } from '../../model/judged-work.js';
import { neverOpens } from '../../model/window.js';
import { type HeaderScalar, headerValue } from '../../parse/document.js';
import { foldedName } from '../folded-name.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const separationOfDuties: CorpusRule = {
  id: 'separation-of-duties',
  scope: 'corpus',
  group: 'authority',
  severity: 'error',
  what: 'A review that does not fail its subject, or an authorization, by the author of the subject or of the package or ddl document that it pins; or one that passes where either names no author.',
  why: 'Whoever wrote something reads what was meant, and not what is there; a change is carried by two people.',
  fix: 'Let somebody else review or authorize it, and name both in `author`.',
  check(context) {
    const { entry, model } = context;
    const subject = approves(entry) && model.entries.get(pinned(entry, 'subject') ?? '');
    if (!subject) return;
    const own = headerValue(entry.document, 'author');
    const name = foldedName(own?.value);
    if (name === '' || foldedName(authorOf(subject)) === '') {
      judgeNameless(context, subject, name === '' ? entry : subject);
      return;
    }
    const same = judgedWork(model, entry).filter((work) => foldedName(authorOf(work)) === name);
    const [first] = same;
    if (!own || !first) return;
    tellSame(context, own, first, same);
  },
};

function tellSame(
  { entry, report }: CorpusContext,
  own: HeaderScalar,
  first: Entry,
  same: readonly Entry[],
): void {
  report({
    message: `${own.value.trim()} wrote "${first.document.path}", and gives this ${entry.kind} of it`,
    position: own.position,
    expected: `another author than that of what the ${entry.kind} is about`,
    observed: own.value,
    related: same.map((work) => relatedDocument(work, 'the same author', 'author')),
    help: 'let somebody else do it; a review by its own author may only say fail',
  });
}

/** Nobody can be told apart from somebody who is not named. */
function judgeNameless({ entry, report }: CorpusContext, subject: Entry, nameless: Entry): void {
  const verdict = headerValue(entry.document, 'verdict');
  // What passes on conditions only lets nothing run, and a new review says so. A note is nobody's to review.
  if (
    (entry.kind === 'review' && verdict?.value !== 'pass') ||
    subject.kind === null ||
    subject.kind === 'note'
  )
    return;
  const place = headerValue(entry.document, 'author') ?? verdict ?? headerValue(entry.document, 'kind');
  report({
    message:
      nameless === entry
        ? `this ${entry.kind} names no author`
        : `"${subject.document.path}" names no author, so nobody can tell who may give this ${entry.kind}`,
    position: place!.position,
    expected: 'an author here and in the subject',
    related: nameless === entry ? [] : [relatedDocument(subject, 'no author here', 'kind')],
    help: 'write author: and the name of the person whose word it is',
  });
}

/** Saying no to one's own work needs nobody else. */
function approves(entry: Entry): boolean {
  if (entry.kind === 'authorization') return !neverOpens(entry);
  return entry.kind === 'review' && headerValue(entry.document, 'verdict')?.value !== 'fail';
}

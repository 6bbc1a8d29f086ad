import type { Entry } from '../../model/entry.js';
import { type PinStep, pinsMet } from '../../model/pin-walk.js';
import { headerText } from '../../parse/document.js';
import type { CorpusRule } from '../rule.js';

export const suspectReview: CorpusRule = {
  id: 'suspect-review',
  scope: 'corpus',
  group: 'provenance',
  severity: 'error',
  what: 'A review that approves, or an authorization, of a subject that is unchanged but rests on a document that is not.',
  why: 'The verdict was about what the subject pins as well; what would run, or be relied on, is not what was judged.',
  fix: 'Bring the broken pin up to date in the document that has it, and review the subject as it is then.',
  check({ entry, model, report }) {
    const subject = entry.pins.find(({ key }) => key === 'subject');
    const target = subject && approves(entry) && model.entries.get(subject.path);
    // A subject that changed itself has been reported at its digest: what it pins now was never judged.
    const sha256 = subject?.fields.find(({ name }) => name === 'sha256')?.value;
    if (!target || target.document.digest !== sha256) return;
    const broken = [...pinsMet(model, target, ({ holds }) => holds)].filter(({ holds }) => !holds);
    const [first, ...more] = broken;
    if (!first) return;
    const others = more.length === 0 ? '' : `, and ${more.length} more on the way`;
    report({
      message: `what the subject rests on changed after the ${entry.kind}: "${first.pin.path}"${others}`,
      position: subject.pathPosition,
      expected: first.sha256,
      observed: first.to?.document.digest ?? 'no such document',
      related: broken.map(place),
      help: 'the verdict does not speak of what is there now; it has to be given again',
    });
  },
};

/** Conditions do not make an approval speak of other bytes. */
function approves({ kind, document }: Entry): boolean {
  const verdict = headerText(document, 'verdict');
  return kind === 'authorization' || (kind === 'review' && (verdict === 'pass' || verdict === 'conditional'));
}

function place({ from, pin }: PinStep) {
  const { position } = pin.fields.find(({ name }) => name === 'sha256')!;
  return { file: from.document.path, position, message: `${pin.key}: not the digest of "${pin.path}"` };
}

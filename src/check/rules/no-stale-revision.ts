import type { Range } from '../../base/position.js';
import { REVISION } from '../../model/pins.js';
import { headerText } from '../../parse/document.js';
import { digestFix } from '../digest-fix.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const noStaleRevision: CorpusRule = {
  id: 'no-stale-revision',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A revision beside a path, or in a pin, that is not the one the document has.',
  why: 'What was read was another revision than the one that is there now.',
  fix: 'Read the present revision again, and then name it.',
  check(context) {
    for (const pin of context.entry.pins) {
      const field = pin.fields.find(({ name }) => name === 'revision');
      if (field) judge(context, pin.path, field.value, field.position);
    }
    for (const { value, revision, revisionPosition } of context.entry.mentioned.paths) {
      if (revision !== null) judge(context, value, revision, revisionPosition!);
    }
    const { mentioned, textPins } = context.entry;
    if (textPins.length === 0) return;
    // A link may show the path that it leads to.
    const judged = new Set(
      mentioned.paths.flatMap(({ value, revisionPosition: at }) =>
        at && context.model.entries.has(value) ? [placeOf(at)] : [],
      ),
    );
    for (const { path, name, value, position } of textPins)
      if (name === 'revision' && !judged.has(placeOf(position))) judge(context, path, value, position);
  },
};

function placeOf({ start }: Range): string {
  return `${start.line}:${start.column}`;
}

function judge({ model, report }: CorpusContext, path: string, observed: string, position: Range): void {
  const target = model.entries.get(path);
  const expected = target && headerText(target.document, 'revision');
  // What has not the form of a revision is reported as that.
  if (!target || expected === undefined || expected === observed || !REVISION.test(observed)) return;
  report({
    message: `Unexpected revision ${observed}, expected ${expected}`,
    position,
    expected,
    observed,
    related: [relatedDocument(target, `this document is revision ${expected}`, 'revision')],
    help: 'what was said of one revision does not hold for another: read it again before you change the number',
    ...(REVISION.test(expected) ? digestFix('revision', position, expected) : {}),
  });
}

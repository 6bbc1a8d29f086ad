import { kindName } from '../../model/entry.js';
import { headerText, headerValue } from '../../parse/document.js';
import { leadingDate } from '../calendar-date.js';
import { relatedDocument } from '../related.js';
import type { CorpusRule } from '../rule.js';

export const dateOrder: CorpusRule = {
  id: 'date-order',
  scope: 'corpus',
  group: 'document',
  severity: 'error',
  what: 'A document that is dated before one that it pins: a review before its subject, a report before its package.',
  why: 'What was pinned has been read, so it was there first; one of the two dates is wrong, or the pin is.',
  fix: 'Correct the date that is wrong. A document that was read again has the date of that.',
  check({ entry, model, report }) {
    if (entry.kind === 'note' || kindName(entry) === null) return;
    const own = headerValue(entry.document, 'date');
    const observed = leadingDate(own?.value);
    if (!own || observed === null) return;
    for (const { key, path } of entry.pins) {
      const target = model.entries.get(path);
      const date = target && leadingDate(headerText(target.document, 'date'));
      if (!date || date <= observed) continue;
      report({
        message: `dated ${observed}, but ${key} pins "${path}", which is dated ${date}`,
        position: own.position,
        expected: `${date} or later`,
        observed,
        related: [relatedDocument(target, `this document is dated ${date}`, 'date')],
        help: 'a document is not older than what it pins',
      });
    }
  },
};

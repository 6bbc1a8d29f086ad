import { posix } from 'node:path';
import { headerValue } from '../../parse/document.js';
import { leadingDate } from '../calendar-date.js';
import type { DocumentRule } from '../rule.js';
import { alternatives } from '../words.js';

export const fileNameDate: DocumentRule = {
  id: 'file-name-date',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A `date` that is not the date in the name of the file.',
  why: 'A document is cited by its name: a reader takes the date there for the date of what is written.',
  fix: 'Write the date of the file name, or rename the file and everything that names it.',
  check({ entry: { document }, report }) {
    const field = headerValue(document, 'date');
    const observed = leadingDate(field?.value);
    const named = datesIn(posix.basename(document.path));
    if (!field || observed === null || named.length === 0 || named.includes(observed)) return;
    const expected = alternatives(named);
    report({
      message: `date is ${observed}, but the file name says ${expected}`,
      position: field.position,
      expected,
      observed,
      ...(named.length === 1 && field.value === observed
        ? {
            fix: {
              title: 'write the date of the file name',
              kind: 'safe',
              edits: [{ position: field.position, text: expected }],
            },
          }
        : {}),
    });
  },
};

function datesIn(name: string): string[] {
  const dates = [...name.matchAll(/(?<!\d)(?=\d{4}-)/g)].map(({ index }) => leadingDate(name.slice(index)));
  return dates.filter((date) => date !== null);
}

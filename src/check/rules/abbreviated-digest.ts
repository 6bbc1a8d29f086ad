import type { Entry } from '../../model/entry.js';
import type { Model } from '../../model/model.js';
import { references } from '../../model/references.js';
import { type Abbreviation, abbreviationsIn } from '../abbreviations.js';
import { corpusRule } from '../rule.js';

export const abbreviatedDigest = corpusRule<readonly Abbreviation[]>({
  id: 'abbreviated-digest',
  scope: 'corpus',
  group: 'provenance',
  severity: 'error',
  what: 'An abbreviated digest (`023a3be5…e93eab`) that stands for no known digest, or for several.',
  why: 'A few digits prove nothing unless they lead to the whole digest of one thing.',
  fix: 'Write the whole digest, here or in a document that this one names.',
  collect(entry) {
    const found = abbreviationsIn(entry);
    return found.length > 0 ? found : null;
  },
  check({ entry, model, collected, report }) {
    for (const { value, head, tail, position } of collected) {
      const known = new Set([...model.digests(head).keys(), ...writtenDigests(model, entry, head)]);
      const meant = [...known].filter((digest) => digest.endsWith(tail));
      if (meant.length === 1) continue;
      report({
        message:
          meant.length === 0
            ? `${value} abbreviates no known digest`
            : `${value} abbreviates ${meant.length} known digests`,
        position,
        expected: 'exactly one digest',
        observed: meant.length === 0 ? 'none' : meant.join(', '),
        help:
          meant.length === 0
            ? 'write the whole digest in this document, or name the document that has it'
            : 'write more digits',
      });
    }
  },
});

/** Digests that are written in full in this document or in one that it names. */
function writtenDigests(model: Model, entry: Entry, head: string): string[] {
  const writers = [entry, ...model.writing(head).flatMap((path) => model.entries.get(path) ?? [])];
  return writers
    .filter((one) => one === entry || references(entry, one.document.path))
    .flatMap(({ written }) => written.filter((digest) => digest.startsWith(head)));
}

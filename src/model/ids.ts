import { type Entry, isGoverned } from './entry.js';
import type { Model } from './model.js';
import { referencedEntries } from './references.js';
import { derivedOf } from './scope.js';

/** Which of some ids and sections (`§7`) neither a document declares nor one that it references. */
export function undeclaredIds(model: Model, entry: Entry, ids: Iterable<string>): Set<string> {
  const left = new Set(ids);
  for (const one of readers(model, entry)) {
    for (const id of idsOf(one)) left.delete(id);
    if (left.size === 0) break;
  }
  return left;
}

/** The letters that an id begins with: `PF` of `PF-3`. */
export function idPrefix(id: string): string {
  return /^[A-Z]+/.exec(id)![0];
}

/** What ids of one row have in common: letters, and how many digits (`C-00`) or that there are words (`V-A`). */
export function idForm(id: string): string {
  const [, letters = '', digits = ''] = /^([A-Z]+-?)(\d*)/.exec(id)!;
  return digits === '' ? `${idPrefix(id)}-A` : letters + '0'.repeat(digits.length);
}

/** Forms of the ids that a governed document declares; a migration has derived checks. */
export function idForms({ kind, customKind, declared }: Entry): Set<string> {
  const forms = new Set(isGoverned({ kind, customKind }) ? declared.map(({ id }) => idForm(id)) : []);
  return kind === 'ddl' ? forms.add('D-00') : forms;
}

/** All ids and sections that a document may name. */
export function knownIds(model: Model, entry: Entry): Set<string> {
  const known = new Set<string>();
  for (const one of readers(model, entry)) for (const id of idsOf(one)) known.add(id);
  return known;
}

function* readers(model: Model, entry: Entry): Generator<Entry> {
  yield entry;
  yield* referencedEntries(model, entry);
}

/** Ids and sections that a document declares, those of the checks that follow from its migration among them. */
function* idsOf(entry: Entry): Generator<string> {
  for (const { id } of entry.declared) yield id;
  for (const { text } of entry.document.headings) {
    const section = /^(?:§\s?)?(\d+(?:\.\d+)*)(?![\w])/.exec(text)?.[1];
    if (section) yield `§${section}`;
  }
  for (const { id } of derivedOf(entry)) yield id;
}

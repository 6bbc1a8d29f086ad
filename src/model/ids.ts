import type { Entry } from './entry.js';
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

import { derivedChecks } from '../sql/derived-checks.js';
import { type Entry, unitOf } from './entry.js';
import { type Model, referencedEntries } from './model.js';

/** All ids and sections (`§7`) that a document may name: its own, and those of documents that it references. */
export function knownIds(model: Model, entry: Entry): Set<string> {
  const known = new Set<string>();
  for (const one of [entry, ...referencedEntries(model, entry)]) {
    for (const { id } of one.declared) known.add(id);
    for (const { text } of one.document.headings) {
      const section = /^§?(\d+(?:\.\d+)*)(?![\w])/.exec(text)?.[1];
      if (section) known.add(`§${section}`);
    }
    const migration = unitOf(one, 'migration');
    if (migration) for (const { id } of derivedChecks(migration.statements)) known.add(id);
  }
  return known;
}

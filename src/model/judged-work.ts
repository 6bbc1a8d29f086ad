import { headerText } from '../parse/document.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';

/** What a review or an authorization is about: its subject, and the package and ddl document that this was made from. */
export function judgedWork(model: Model, entry: Entry): Entry[] {
  const subject = model.entries.get(pinned(entry, 'subject') ?? '');
  if (!subject) return [];
  const made = ['package', 'ddl'].flatMap((key) => model.entries.get(pinned(subject, key) ?? '') ?? []);
  return [subject, ...made];
}

/** Path of what a document pins by a key. */
export function pinned({ pins }: Entry, key: string): string | undefined {
  return pins.find((pin) => pin.key === key)?.path;
}

/** Who wrote a document, as it says. */
export function authorOf({ document }: Entry): string | undefined {
  return headerText(document, 'author');
}

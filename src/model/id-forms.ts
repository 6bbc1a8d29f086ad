import { type Entry, isGoverned } from './entry.js';

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

import { FILE_START } from '../base/position.js';
import { type Entry, unitOf } from '../model/entry.js';
import { referencedEntries } from '../model/references.js';
import { derivedOf } from '../model/scope.js';
import type { Heading } from '../parse/document.js';
import type { Place, Snapshot } from './snapshot.js';

/** A heading with the document that it stands in. */
export interface HeadingPlace extends Place {
  readonly heading: Heading;
}

/**
 * Where an id is declared: in the document that names it, else in those that it references (as the rule
 * `no-undefined-id` reads it), else, for whoever only looks for it, anywhere.
 */
export function declarationsOf(snapshot: Snapshot, entry: Entry, id: string): readonly Place[] {
  return nearest(snapshot, entry, (one) => [
    ...one.declared.filter((declaration) => declaration.id === id).slice(0, 1),
    ...derivedPlaces(one, id),
  ]);
}

/** Headings that a section (`§7`) names, from the document outwards as for an id. */
export function headingsOfSection(snapshot: Snapshot, entry: Entry, section: string): HeadingPlace[] {
  return nearest(snapshot, entry, (one) =>
    one.document.headings
      .filter((heading) => sectionOf(heading) === section)
      .map((heading) => ({ path: one.document.path, position: heading.position, heading })),
  );
}

/** The heading that a link's anchor means, as it is written in the address. */
export function headingOfAnchor(headings: readonly Heading[], anchor: string): Heading | undefined {
  let plain = anchor;
  try {
    plain = decodeURIComponent(anchor);
  } catch {
    // What is no escape stands for itself.
  }
  const slug = plain.replace(/^user-content-/, '');
  return headings.find((heading) => heading.slug !== '' && heading.slug === slug);
}

/** The section that a heading opens: `§7` for `7 Title` and `§7 — Title`. */
export function sectionOf({ text }: Heading): string | null {
  const number = /^§?(\d+(?:\.\d+)*)(?![\w])/.exec(text)?.[1];
  return number === undefined ? null : `§${number}`;
}

function nearest<T>(snapshot: Snapshot, entry: Entry, find: (entry: Entry) => T[]): T[] {
  const own = find(entry);
  if (own.length > 0) return own;
  const named = [...referencedEntries(snapshot.model, entry)].flatMap(find);
  return named.length > 0 ? named : [...snapshot.model.entries.values()].flatMap(find);
}

/** A derived check (`D-03`) stands nowhere: the statement that it follows from is shown. */
function derivedPlaces(entry: Entry, id: string): Place[] {
  const statements = id.startsWith('D-') ? (unitOf(entry, 'migration')?.statements ?? []) : [];
  const check = derivedOf(entry).find((one) => one.id === id);
  if (!check || statements.length === 0) return [];
  const statement = statements.find(({ table }) => table?.name === check.table) ?? statements[0]!;
  return [{ path: entry.document.path, position: statement.position }];
}

/** Something that has a digest: a document, the SQL of a role in it, one of its fences. */
export interface DigestPlace extends Place {
  readonly digest: string;
  readonly of: string;
}

/** What a digest, whole or abbreviated, may be the digest of. */
export function digestPlaces(snapshot: Snapshot, written: string): DigestPlace[] {
  return [...snapshot.model.entries.values()].flatMap((entry) =>
    digestsOf(entry).filter(({ digest }) => abbreviates(written, digest)),
  );
}

/** Whether a digest is written so: in full, or by the digits at its start and end. */
export function abbreviates(written: string, digest: string): boolean {
  const [head = '', tail = ''] = written.toLowerCase().split(/…|\.{3}/);
  return digest.startsWith(head) && digest.endsWith(tail);
}

/** All digests of a document: its own, those of its SQL by role, and of single fences where a role has several. */
export function digestsOf({ document, sql }: Entry): DigestPlace[] {
  const { path } = document;
  const units = sql.units.map(({ role, digest }) => {
    const fence = document.fences.find((one) => one.role === role);
    return { path, position: fence?.position ?? FILE_START, digest, of: `${role} SQL` };
  });
  const fences = document.fences
    .filter(({ digest }) => !units.some((unit) => unit.digest === digest))
    .map(({ position, digest, info }) => ({ path, position, digest, of: `fence "${info}"` }));
  return [{ path, position: FILE_START, digest: document.digest, of: 'document' }, ...units, ...fences];
}

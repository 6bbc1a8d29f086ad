import { DIGEST } from '../base/digest.js';
import { FILE_START } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import { resolveLink } from '../model/resolve-link.js';
import { linkTarget } from './link-target.js';
import { rangeKey } from './positions.js';
import { abbreviates, digestPlaces, headingOfAnchor } from './resolve.js';
import type { Place, Snapshot } from './snapshot.js';
import { type Subject, subjectOf } from './subject.js';

/** Where a subject is declared or stands: what "go to definition" opens. */
export function definitionsOf(snapshot: Snapshot, subject: Subject): Place[] {
  switch (subject.kind) {
    case 'document':
      return subject.paths.map((path) => ({ path, position: FILE_START }));
    case 'heading':
      return [...subject.headings];
    case 'id':
      return [...subject.declarations];
    case 'digest':
      return distinct(subject.digests.flatMap((digest) => digestPlaces(snapshot, digest)));
    case 'rule':
      return [];
  }
}

/** Every place of the corpus that names a subject, without its own declarations. */
export function referencesTo(snapshot: Snapshot, subject: Subject): Place[] {
  const declared = new Set(
    subject.kind === 'id' || subject.kind === 'heading' ? definitionsOf(snapshot, subject).map(placeKey) : [],
  );
  const found = [...snapshot.model.entries.values()].flatMap((entry) => [
    ...mentionsOf(snapshot, entry, subject),
    ...linksTo(snapshot, entry, subject),
  ]);
  return distinct(found).filter((place) => !declared.has(placeKey(place)));
}

function mentionsOf(snapshot: Snapshot, entry: Entry, subject: Subject): Place[] {
  const { path, mentions } = entry.document;
  const named = mentions
    .filter(({ kind }) => MENTIONED[subject.kind].includes(kind))
    // Resolving an id asks other documents: only where it is the same word.
    .filter(({ value }) => subject.kind !== 'id' || value === subject.id)
    .filter((mention) => {
      if (subject.kind === 'digest') return subject.digests.some((one) => abbreviates(mention.value, one));
      const other = subjectOf(snapshot, entry, mention);
      return other !== null && sharesWith(subject, other);
    });
  const expected =
    subject.kind === 'digest'
      ? entry.sql.checks
          .flatMap(({ expect }) => expect)
          .filter(({ text }) => DIGEST.test(text) && subject.digests.includes(text))
      : [];
  return [...named, ...expected].map(({ position }) => ({ path, position }));
}

const MENTIONED: Readonly<Record<Subject['kind'], readonly string[]>> = {
  document: ['path'],
  heading: ['section'],
  id: ['id'],
  digest: ['digest', 'abbreviated-digest'],
  rule: [],
};

/** Whether two subjects have a document, heading or declaration in common. */
function sharesWith(a: Subject, b: Subject): boolean {
  if (a.kind === 'document' && b.kind === 'document') return a.paths.some((path) => b.paths.includes(path));
  if (a.kind === 'heading' && b.kind === 'heading') return sharePlace(a.headings, b.headings);
  if (a.kind !== 'id' || b.kind !== 'id') return false;
  const undeclared = a.declarations.length === 0 && b.declarations.length === 0;
  return undeclared || sharePlace(a.declarations, b.declarations);
}

function sharePlace(a: readonly Place[], b: readonly Place[]): boolean {
  const keys = new Set(a.map(placeKey));
  return b.some((place) => keys.has(placeKey(place)));
}

function linksTo(snapshot: Snapshot, entry: Entry, subject: Subject): Place[] {
  const { document } = entry;
  return document.links
    .filter(({ url }) => {
      const target = resolveLink(document, url);
      if (!target) return false;
      if (subject.kind === 'document') return url !== '' && subject.paths.includes(target.path);
      return (
        subject.kind === 'heading' &&
        target.anchor !== null &&
        subject.headings.some(
          ({ path, heading }) => path === target.path && headingOfAnchor([heading], target.anchor!),
        )
      );
    })
    .map((link) => ({
      path: document.path,
      position: linkTarget(snapshot, document.path, link) ?? link.position,
    }));
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}

function placeKey({ path, position }: Place): string {
  return `${path} ${rangeKey(position)}`;
}

import { DIGEST } from '../base/digest.js';
import type { Point, Range } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import { resolvePath } from '../model/references.js';
import { resolveLink } from '../model/resolve-link.js';
import type { Mention } from '../parse/document.js';
import { linkTarget } from './link-target.js';
import { comparePoints, holds } from './positions.js';
import {
  declarationsOf,
  digestPlaces,
  type HeadingPlace,
  headingOfAnchor,
  headingsOfSection,
} from './resolve.js';
import type { Place, Snapshot } from './snapshot.js';

/** What a place in a text is about. */
export type Subject =
  | { readonly kind: 'document'; readonly paths: readonly string[] }
  | { readonly kind: 'heading'; readonly headings: readonly HeadingPlace[] }
  | { readonly kind: 'id'; readonly id: string; readonly declarations: readonly Place[] }
  | { readonly kind: 'digest'; readonly digests: readonly string[] }
  | { readonly kind: 'rule'; readonly id: string };

/** A subject with the span that names it. */
export interface Found {
  readonly subject: Subject;
  readonly position: Range;
}

/** What stands at a place of a document; null where nothing is known of it. */
export function subjectAt(snapshot: Snapshot, path: string, point: Point): Found | null {
  const entry = snapshot.entry(path);
  if (!entry) return null;
  return (
    ruleAt(snapshot, path, point) ??
    linkAt(snapshot, entry, point, true) ??
    mentionAt(snapshot, entry, point) ??
    declarationAt(entry, point) ??
    expectedDigestAt(entry, point) ??
    linkAt(snapshot, entry, point, false) ??
    headingAt(entry, point) ??
    fenceAt(entry, point)
  );
}

const SUPPRESSION = /<!--\s*probatum-disable[a-z-]*\s+([\w-]+(?:\s*,\s*[\w-]+)*)/g;

/** The id of a rule in a comment that suppresses it. */
function ruleAt(snapshot: Snapshot, path: string, point: Point): Found | null {
  for (const match of snapshot.source(path).line(point.line).matchAll(SUPPRESSION)) {
    const list = match.index + match[0].length - match[1]!.length;
    for (const { 0: id, index } of match[1]!.matchAll(/[\w-]+/g)) {
      const start = { line: point.line, column: list + index + 1 };
      const position = { start, end: { line: point.line, column: start.column + id.length } };
      if (holds(position, point)) return { subject: { kind: 'rule', id }, position };
    }
  }
  return null;
}

/** @param inAddress only where the place lies in the link's address, not in its text */
function linkAt(snapshot: Snapshot, entry: Entry, point: Point, inAddress: boolean): Found | null {
  for (const link of entry.document.links) {
    if (!holds(link.position, point)) continue;
    const address = linkTarget(snapshot, entry.document.path, link);
    if (inAddress && !(address && holds(address, point))) continue;
    const target = resolveLink(entry.document, link.url);
    const other = target && snapshot.entry(target.path);
    if (!other) continue;
    const position = address ?? link.position;
    const { path, headings } = other.document;
    const heading = target.anchor ? headingOfAnchor(headings, target.anchor) : undefined;
    if (!heading) return { subject: { kind: 'document', paths: [path] }, position };
    const place = { path, position: heading.position, heading };
    return { subject: { kind: 'heading', headings: [place] }, position };
  }
  return null;
}

function mentionAt(snapshot: Snapshot, entry: Entry, point: Point): Found | null {
  const mention = entry.document.mentions
    .filter(({ position }) => holds(position, point))
    // Of two that touch, the one that starts here.
    .sort((a, b) => comparePoints(b.position.start, a.position.start))[0];
  const subject = mention && subjectOf(snapshot, entry, mention);
  return subject ? { subject, position: mention.position } : null;
}

/** What a mention names; null where nothing of the corpus is meant. */
export function subjectOf(snapshot: Snapshot, entry: Entry, { kind, value }: Mention): Subject | null {
  switch (kind) {
    case 'path': {
      const paths = resolvePath(snapshot.model, value).map(({ document }) => document.path);
      return paths.length > 0 ? { kind: 'document', paths } : null;
    }
    case 'digest':
      return { kind: 'digest', digests: [value.toLowerCase()] };
    case 'abbreviated-digest':
      return { kind: 'digest', digests: digestPlaces(snapshot, value).map(({ digest }) => digest) };
    case 'id':
      return { kind: 'id', id: value, declarations: declarationsOf(snapshot, entry, value) };
    case 'section':
      return { kind: 'heading', headings: headingsOfSection(snapshot, entry, value) };
  }
}

function declarationAt(entry: Entry, point: Point): Found | null {
  const declaration = entry.declared.find(({ position }) => holds(position, point));
  if (!declaration) return null;
  const { id, position } = declaration;
  return { subject: { kind: 'id', id, declarations: [declaration] }, position };
}

/** A digest that a check expects; SQL is not searched for mentions. */
function expectedDigestAt(entry: Entry, point: Point): Found | null {
  const expected = entry.sql.checks
    .flatMap(({ expect }) => expect)
    .find(({ text, position }) => DIGEST.test(text) && holds(position, point));
  return (
    (expected && { subject: { kind: 'digest', digests: [expected.text] }, position: expected.position }) ??
    null
  );
}

function headingAt({ document }: Entry, point: Point): Found | null {
  const heading = document.headings.find(({ position }) => holds(position, point));
  if (!heading) return null;
  const { position } = heading;
  return { subject: { kind: 'heading', headings: [{ path: document.path, position, heading }] }, position };
}

function fenceAt({ document, sql }: Entry, point: Point): Found | null {
  const fence = document.fences.find(({ position }) => holds(position, point));
  const unit = fence && sql.units.find(({ role }) => role === fence.role);
  if (!fence) return null;
  const digests = [...new Set([fence.digest, ...(unit ? [unit.digest] : [])])];
  return { subject: { kind: 'digest', digests }, position: fence.position };
}

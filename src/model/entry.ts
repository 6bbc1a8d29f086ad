import { DIGEST } from '../base/digest.js';
import { matchesGlobs } from '../base/globs.js';
import { type Document, type DocumentIndex, headerText, type Mention } from '../parse/document.js';
import type { SqlFacts, SqlUnit } from '../sql/facts.js';
import { type Declaration, declaredIds } from './declared-ids.js';
import { FORMAT_KINDS, KINDS, type Kind, type KindSettings } from './kinds.js';
import { type Pin, pinsOf, type TextPin } from './pins.js';
import { textPins } from './text-pins.js';

/** One document of the corpus with what stays known of it: a pure function of its bytes and the team's kinds, plain data. */
export interface Entry {
  readonly document: DocumentIndex;
  readonly sql: SqlFacts;
  /** Null where it is of no kind of the format. */
  readonly kind: Kind | null;
  /** Name of the team's own kind that it is of; null where it is of none. */
  readonly customKind: string | null;
  readonly pins: readonly Pin[];
  /** What its text says of other documents' revisions and digests. */
  readonly textPins: readonly TextPin[];
  /** Ids that the document declares itself. */
  readonly declared: readonly Declaration[];
  /** Digests that are written in full in the document, each once, in lower case. */
  readonly written: readonly string[];
  readonly mentioned: Mentioned;
  /** Anchors that a link can lead to: slugs of headings, and names that the text gives to places. */
  readonly landings: readonly string[];
}

/** What a document mentions by what is named, as who asks for one of them seldom asks for the others. */
export interface Mentioned {
  readonly paths: readonly Mention[];
  /** Written in full, or abbreviated. */
  readonly digests: readonly Mention[];
  /** Ids and sections. */
  readonly ids: readonly Mention[];
}

/** An entry while all facts of its document are at hand. */
export interface FullEntry extends Entry {
  readonly document: Document;
}

/** Reads a document for what it is. */
export function readEntry(document: Document, sql: SqlFacts, kinds: KindSettings = FORMAT_KINDS): FullEntry {
  const name = statedKind(document) ?? assignedKind(document, kinds);
  const kind = KINDS.find((known) => known === name) ?? null;
  const mentioned = mentionedIn(document);
  return {
    document,
    sql,
    kind,
    customKind: kind === null ? (kinds.custom.find((known) => known === name) ?? null) : null,
    pins: pinsOf(document),
    textPins: textPins(document),
    declared: declaredIds(document, kind, sql),
    written: writtenDigests(mentioned.digests, sql),
    mentioned,
    landings: landingsOf(
      document.headings.map(({ slug }) => slug),
      document.anchors,
    ),
  };
}

/** Name of a document's kind, whether of the format or of the team's own; null where it is of none. */
export function kindName({ kind, customKind }: Entry): string | null {
  return kind ?? customKind;
}

/** Whether what a document says is held to: it is of a kind of the format but `note`, or of one of the team's own. */
export function isGoverned({ kind, customKind }: Pick<Entry, 'kind' | 'customKind'>): boolean {
  return customKind !== null || (kind !== null && kind !== 'note');
}

/** What the front matter says; a header of the old form was checked by no schema and is not relied on. */
function statedKind(document: Document): string | undefined {
  const { header } = document;
  if (header?.origin !== 'front-matter' || !Object.hasOwn(header.data, 'kind')) return undefined;
  return headerText(document, 'kind') ?? '';
}

/** What the team says of documents that say nothing. What cannot be read may have said something. */
function assignedKind({ path, problems }: Document, { custom, assigned }: KindSettings): string | undefined {
  if (problems.length > 0) return undefined;
  const kind = assigned.findLast(({ files }) => matchesGlobs(files, path))?.kind;
  return kind === 'note' || (kind !== undefined && custom.includes(kind)) ? kind : undefined;
}

function mentionedIn({ mentions }: Document): Mentioned {
  const paths: Mention[] = [];
  const digests: Mention[] = [];
  const ids: Mention[] = [];
  for (const mention of mentions) {
    const { kind } = mention;
    const group = kind === 'path' ? paths : kind === 'id' || kind === 'section' ? ids : digests;
    group.push(mention);
  }
  return { paths, digests, ids };
}

/** Digests that mentions and expected values write in full. */
export function writtenDigests(digests: Mentioned['digests'], { checks }: SqlFacts): string[] {
  const named = digests.filter(({ kind }) => kind === 'digest').map(({ value }) => value.toLowerCase());
  const expected = checks.flatMap(({ expect }) => expect.map(({ text }) => text));
  return [...new Set([...named, ...expected.filter((text) => DIGEST.test(text))])];
}

/** What links can lead to: a heading without words has no anchor. */
export function landingsOf(slugs: readonly string[], anchors: readonly string[]): string[] {
  return [...slugs.filter((slug) => slug !== ''), ...anchors];
}

/** The unit of a role in a document's SQL. */
export function unitOf(entry: Entry, role: SqlUnit['role']): SqlUnit | undefined {
  return entry.sql.units.find((unit) => unit.role === role);
}

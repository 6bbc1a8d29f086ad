import type { DocumentJudgement } from '../check/run-rules.js';
import type { Declaration } from '../model/declared-ids.js';
import type { Entry, Mentioned } from '../model/entry.js';
import { KINDS } from '../model/kinds.js';
import type {
  Fence,
  FenceRole,
  Header,
  HeaderKey,
  HeaderScalar,
  HeaderValue,
  Heading,
  Link,
  Mention,
  Problem,
} from '../parse/document.js';
import { type PartReader, PartsWriter } from './parts.js';

/*
 * Facts of one document as bytes. Its face is what other documents ask for; the rest is read only where the document
 * itself is judged, or shown. What follows from other facts is not kept.
 */

/** Facts as bytes. */
export interface Facts {
  readonly face: Buffer;
  readonly body: Buffer;
}

/** Parts of the face; what is asked for together stands in one. */
export const FACE = ['meta', 'header', 'slugs', 'anchors'] as const;
/** Parts of the body. */
export const BODY = [
  'fields',
  'headings',
  'fences',
  'links',
  'paths',
  'digests',
  'ids',
  'order',
  'suppressions',
  'sql',
  'declared',
  'textPins',
  'diagnostics',
  'collected',
] as const;

type Write = (into: PartsWriter) => void;

/** Facts of a document, and what its rules say of it alone, as bytes. */
export function encodeFacts(entry: Entry, { diagnostics, collected }: DocumentJudgement): Facts {
  const { document, sql, mentioned } = entry;
  const { header, headings } = document;
  const slugs = headings.map(({ slug }) => slug);
  const face: Record<(typeof FACE)[number], Write> = {
    meta: (into) => writeMeta(into, entry),
    header: (into) => header && writeHeader(into, header),
    slugs: (into) => writeTexts(into, slugs),
    anchors: (into) => writeTexts(into, document.anchors),
  };
  const body: Record<(typeof BODY)[number], Write> = {
    fields: (into) => header && writeFields(into, header),
    headings: (into) => writeHeadings(into, headings),
    fences: (into) => writeFences(into, document.fences),
    links: (into) => writeLinks(into, document.links),
    paths: (into) => writeMentions(into, mentioned.paths),
    digests: (into) => writeMentions(into, mentioned.digests),
    ids: (into) => writeMentions(into, mentioned.ids),
    order: (into) => writeOrder(into, document.mentions),
    suppressions: (into) => document.suppressions.length > 0 && writeJson(into, document.suppressions),
    sql: (into) => sql.units.length + sql.checks.length + sql.problems.length > 0 && writeJson(into, sql),
    declared: (into) => writeDeclared(into, entry.declared),
    textPins: (into) => entry.textPins.length > 0 && writeJson(into, entry.textPins),
    diagnostics: (into) => diagnostics.length > 0 && writeJson(into, diagnostics),
    collected: (into) => writeJson(into, collected),
  };
  return { face: encode(FACE.map((part) => face[part])), body: encode(BODY.map((part) => body[part])) };
}

function encode(parts: readonly Write[]): Buffer {
  const into = new PartsWriter(parts.length);
  for (const write of parts) {
    write(into);
    into.end();
  }
  return into.bytes();
}

/** What has no form of its own, being seldom there or a rule's. */
function writeJson(into: PartsWriter, value: unknown): void {
  into.text(JSON.stringify(value));
}

/** @param none what stands for a part without anything in it */
export function readJson<Value>(from: PartReader, none: Value): Value {
  return from.more ? (JSON.parse(from.text()) as Value) : none;
}

function writeTexts(into: PartsWriter, texts: readonly string[]): void {
  for (const text of texts) into.text(text);
}

export function readTexts(from: PartReader): string[] {
  const texts: string[] = [];
  while (from.more) texts.push(from.text());
  return texts;
}

function writeMeta(into: PartsWriter, { document, kind, customKind }: Entry): void {
  into.number(document.size);
  into.number(kind === null ? -1 : KINDS.indexOf(kind));
  into.text(customKind ?? '');
  if (document.problems.length > 0) writeJson(into, document.problems);
}

export function readMeta(from: PartReader) {
  return {
    size: from.number(),
    kind: KINDS[from.number()] ?? null,
    customKind: from.text() || null,
    problems: readJson<readonly Problem[]>(from, []),
  };
}

const ORIGINS = ['front-matter', 'legacy'] as const;
/** What a property is that was set by assignment. */
const PLAIN = { configurable: true, enumerable: true, writable: true };
const TEXT = -2;
const LIST = -1;

function writeHeader(into: PartsWriter, { origin, data }: Header): void {
  into.number(ORIGINS.indexOf(origin));
  writeValue(into, data);
}

/** A mapping is written as its size and its pairs. */
function writeValue(into: PartsWriter, value: HeaderValue): void {
  if (typeof value === 'string') {
    into.number(TEXT);
    into.text(value);
  } else if (Array.isArray(value)) {
    into.number(LIST);
    into.number(value.length);
    for (const item of value) writeValue(into, item);
  } else {
    const pairs = Object.entries(value);
    into.number(pairs.length);
    for (const [key, item] of pairs) {
      into.text(key);
      writeValue(into, item);
    }
  }
}

/** What a header says; null where there is none. */
export function readHeader(from: PartReader): Pick<Header, 'origin' | 'data'> | null {
  if (!from.more) return null;
  return { origin: ORIGINS[from.number()]!, data: readValue(from) as Header['data'] };
}

function readValue(from: PartReader): HeaderValue {
  const size = from.number();
  if (size === TEXT) return from.text();
  if (size === LIST) return Array.from({ length: from.number() }, () => readValue(from));
  const mapping: Record<string, HeaderValue> = {};
  for (let left = size; left > 0; left--) {
    const key = from.text();
    const value = readValue(from);
    if (key === '__proto__') Object.defineProperty(mapping, key, { value, ...PLAIN });
    else mapping[key] = value;
  }
  return mapping;
}

function writeFields(into: PartsWriter, { position, values, keys }: Header): void {
  into.place(position);
  into.number(values.length);
  for (const one of values) {
    into.text(one.path);
    into.text(one.value);
    into.place(one.position);
  }
  for (const one of keys) {
    into.text(one.path);
    into.place(one.position);
  }
}

/** Places in a header. */
export function readFields(from: PartReader): Pick<Header, 'position' | 'values' | 'keys'> {
  const position = from.place();
  const values: HeaderScalar[] = [];
  for (let left = from.number(); left > 0; left--)
    values.push({ path: from.text(), value: from.text(), position: from.place() });
  const keys: HeaderKey[] = [];
  while (from.more) keys.push({ path: from.text(), position: from.place() });
  return { position, values, keys };
}

function writeHeadings(into: PartsWriter, headings: readonly Heading[]): void {
  for (const { depth, text, position } of headings) {
    into.number(depth);
    into.text(text);
    into.place(position);
  }
}

/** @param slugs of the headings, in order */
export function readHeadings(from: PartReader, slugs: readonly string[]): Heading[] {
  return slugs.map((slug) => ({ depth: from.number(), text: from.text(), slug, position: from.place() }));
}

function writeFences(into: PartsWriter, fences: readonly Fence[]): void {
  for (const fence of fences) {
    for (const text of [fence.info, fence.language, fence.role ?? '', fence.digest]) into.text(text);
    into.place(fence.position);
    for (const number of [fence.start, fence.end, fence.firstLine, fence.lastLine]) into.number(number);
    into.number(Number(fence.atRoot));
    into.number(Number(fence.closed));
  }
}

export function readFences(from: PartReader): Fence[] {
  const fences: Fence[] = [];
  while (from.more) {
    const [info, language, role, digest] = [from.text(), from.text(), from.text(), from.text()];
    const position = from.place();
    const [start, end, firstLine, lastLine] = [from.number(), from.number(), from.number(), from.number()];
    const [atRoot, closed] = [from.number() === 1, from.number() === 1];
    fences.push({
      info,
      language,
      role: (role || null) as FenceRole | null,
      position,
      start,
      end,
      firstLine,
      lastLine,
      atRoot,
      closed,
      digest,
    });
  }
  return fences;
}

function writeLinks(into: PartsWriter, links: readonly Link[]): void {
  for (const { url, position } of links) {
    into.text(url);
    into.place(position);
  }
}

export function readLinks(from: PartReader): Link[] {
  const links: Link[] = [];
  while (from.more) links.push({ url: from.text(), position: from.place() });
  return links;
}

const MENTIONS = ['path', 'digest', 'abbreviated-digest', 'id', 'section'] as const;
const PLACES = ['header', 'key-value', 'prose', 'yaml'] as const;

function writeMentions(into: PartsWriter, mentions: readonly Mention[]): void {
  for (const { kind, value, position, key, in: place, revision, revisionPosition } of mentions) {
    into.number(MENTIONS.indexOf(kind));
    into.number(PLACES.indexOf(place));
    into.text(value);
    into.place(position);
    writeIfAny(into, key);
    writeIfAny(into, revision);
    if (revisionPosition) into.place(revisionPosition);
  }
}

function writeIfAny(into: PartsWriter, text: string | null): void {
  into.number(Number(text !== null));
  if (text !== null) into.text(text);
}

export function readMentions(from: PartReader): Mention[] {
  const mentions: Mention[] = [];
  const ifAny = <Value>(read: () => Value) => (from.number() === 1 ? read() : null);
  while (from.more) {
    const kind = MENTIONS[from.number()]!;
    const place = PLACES[from.number()]!;
    const value = from.text();
    const position = from.place();
    const key = ifAny(() => from.text());
    const revision = ifAny(() => from.text());
    const revisionPosition = revision === null ? null : from.place();
    mentions.push({ kind, value, position, key, in: place, revision, revisionPosition });
  }
  return mentions;
}

/** Which part each mention stands in, and how many behind it stand in the same: their order among each other. */
function writeOrder(into: PartsWriter, mentions: readonly Mention[]): void {
  for (let at = 0, next = 0; at < mentions.length; at = next) {
    const part = PART_OF[mentions[at]!.kind];
    while (next < mentions.length && PART_OF[mentions[next]!.kind] === part) next++;
    into.number(part);
    into.number(next - at);
  }
}

const PART_OF = { path: 0, digest: 1, 'abbreviated-digest': 1, id: 2, section: 2 };

/** All mentions in the order of the document. */
export function readInOrder(from: PartReader, { paths, digests, ids }: Mentioned): Mention[] {
  const parts = [paths, digests, ids].map((mentions) => ({ mentions, at: 0 }));
  const mentions: Mention[] = [];
  while (from.more) {
    const part = parts[from.number()]!;
    const end = part.at + from.number();
    mentions.push(...part.mentions.slice(part.at, end));
    part.at = end;
  }
  return mentions;
}

function writeDeclared(into: PartsWriter, declared: readonly Declaration[]): void {
  for (const { id, position } of declared) {
    into.text(id);
    into.place(position);
  }
}

/** @param path of the document */
export function readDeclared(from: PartReader, path: string): Declaration[] {
  const declared: Declaration[] = [];
  while (from.more) declared.push({ id: from.text(), path, position: from.place() });
  return declared;
}

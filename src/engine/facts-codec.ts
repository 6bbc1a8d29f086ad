import type { Diagnostic } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import type { DocumentJudgement } from '../check/run-rules.js';
import type { Declaration } from '../model/declared-ids.js';
import type { Entry } from '../model/entry.js';
import type { Kind } from '../model/kinds.js';
import { type Pin, pinsOf } from '../model/pins.js';
import type {
  DocumentIndex,
  Fence,
  Header,
  Heading,
  Link,
  Mention,
  Problem,
  Suppression,
} from '../parse/document.js';
import type { SqlFacts } from '../sql/facts.js';

/*
 * Facts of one document as bytes: a table of part lengths, and the parts as JSON, each read only when somebody asks.
 * Places are four numbers, as they are most of what there is to say.
 */

type Place = readonly [number, number, number, number];
type Meta = readonly [
  size: number,
  kind: Kind | null,
  customKind: string | null,
  problems: readonly Problem[],
];

const PARTS = [
  'meta',
  'header',
  'headings',
  'anchors',
  'fences',
  'links',
  'mentions',
  'suppressions',
  'sql',
  'declared',
  'written',
  'judgement',
] as const;
type Part = (typeof PARTS)[number];

const NO_SQL: SqlFacts = { units: [], checks: [], problems: [] };

const place = ({ start, end }: Range): Place => [start.line, start.column, end.line, end.column];
const range = (at: Place): Range => ({
  start: { line: at[0], column: at[1] },
  end: { line: at[2], column: at[3] },
});

/** Facts of a document, and what its rules say of it alone, as bytes. */
export function encodeFacts(
  { document, sql, kind, customKind, declared, written }: Entry,
  judgement: DocumentJudgement,
): Buffer {
  const meta: Meta = [document.size, kind, customKind, document.problems];
  const parts: Record<Part, unknown> = {
    meta,
    header: document.header && encodeHeader(document.header),
    headings: document.headings.map(({ depth, text, slug, position }) => [
      depth,
      text,
      slug,
      ...place(position),
    ]),
    anchors: document.anchors,
    fences: document.fences.map(({ position, ...fence }) => [fence, ...place(position)]),
    links: document.links.map(({ url, position }) => [url, ...place(position)]),
    mentions: document.mentions.map(encodeMention),
    suppressions: document.suppressions,
    sql: sql.units.length + sql.checks.length + sql.problems.length === 0 ? null : sql,
    declared: declared.map(({ id, position }) => [id, ...place(position)]),
    written,
    judgement,
  };
  const texts = PARTS.map((part) => JSON.stringify(parts[part]));
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 4 * PARTS.length));
  let at = 4 * PARTS.length;
  for (const [index, text] of texts.entries()) {
    bytes.writeUInt32LE(lengths[index]!, 4 * index);
    at += bytes.write(text, at);
  }
  return bytes;
}

function encodeHeader({ origin, position, data, values, keys }: Header) {
  return [
    origin,
    place(position),
    data,
    values.map((one) => [one.path, one.value, ...place(one.position)]),
    keys.map((one) => [one.path, ...place(one.position)]),
  ] as const;
}

function encodeMention(mention: Mention) {
  const { kind, value, position, key, revision, revisionPosition } = mention;
  const beside = revision === null ? [] : [revision, ...place(revisionPosition!)];
  return [kind, value, key, mention.in, ...place(position), ...beside] as const;
}

/** Facts of a document that are read from their bytes part by part, when they are asked for. */
export class StoredEntry implements Entry, DocumentIndex {
  private readonly read = new Map<Part | 'pins', unknown>();

  /** @param bytes as `encodeFacts` gave them */
  constructor(
    readonly path: string,
    readonly digest: string,
    private readonly bytes: Buffer,
  ) {}

  get document(): DocumentIndex {
    return this;
  }
  get size(): number {
    return this.meta[0];
  }
  get kind(): Kind | null {
    return this.meta[1];
  }
  get customKind(): string | null {
    return this.meta[2];
  }
  get problems(): readonly Problem[] {
    return this.meta[3];
  }
  get header(): Header | null {
    return this.part('header', (data: ReturnType<typeof encodeHeader> | null) => data && decodeHeader(data));
  }
  get headings(): readonly Heading[] {
    return this.part('headings', (rows: [number, string, string, ...Place][]) =>
      rows.map(([depth, text, slug, ...at]) => ({ depth, text, slug, position: range(at) })),
    );
  }
  get anchors(): readonly string[] {
    return this.part('anchors', (anchors: readonly string[]) => anchors);
  }
  get fences(): readonly Fence[] {
    return this.part('fences', (rows: [Omit<Fence, 'position'>, ...Place][]) =>
      rows.map(([fence, ...at]) => ({ ...fence, position: range(at) })),
    );
  }
  get links(): readonly Link[] {
    return this.part('links', (rows: [string, ...Place][]) =>
      rows.map(([url, ...at]) => ({ url, position: range(at) })),
    );
  }
  get mentions(): readonly Mention[] {
    return this.part('mentions', (rows: ReturnType<typeof encodeMention>[]) => rows.map(decodeMention));
  }
  get suppressions(): readonly Suppression[] {
    return this.part('suppressions', (suppressions: readonly Suppression[]) => suppressions);
  }
  get sql(): SqlFacts {
    return this.part('sql', (data: SqlFacts | null) => data ?? NO_SQL);
  }
  get declared(): readonly Declaration[] {
    return this.part('declared', (rows: [string, ...Place][]) =>
      rows.map(([id, ...at]) => ({ id, path: this.path, position: range(at) })),
    );
  }
  get written(): readonly string[] {
    return this.part('written', (digests: readonly string[]) => digests);
  }
  get pins(): readonly Pin[] {
    if (!this.read.has('pins')) this.read.set('pins', pinsOf(this));
    return this.read.get('pins') as readonly Pin[];
  }
  /** What the rules said of the document alone, and what they collected. */
  get judgement(): {
    readonly diagnostics: readonly Diagnostic[];
    readonly collected: DocumentJudgement['collected'];
  } {
    return this.part('judgement', (data: DocumentJudgement) => data);
  }

  private get meta(): Meta {
    return this.part('meta', (data: Meta) => data);
  }

  private part<Stored, Value>(part: Part, decode: (stored: Stored) => Value): Value {
    const known = this.read.get(part);
    if (known !== undefined) return known as Value;
    const index = PARTS.indexOf(part);
    let start = 4 * PARTS.length;
    for (let before = 0; before < index; before++) start += this.bytes.readUInt32LE(4 * before);
    const end = start + this.bytes.readUInt32LE(4 * index);
    const value = decode(JSON.parse(this.bytes.toString('utf8', start, end)) as Stored);
    this.read.set(part, value);
    return value;
  }
}

function decodeHeader([origin, position, data, values, keys]: ReturnType<typeof encodeHeader>): Header {
  return {
    origin,
    position: range(position),
    data,
    values: values.map(([path, value, ...at]) => ({
      path: String(path),
      value: String(value),
      position: range(at as unknown as Place),
    })),
    keys: keys.map(([path, ...at]) => ({ path: String(path), position: range(at as unknown as Place) })),
  };
}

function decodeMention([kind, value, key, where, ...rest]: ReturnType<typeof encodeMention>): Mention {
  const [a, b, c, d, revision, ...at] = rest as unknown as [...Place, string | undefined, ...Place];
  return {
    kind,
    value,
    position: range([a, b, c, d]),
    key,
    in: where,
    revision: revision ?? null,
    revisionPosition: revision === undefined ? null : range(at),
  };
}

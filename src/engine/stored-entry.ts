import type { Diagnostic } from '../base/diagnostic.js';
import type { DocumentJudgement } from '../check/run-rules.js';
import type { Declaration } from '../model/declared-ids.js';
import { type Entry, landingsOf, type Mentioned, writtenDigests } from '../model/entry.js';
import type { Kind } from '../model/kinds.js';
import type { TextPin } from '../model/pins.js';
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
import {
  BODY,
  FACE,
  readDeclared,
  readFences,
  readFields,
  readHeader,
  readHeadings,
  readInOrder,
  readJson,
  readLinks,
  readMentions,
  readMeta,
  readTexts,
} from './facts-codec.js';
import { PartReader } from './parts.js';

const NO_SQL: SqlFacts = { units: [], checks: [], problems: [] };

/** Facts of a document that are read from their bytes part by part, when they are asked for. */
export class StoredEntry implements Entry, DocumentIndex, Mentioned {
  private readonly known = new Map<string, unknown>();

  /** @param facts gives the bytes as `encodeFacts` gave them; called when the first of their parts is asked for */
  constructor(
    readonly path: string,
    private readonly sha256: Buffer,
    private readonly facts: { readonly face: () => Buffer; readonly body: () => Buffer },
  ) {}

  get document(): DocumentIndex {
    return this;
  }
  get mentioned(): Mentioned {
    return this;
  }
  get digest(): string {
    return this.once('digest', () => this.sha256.toString('hex'));
  }
  get size(): number {
    return this.meta.size;
  }
  get kind(): Kind | null {
    return this.meta.kind;
  }
  get customKind(): string | null {
    return this.meta.customKind;
  }
  get problems(): readonly Problem[] {
    return this.meta.problems;
  }
  get header(): Header | null {
    return this.once('header', () => {
      const stored = readHeader(this.face('header'));
      return stored && new StoredHeader(stored.origin, stored.data, () => readFields(this.body('fields')));
    });
  }
  get headings(): readonly Heading[] {
    return this.once('headings', () => readHeadings(this.body('headings'), this.slugs));
  }
  get anchors(): readonly string[] {
    return this.once('anchors', () => readTexts(this.face('anchors')));
  }
  get landings(): readonly string[] {
    return this.once('landings', () => landingsOf(this.slugs, this.anchors));
  }
  get fences(): readonly Fence[] {
    return this.once('fences', () => readFences(this.body('fences')));
  }
  get links(): readonly Link[] {
    return this.once('links', () => readLinks(this.body('links')));
  }
  get paths(): readonly Mention[] {
    return this.once('paths', () => readMentions(this.body('paths')));
  }
  get digests(): readonly Mention[] {
    return this.once('digests', () => readMentions(this.body('digests')));
  }
  get ids(): readonly Mention[] {
    return this.once('ids', () => readMentions(this.body('ids')));
  }
  get mentions(): readonly Mention[] {
    return this.once('mentions', () => readInOrder(this.body('order'), this));
  }
  get suppressions(): readonly Suppression[] {
    return this.once('suppressions', () => readJson<Suppression[]>(this.body('suppressions'), []));
  }
  get sql(): SqlFacts {
    return this.once('sql', () => readJson(this.body('sql'), NO_SQL));
  }
  get declared(): readonly Declaration[] {
    return this.once('declared', () => readDeclared(this.body('declared'), this.path));
  }
  get written(): readonly string[] {
    return this.once('written', () => writtenDigests(this.digests, this.sql));
  }
  get pins(): readonly Pin[] {
    return this.once('pins', () => pinsOf(this));
  }
  get textPins(): readonly TextPin[] {
    return this.once('textPins', () => readJson<TextPin[]>(this.body('textPins'), []));
  }
  /** What the rules said of the document alone, and what they collected. */
  get judgement(): DocumentJudgement {
    return {
      diagnostics: readJson<Diagnostic[]>(this.body('diagnostics'), []),
      collected: readJson(this.body('collected'), {}),
    };
  }

  private get meta() {
    return this.once('meta', () => readMeta(this.face('meta')));
  }
  private get slugs(): readonly string[] {
    return this.once('slugs', () => readTexts(this.face('slugs')));
  }

  private once<Value>(name: string, make: () => Value): Value {
    let value = this.known.get(name) as Value | undefined;
    if (value === undefined) {
      value = make();
      this.known.set(name, value);
    }
    return value;
  }

  /** Drops what was read: it is read again when somebody asks. */
  forget(): void {
    this.known.clear();
  }

  private face(part: (typeof FACE)[number]): PartReader {
    const bytes = this.once('face', this.facts.face);
    return new PartReader(bytes, FACE.length, FACE.indexOf(part));
  }

  private body(part: (typeof BODY)[number]): PartReader {
    const bytes = this.once('body', this.facts.body);
    return new PartReader(bytes, BODY.length, BODY.indexOf(part));
  }
}

/** A header whose places are read when they are asked for: most ask for what it says. */
class StoredHeader implements Header {
  private places: ReturnType<typeof readFields> | undefined;

  constructor(
    readonly origin: Header['origin'],
    readonly data: Header['data'],
    private readonly read: () => ReturnType<typeof readFields>,
  ) {}

  get position() {
    return this.fields.position;
  }
  get values() {
    return this.fields.values;
  }
  get keys() {
    return this.fields.keys;
  }

  private get fields() {
    this.places ??= this.read();
    return this.places;
  }
}

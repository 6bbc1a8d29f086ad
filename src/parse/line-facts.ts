import type { Range } from '../base/position.js';
import type { Blocks, CodeLines } from './blocks.js';
import type { Heading, KeyValue, Link, Mention, ProseLine } from './document.js';
import { HtmlLinks } from './html-links.js';
import { readKeyValue } from './legacy-header.js';
import { type LineSigns, Sign } from './line-signs.js';
import { ANY_MENTION, findMentions, type MentionPlace } from './mentions.js';
import type { SourceText } from './source-text.js';
import { findAnchors, headingAnchor } from './tags.js';

/** Facts that are read from lines, by what kind of block they stand in. */
export class LineFacts {
  readonly keyValues: KeyValue[] = [];
  readonly yamlValues: KeyValue[] = [];
  readonly mentions: Mention[] = [];
  readonly prose: ProseLine[] = [];
  readonly strayDelimiters: Range[] = [];
  readonly legacyHeadings: Heading[] = [];
  readonly anchors: string[] = [];
  /** Links in HTML. */
  links: readonly Link[] = [];
}

const DELIMITER_ROW = /^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?$/;
const LEGACY_HEADING = /^§\d+(?:\.\d+)*\s+[—–-]\s+\S/;

const IN_TABLE = 1;
const IN_HEADING = 2;

/** Walks the lines outside front matter and code; fenced YAML is read for mentions, other code is not. @param first line to read from */
export function readLines(source: SourceText, blocks: Blocks, signs: LineSigns, first: number): LineFacts {
  const reader = new LineReader(source, signs, marksOf(source, blocks));
  let line = first;
  for (const code of blocks.code) {
    for (; line < code.first; line++) reader.readText(line);
    reader.readCode(code);
    line = code.last + 1;
  }
  for (; line <= source.lineCount; line++) reader.readText(line);
  return reader.finish();
}

/** Lines (1-based) inside tables and headings. */
function marksOf(source: SourceText, { tables, headings }: Blocks): Uint8Array {
  const marks = new Uint8Array(source.lineCount + 2);
  const mark = (blocks: readonly { readonly position: Range }[], kind: number) => {
    for (const { position } of blocks)
      for (let line = position.start.line; line <= position.end.line; line++) marks[line]! |= kind;
  };
  mark(tables, IN_TABLE);
  mark(headings, IN_HEADING);
  return marks;
}

class LineReader {
  private readonly facts = new LineFacts();
  private readonly html: HtmlLinks;

  constructor(
    private readonly source: SourceText,
    private readonly signs: LineSigns,
    private readonly marks: Uint8Array,
  ) {
    this.html = new HtmlLinks(source, this.facts.anchors);
  }

  finish(): LineFacts {
    this.facts.links = this.html.links;
    return this.facts;
  }

  readCode({ first, last, language, closed }: CodeLines): void {
    if (language !== 'yaml' && language !== 'yml') return;
    const { source } = this;
    const end = closed ? last - 1 : last;
    const namesDocuments = source.text
      .slice(source.lineStart(first + 1), source.lineEnd(end))
      .includes('document:');
    for (let line = first + 1; line <= end; line++) {
      const start = source.lineStart(line);
      const signs = this.signs.of(start, source.lineEnd(line));
      if ((signs & ANY_MENTION) === 0 && !namesDocuments) continue;
      const value = signs & Sign.colon ? readKeyValue(source, line, true) : null;
      if (value && namesDocuments) this.facts.yamlValues.push(value);
      findMentions(
        source,
        source.line(line),
        start,
        { in: 'yaml', key: value?.key ?? null },
        signs,
        this.facts.mentions,
      );
    }
  }

  readText(line: number): void {
    const { source, facts } = this;
    const marks = this.marks[line]!;
    const start = source.lineStart(line);
    const text = source.line(line);
    const code = firstCode(text);
    if (Number.isNaN(code)) return;
    const signs = this.signs.of(start, start + text.length);
    const keyValue = marks === 0 && signs & Sign.colon ? readKeyValue(source, line) : null;
    if (keyValue) facts.keyValues.push(keyValue);
    if (signs & ANY_MENTION) {
      const place = keyValue ? { in: 'key-value' as const, key: keyValue.key } : proseOf(text, signs);
      findMentions(source, text, start, place, signs, facts.mentions);
    }
    facts.prose.push({ line, text });
    this.html.pass(line);
    if (signs & Sign.tag) {
      findAnchors(text, facts.anchors);
      this.html.readLine(line);
    }
    if ((marks & IN_HEADING) !== 0) {
      const anchor = headingAnchor(text.trim());
      if (anchor !== null) facts.anchors.push(anchor);
    } else if (code === 0xa7 && LEGACY_HEADING.test(text))
      facts.legacyHeadings.push({ depth: 2, text, slug: '', position: this.whole(line, text) });
    if (
      (marks & IN_TABLE) === 0 &&
      (code === 124 || code === 45 || code === 58) &&
      DELIMITER_ROW.test(text.trim())
    )
      facts.strayDelimiters.push(this.whole(line, text));
  }

  private whole(line: number, text: string): Range {
    const start = this.source.lineStart(line);
    return this.source.rangeOnLine(line, start, start + text.length);
  }
}

const PROSE: MentionPlace = { in: 'prose', key: null };

/** A row or item that is a name and its digest, `| migration_sha256 | … |`, `` - `migration_sha256`: `…` ``. */
const NAMED_DIGEST =
  /^\s*(?:[-*+]\s+|\|\s*)?[`*_]*((?:ddl|migration|rollback)(?:_sql)?_sha256)[`*_]*\s*[|:][`*_\s]*[\da-fA-F]{64}[`*_]*\s*(?:\|\s*)?$/;

function proseOf(text: string, signs: number): MentionPlace {
  const key = signs & Sign.digest ? NAMED_DIGEST.exec(text)?.[1] : undefined;
  return key === undefined ? PROSE : { in: 'prose', key };
}

/** Code of the first character that `trim` would keep, NaN where there is none. */
function firstCode(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  const code = text.charCodeAt(at);
  return code > 32 && code < 127 ? code : text.trim().charCodeAt(0);
}

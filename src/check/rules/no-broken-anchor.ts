import type { Range } from '../../base/position.js';
import type { Entry, FullEntry } from '../../model/entry.js';
import { resolveLink } from '../../model/resolve-link.js';
import type { Heading, Link } from '../../parse/document.js';
import { proseAt } from '../prose-line.js';
import { relatedDocument } from '../related.js';
import { corpusRule } from '../rule.js';

/**
 * A link to a place in a document, with the place of its anchor in the text, if that is certain. Some documents have
 * hundreds, so each is a short list.
 */
type AnchorLink = readonly [
  path: string,
  anchor: string,
  /** Whether the place is exactly that of the anchor without its `#`. */
  exact: boolean,
  line: number,
  column: number,
  endLine: number,
  endColumn: number,
];

/*
 * Anchors are compared as a browser compares ids: exactly, after percent-decoding. The ids of headings are the slugs
 * that GitHub makes. `#Title` for `#title` works only where a script of the page helps: a warning, with a fix.
 */
export const noBrokenAnchor = corpusRule<readonly AnchorLink[]>({
  id: 'no-broken-anchor',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A link to a place in a document (`#title`, `document.md#title`) where no heading or HTML id makes such a place.',
  why: 'The reader lands at the top of the document and takes the wrong passage for the one that was meant, or none.',
  fix: 'Write the anchor of the heading: its words in lower case, joined by hyphens, `-1` behind a repeated one.',
  collect({ document }: FullEntry) {
    const links = document.links.filter(({ url }) => url.includes('#'));
    if (links.length === 0) return null;
    const used = onceUsedLabels(document);
    const found = links
      .filter((link) => isUsed(document, link, used))
      .flatMap((link) => anchorLink(document, link));
    return found.length === 0 ? null : found;
  },
  check({ model, collected, report }) {
    const known = new Map<Entry, Places>();
    for (const [path, anchor, exact, line, column, endLine, endColumn] of collected) {
      const target = model.entries.get(path);
      if (!target || target.document.problems.length > 0) continue;
      const places = known.get(target) ?? new Places(target);
      known.set(target, places);
      if (places.has(anchor)) continue;
      const position = { start: { line, column }, end: { line: endLine, column: endColumn } };
      const near = places.nearest(anchor);
      const onlyCase = near === anchor.toLowerCase();
      report({
        ...(onlyCase ? { severity: 'warning' as const } : {}),
        message: `no heading of "${path}" has the anchor "${anchor}"`,
        position,
        observed: anchor,
        ...(near === null ? {} : { expected: near, help: `did you mean "#${near}"?` }),
        related: [places.related(near)],
        ...(exact && onlyCase
          ? {
              fix: {
                title: 'write the anchor as the heading has it',
                kind: 'safe',
                edits: [{ position, text: encodeURI(near) }],
              },
            }
          : {}),
      });
    }
  },
});

function anchorLink(document: FullEntry['document'], { url, position }: Link): AnchorLink[] {
  const target = resolveLink(document, url);
  const written = url.slice(url.indexOf('#') + 1);
  if (target?.anchor == null || !target.path.endsWith('.md') || isPageTop(written)) return [];
  const exact = anchorPlace(document, position, url, written);
  const { start, end } = exact ?? position;
  const anchor = decode(written);
  return [[target.path, anchor, exact !== null, start.line, start.column, end.line, end.column]];
}

/** A definition that no link uses leads nobody anywhere: `[title]: #title` below a heading is a habit of some. */
function isUsed(document: FullEntry['document'], { position }: Link, used: () => LabelLines): boolean {
  const { start, end } = position;
  const { line } = start;
  const last = end.line === line ? end.column - 1 : undefined;
  const text = proseAt(document, line)?.slice(start.column - 1, last) ?? '';
  const label = /^\[([^[\]]+)\]:/.exec(text)?.[1]?.toLowerCase();
  if (label === undefined) return true;
  const lines = used().get(label) ?? [];
  return lines.some((one) => one !== line);
}

/** Labels in brackets, in lower case, with the first two lines that each stands on. */
type LabelLines = ReadonlyMap<string, readonly number[]>;

/** The labels of a document, read when one is asked for: few documents have definitions. */
function onceUsedLabels({ prose }: FullEntry['document']): () => LabelLines {
  let read: Map<string, number[]> | undefined;
  return () => {
    if (read) return read;
    read = new Map();
    for (const { line, text } of prose)
      for (const [, label = ''] of text.toLowerCase().matchAll(/\[([^[\]]+)\]/g)) {
        const lines = read.get(label);
        if (!lines) read.set(label, [line]);
        else if (lines.length === 1 && lines[0] !== line) lines.push(line);
      }
    return read;
  };
}

/** `#` and `#top` are the top of the page; `#L12` are lines and `#fn-1` footnotes, which the site makes. */
function isPageTop(anchor: string): boolean {
  return /^(?:top|L\d+(?:C\d+)?(?:-L\d+(?:C\d+)?)?|(?:user-content-)?fn(?:ref)?-.*|:~:.*)?$/i.test(anchor);
}

/** What stands before an address. */
const OPENINGS = ['](', '](<', ']: '];

/** Where the anchor stands, if the link is on one line and has its address once where addresses are. */
function anchorPlace(
  document: FullEntry['document'],
  { start, end }: Range,
  url: string,
  anchor: string,
): Range | null {
  const line = start.line === end.line ? proseAt(document, start.line) : undefined;
  const text = line?.slice(start.column - 1, end.column - 1) ?? '';
  const opening = OPENINGS.find((one) => text.includes(one + url));
  if (opening === undefined) return null;
  const last = start.column + text.indexOf(opening + url) + opening.length + url.length;
  return {
    start: { line: start.line, column: last - anchor.length },
    end: { line: start.line, column: last },
  };
}

function decode(anchor: string): string {
  if (!anchor.includes('%')) return anchor;
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}

/** Most documents are linked a few times, and then looking through their anchors costs less than a set of them. */
const FEW = 8;

/** Where links into a document can lead. It may have thousands of headings, and as many links to them. */
class Places {
  private asked = 0;
  private set: ReadonlySet<string> | undefined;
  /** The first anchor of each loose form. */
  private loose: ReadonlyMap<string, string> | undefined;
  private headings: ReadonlyMap<string, Heading> | undefined;

  constructor(private readonly target: Entry) {}

  has(anchor: string): boolean {
    return this.isLanding(anchor.replace(/^user-content-/, ''));
  }

  private isLanding(name: string): boolean {
    const { landings } = this.target;
    this.asked += 1;
    if (this.asked <= FEW) return landings.includes(name);
    this.set ??= new Set(landings);
    return this.set.has(name);
  }

  /** The anchor that was most likely meant: the same but for case and the hyphens that other sites make otherwise. */
  nearest(anchor: string): string | null {
    const folded = anchor.toLowerCase();
    if (folded !== '' && this.isLanding(folded)) return folded;
    this.loose ??= firstOf(
      this.target.landings.filter((one) => one !== '').map((one) => [looseForm(one), one]),
    );
    return this.loose.get(looseForm(anchor)) ?? null;
  }

  related(near: string | null) {
    const related = relatedDocument(
      this.target,
      near === null ? 'the document that is linked' : 'the heading',
    );
    this.headings ??= firstOf(this.target.document.headings.map((one) => [one.slug, one]));
    const heading = near === null ? undefined : this.headings.get(near);
    return heading ? { ...related, position: heading.position } : related;
  }
}

/** The first value of each key. */
function firstOf<T>(pairs: readonly (readonly [string, T])[]): Map<string, T> {
  return new Map([...pairs].reverse());
}

function looseForm(anchor: string): string {
  return anchor
    .toLowerCase()
    .replace(/[-_\s]+/g, '-')
    .replace(/^-|-$/g, '');
}

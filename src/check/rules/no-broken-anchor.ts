import type { Range } from '../../base/position.js';
import type { Entry, FullEntry } from '../../model/entry.js';
import { resolveLink } from '../../model/references.js';
import type { Link } from '../../parse/document.js';
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
    const found = links
      .filter((link) => isUsed(document, link))
      .flatMap((link) => anchorLink(document, link));
    return found.length === 0 ? null : found;
  },
  check({ model, collected, report }) {
    for (const [path, anchor, exact, line, column, endLine, endColumn] of collected) {
      const landings = model.landings(path);
      if (!landings || leadsSomewhere(landings, anchor)) continue;
      // Asked for only here: what is said of a broken link depends on more than where links can lead.
      const target = model.entries.get(path)!;
      const position = { start: { line, column }, end: { line: endLine, column: endColumn } };
      const near = nearest(target, anchor);
      const onlyCase = near === anchor.toLowerCase();
      report({
        ...(onlyCase ? { severity: 'warning' as const } : {}),
        message: `no heading of "${path}" has the anchor "${anchor}"`,
        position,
        observed: anchor,
        ...(near === null ? {} : { expected: near, help: `did you mean "#${near}"?` }),
        related: [place(target, near)],
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
function isUsed(document: FullEntry['document'], { position }: Link): boolean {
  const { line, column } = position.start;
  const text = proseAt(document, line);
  if (!text?.includes(']:', column - 1)) return true;
  const label = /^\[([^[\]]+)\]:/.exec(text.slice(column - 1))?.[1];
  if (label === undefined) return true;
  const reference = `[${label.toLowerCase()}]`;
  return document.prose.some((one) => one.line !== line && one.text.toLowerCase().includes(reference));
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

function leadsSomewhere(landings: readonly string[], anchor: string): boolean {
  return landings.includes(anchor.replace(/^user-content-/, ''));
}

/** The anchor that was most likely meant: the same but for case and the hyphens that other sites make otherwise. */
function nearest({ landings }: Entry, anchor: string): string | null {
  const loose = (text: string) =>
    text
      .toLowerCase()
      .replace(/[-_\s]+/g, '-')
      .replace(/^-|-$/g, '');
  const known = landings.filter((one) => one !== '');
  const folded = known.find((one) => one === anchor.toLowerCase());
  return folded ?? known.find((one) => loose(one) === loose(anchor)) ?? null;
}

function place(target: Entry, near: string | null) {
  const heading = target.document.headings.find(({ slug }) => slug === near);
  const related = relatedDocument(target, near === null ? 'the document that is linked' : 'the heading');
  return heading ? { ...related, position: heading.position } : related;
}

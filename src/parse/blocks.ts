import type { Range } from '../base/position.js';
import type { Fence, Heading, Link, Table } from './document.js';

/** Lines of a code block (1-based, both included), with its language; null for indented code. */
export interface CodeLines {
  readonly first: number;
  readonly last: number;
  readonly language: string | null;
  /** The last line is the closing fence. */
  readonly closed: boolean;
}

/** What a reader of Markdown contributes to a document's facts; there are two, and they must agree. */
export interface Blocks {
  readonly headings: readonly Heading[];
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
  readonly links: readonly Link[];
  /** Every code block, in the order of lines. */
  readonly code: readonly CodeLines[];
  /** Raw HTML; only the reference reader sees it. */
  readonly html: readonly Range[];
}

/** Lines of a fenced code block, with its fences. */
export function fenceLines({ firstLine, lastLine, closed, language }: Fence): CodeLines {
  const last = closed ? lastLine + 1 : Math.max(lastLine, firstLine - 1);
  return { first: firstLine - 1, last, language, closed };
}

/** Whether a link's target can lead into the repository: no address with a scheme or a host. */
export function leadsInside(url: string): boolean {
  return !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
}

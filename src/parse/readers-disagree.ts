import { isDeepStrictEqual } from 'node:util';
import { FILE_START, type Point, type Range } from '../base/position.js';
import type { Problem } from './document.js';
import type { Readings } from './document-facts.js';

type Reading = Pick<Readings, 'frontMatter' | 'blocks'>;

/** A fact with its place. */
interface Placed {
  readonly position: Range;
}

/**
 * Why a document with executable SQL is refused: its two readers see different blocks, so a reviewer's tool might
 * see other ones than what is run. Null where they agree on every fence, table, heading, link and header field.
 */
export function readersDisagree(fast: Reading, reference: Reading): Problem | null {
  if (!isDeepStrictEqual(fast.frontMatter, reference.frontMatter)) return problem('front matter', FILE_START);
  const code = ({ blocks }: Reading) => blocks.code.map(({ first, last }) => lines(first, last));
  const found = [
    difference('a fenced code block', fast.blocks.fences, reference.blocks.fences),
    difference('a table', fast.blocks.tables, reference.blocks.tables),
    difference('a heading', fast.blocks.headings, reference.blocks.headings),
    difference('a link', fast.blocks.links, reference.blocks.links),
    difference('code', code(fast), code(reference)),
  ].filter((one) => one !== null);
  return found.sort((a, b) => compare(a.position.start, b.position.start))[0] ?? null;
}

function lines(first: number, last: number): Placed {
  return { position: { start: { line: first, column: 1 }, end: { line: last, column: 1 } } };
}

/** The first fact that only one of them sees, or that they see differently. */
function difference(what: string, fast: readonly Placed[], reference: readonly Placed[]): Problem | null {
  const count = Math.max(fast.length, reference.length);
  for (let index = 0; index < count; index++) {
    const [one, other] = [fast[index], reference[index]];
    if (isDeepStrictEqual(one, other)) continue;
    const places = [one, other].filter((fact) => fact !== undefined).map(({ position }) => position);
    return problem(what, places.sort((a, b) => compare(a.start, b.start))[0]!);
  }
  return null;
}

function problem(what: string, position: Range): Problem {
  return {
    code: 'unreadable',
    message: `two readers of Markdown understand this document differently: ${what} here`,
    position,
    help: 'write this place more plainly; what one tool shows must be what another one runs',
  };
}

function compare(a: Point, b: Point): number {
  return a.line - b.line || a.column - b.column;
}

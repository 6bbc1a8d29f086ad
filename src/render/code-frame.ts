import type { Range } from '../base/position.js';
import { displayWidth } from './display-width.js';
import { encodeTerminal } from './encode.js';

/** How a frame is drawn. */
export interface FrameStyle {
  /** Columns for line numbers. */
  readonly gutter: number;
  /** What stands under the span. */
  readonly mark: '^' | '-';
  readonly paintMark: (text: string) => string;
  readonly paintEdge: (text: string) => string;
}

/** Columns of a document's line that are shown at most. */
const WIDTH = 160;

/** Lines of a span that are all shown; of a longer one the first and the last. */
const WHOLE = 3;

/** Numbers of the lines that the frame of a span shows. */
export function framedLines({ start, end }: Range): number[] {
  // A span that ends before the first character of a line has nothing of that line.
  const last = Math.max(start.line, end.column === 1 ? end.line - 1 : end.line);
  if (last - start.line < WHOLE)
    return Array.from({ length: last - start.line + 1 }, (_, at) => start.line + at);
  return [start.line, last];
}

/** The lines of a span with the span marked below each; empty where there is no such line. */
export function codeFrame(
  span: Range,
  lineOf: (line: number) => string | undefined,
  style: FrameStyle,
): string[] {
  const lines = framedLines(span);
  return lines.flatMap((line, at) => {
    const text = lineOf(line);
    if (text === undefined || text === '') return [];
    const skipped = at > 0 && line > lines[at - 1]! + 1;
    return [...(skipped ? [style.paintEdge('...')] : []), ...frameLine(span, line, text, style)];
  });
}

function frameLine({ start, end }: Range, line: number, text: string, style: FrameStyle): string[] {
  const indent = text.length - text.trimStart().length;
  const begin = line === start.line ? start.column - 1 : indent;
  // A long line is cut around the span, so that it stays one screen line.
  const from = characterStart(text, begin + 1 > WIDTH - 40 ? begin - 39 : 0);
  const to = characterStart(text, from + WIDTH);
  const first = characterStart(text, begin);
  const last = characterStart(text, line === end.line ? Math.min(end.column - 1, to) : to);
  const print = (a: number, b: number) => encodeTerminal(text.slice(a, b).replaceAll('\t', ' '));
  const before = print(from, first);
  const marked = print(first, last);
  const after = print(Math.max(first, last), to);
  const marks = style.mark.repeat(Math.max(1, displayWidth(marked)));
  const bar = style.paintEdge('|');
  const number = String(line);
  const pad = ' '.repeat(Math.max(0, style.gutter - number.length));
  return [
    `${style.paintEdge(number)}${pad} ${bar} ${before}${marked}${after}`,
    `${' '.repeat(style.gutter)} ${bar} ${' '.repeat(displayWidth(before))}${style.paintMark(marks)}`,
  ];
}

/** An offset that does not stand inside a surrogate pair. */
function characterStart(text: string, offset: number): number {
  return /^[\udc00-\udfff]/.test(text.slice(offset, offset + 1)) ? offset - 1 : offset;
}

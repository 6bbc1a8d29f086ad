import type { Range as ClientRange, Position } from 'vscode-languageserver/node';
import type { Point, Range } from '../base/position.js';

/** A span as the protocol counts it: from 0. Both count UTF-16 code units. */
export function toClientRange({ start, end }: Range): ClientRange {
  return { start: toPosition(start), end: toPosition(end) };
}

/** A span of ours from one of the protocol's. */
export function toRange({ start, end }: ClientRange): Range {
  return { start: toPoint(start), end: toPoint(end) };
}

/** A place of ours from one of the protocol's. */
export function toPoint({ line, character }: Position): Point {
  return { line: line + 1, column: character + 1 };
}

function toPosition({ line, column }: Point): Position {
  return { line: line - 1, character: column - 1 };
}

/** Whether a place lies in a span; right behind its end counts, as a cursor stands there after a word. */
export function holds({ start, end }: Range, point: Point): boolean {
  return !isBefore(point, start) && !isBefore(end, point);
}

/** Whether two spans share a place. */
export function overlap(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

/** Order of places in a text. */
export function comparePoints(a: Point, b: Point): number {
  return a.line - b.line || a.column - b.column;
}

/** The same text for the same span, for sets and maps. */
export function rangeKey({ start, end }: Range): string {
  return `${start.line}:${start.column}-${end.line}:${end.column}`;
}

function isBefore(a: Point, b: Point): boolean {
  return comparePoints(a, b) < 0;
}

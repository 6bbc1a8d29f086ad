/** A place in a file. Both numbers start at 1; `column` counts UTF-16 code units, as unist and editors do. */
export interface Point {
  readonly line: number;
  readonly column: number;
}

/** A span in a file; `end` is the place after its last character. */
export interface Range {
  readonly start: Point;
  readonly end: Point;
}

/** The first character of a file, where a finding about the file as a whole is shown. */
export const FILE_START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

import type { Range } from '../base/position.js';
import type { Document } from '../parse/document.js';

/** A number at its place. */
export interface NumberPlace {
  readonly count: number;
  readonly position: Range;
}

/** The text of a document that may count columns. */
export type ColumnText = Pick<Document, 'prose' | 'tables' | 'keyValues'>;

/** A word beside a number, and whether it makes a claim with it if it names a table. */
export type Trial = readonly [name: string, fits: boolean];

/** Words of a table cell that may name a table; `besides` are those that only a table's name excuses in a title. */
export interface NamedCell {
  readonly names: readonly string[];
  /** Null where the cell is no title that asks for the number of columns. */
  readonly besides: readonly string[] | null;
}

/**
 * Numbers that may count the columns of a table, with the words that may name it. Which of them do is for the model
 * to say: a document keeps these few words, and not its text. Plain JSON data.
 */
export interface Candidate {
  readonly numbers: readonly (NumberPlace & {
    /** In a row: index of the cell, whether its column holds values, and whether it says itself what it counts. */
    readonly cell?: number;
    readonly valued?: boolean;
    readonly says?: boolean;
  })[];
  readonly naming:
    | { readonly kind: 'name'; readonly name: string }
    /** Nearest word first. */
    | { readonly kind: 'beside'; readonly before: readonly Trial[]; readonly after: readonly Trial[] }
    /** Labels above, nearest first, then the words of the heading or label that ends the search. */
    | { readonly kind: 'above'; readonly labels: readonly string[]; readonly among: readonly string[] }
    /** The cells before the last number of a row. */
    | { readonly kind: 'row'; readonly cells: readonly NamedCell[] };
}

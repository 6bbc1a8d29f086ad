import { CompletionItemKind } from 'vscode-languageserver/node';
import { kindName } from '../model/entry.js';
import type { Snapshot } from './snapshot.js';

/** What an offer replaces: the line's text from a column (from 0) to the cursor, and what it is in the list. */
export interface Offer {
  readonly label: string;
  readonly start: number;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** What is written, where it is not the label. */
  readonly text?: string;
  /** Place in the list; the label if undefined. */
  readonly order?: string;
}

/** Where something is to be completed. */
export interface Cursor {
  readonly path: string;
  /** The lines as they are in the editor, which may be ahead of the snapshot. */
  readonly lines: readonly string[];
  /** Both from 0. */
  readonly line: number;
  readonly column: number;
}

/** Documents of the corpus by path. */
export function pathOffers(snapshot: Snapshot, start: number): Offer[] {
  return [...snapshot.model.entries.values()].map((entry) => ({
    label: entry.document.path,
    start,
    kind: CompletionItemKind.File,
    detail: kindName(entry) ?? '',
  }));
}

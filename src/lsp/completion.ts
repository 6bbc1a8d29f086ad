import type { CompletionItem } from 'vscode-languageserver/node';
import { completeFrontMatter } from './completion-front-matter.js';
import { completeProse } from './completion-prose.js';
import { frontMatterCursor } from './front-matter-cursor.js';
import type { Cursor } from './offers.js';
import type { Snapshot } from './snapshot.js';

/** Characters after which an editor asks by itself. */
export const TRIGGERS = ['/', '#', '(', ':', ' ', '-', '§'];

/** What could be written at a place. */
export function completionsAt(snapshot: Snapshot, cursor: Cursor): CompletionItem[] {
  const { lines, line, column } = cursor;
  const header = frontMatterCursor(lines, line, column);
  const offers = header ? completeFrontMatter(snapshot, cursor, header) : completeProse(snapshot, cursor);
  // A value of the front matter is replaced as a whole: half of an old digest is worth nothing.
  const after = header ? /^[^\s:]*/.exec((lines[line] ?? '').slice(column))![0].length : 0;
  return offers.map(({ label, start, kind, detail, text, order }) => ({
    label,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(order === undefined ? {} : { sortText: order }),
    filterText: label,
    textEdit: {
      range: { start: { line, character: start }, end: { line, character: column + after } },
      newText: text ?? label,
    },
  }));
}

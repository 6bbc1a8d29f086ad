import type { Range } from '../base/position.js';
import type { Link } from '../parse/document.js';
import type { Snapshot } from './snapshot.js';

/** Span of a link's address in the text; null where it is written in another way than it reads (escapes, references). */
export function linkTarget(snapshot: Snapshot, path: string, { url, position }: Link): Range | null {
  if (url === '') return null;
  const raw = snapshot.slice(path, position);
  // In HTML the place of a link is that of its address.
  if (raw === url) return position;
  // The address stands behind the last `](`, or behind the `]:` of a definition.
  const open = Math.max(raw.lastIndexOf(']('), raw.startsWith('[') ? raw.indexOf(']:') : -1);
  if (open < 0) return null;
  const blank = /^[\s<]*/.exec(raw.slice(open + 2))![0].length;
  const index = open + 2 + blank;
  if (!raw.startsWith(url, index)) return null;
  const source = snapshot.source(path);
  const start = source.lineStart(position.start.line) + position.start.column - 1 + index;
  return source.range(start, start + url.length);
}

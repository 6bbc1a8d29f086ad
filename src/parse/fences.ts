import { sha256 } from '../base/digest.js';
import type { Fence, FenceRole } from './document.js';
import type { SourceText } from './source-text.js';

/** Where a reader of Markdown saw a fenced code block. */
export interface FenceShape {
  /** Line (1-based) and offset in UTF-16 units of the opening fence's first marker. */
  readonly line: number;
  readonly start: number;
  /** Last line between the fence lines, or of the block where it is not closed. */
  readonly lastLine: number;
  readonly closed: boolean;
  /** In no list item, quote or footnote. */
  readonly rootChild: boolean;
}

const ROLES: readonly FenceRole[] = ['migration', 'rollback', 'fixture', 'preflight', 'verify'];
const ROLE = new RegExp(`^sql[ \\t]+(${ROLES.join('|')})$`);

/** Facts of a fenced code block. Bytes and info string come from the source, never from a syntax tree. */
export function readFence(source: SourceText, shape: FenceShape): Fence {
  const { line, start, lastLine, closed } = shape;
  const first = source.lineStartByte(line + 1);
  const last = Math.max(first, source.lineStartByte(lastLine + 1));
  const column = start - source.lineStart(line) + 1;
  const end = source.lineEnd(line);
  // The info string as it is written: what a character reference or an escape makes of it names no role.
  const info = source.text.slice(start, end).replace(/^(?:`+|~+)[ \t]*|[ \t]+$/g, '');
  return {
    info,
    language: /^[^ \t]*/.exec(info)![0],
    role: (ROLE.exec(info)?.[1] as FenceRole | undefined) ?? null,
    position: { start: { line, column }, end: { line, column: end - source.lineStart(line) + 1 } },
    start: first,
    end: last,
    firstLine: line + 1,
    lastLine,
    atRoot: shape.rootChild && column === 1,
    closed,
    digest: sha256(source.bytes.subarray(first, last)),
  };
}

/** Shapes of single lines: what opens or ends a block. Offsets are UTF-16 units; `end` is the line's end. */

/** Three or more `*`, `-` or `_` with nothing but blanks between them. */
export function isThematicBreak(text: string, start: number, end: number): boolean {
  const marker = text.charCodeAt(start);
  if (marker !== 42 && marker !== 45 && marker !== 95) return false;
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === marker) count += 1;
    else if (code !== 32 && code !== 9) return false;
  }
  return count >= 3;
}

/** Depth of an ATX heading, 0 where the line is none. */
export function headingDepth(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === 35) at += 1;
  const depth = at - start;
  if (depth > 6) return 0;
  const after = at < end ? text.charCodeAt(at) : 32;
  return after === 32 || after === 9 ? depth : 0;
}

/** Length of an opening code fence, 0 where the line is none. */
export function fenceLength(text: string, start: number, end: number): number {
  const marker = text.charCodeAt(start);
  if (marker !== 96 && marker !== 126) return 0;
  const length = runLength(text, start, end);
  if (length < 3) return 0;
  if (marker === 96) {
    for (let at = start + length; at < end; at++) if (text.charCodeAt(at) === 96) return 0;
  }
  return length;
}

/** Whether the line closes a fence of this marker and length. */
export function closesFence(
  text: string,
  start: number,
  end: number,
  marker: number,
  length: number,
): boolean {
  if (text.charCodeAt(start) !== marker) return false;
  const run = runLength(text, start, end);
  return run >= length && trimBack(text, start + run, end) === start + run;
}

/** Depth of the heading that a line of `=` or `-` makes of the paragraph above, 0 where the line is none. */
export function underlineDepth(text: string, start: number, end: number): 0 | 1 | 2 {
  const marker = text.charCodeAt(start);
  if (marker !== 61 && marker !== 45) return 0;
  const run = runLength(text, start, end);
  if (trimBack(text, start + run, end) !== start + run) return 0;
  return marker === 61 ? 1 : 2;
}

/** Where a text ends without the blanks at its end. */
export function trimBack(text: string, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const code = text.charCodeAt(at - 1);
    if (code !== 32 && code !== 9) break;
    at -= 1;
  }
  return at;
}

/** Where a text starts without the blanks at its start. */
export function trimFront(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9) break;
    at += 1;
  }
  return at;
}

function runLength(text: string, start: number, end: number): number {
  const marker = text.charCodeAt(start);
  let at = start;
  while (at < end && text.charCodeAt(at) === marker) at += 1;
  return at - start;
}

import { labelEnd, normalizeLabel, readDestination, skipWhitespace, titleEnd } from './link-parts.js';

/** A link reference definition at the start of a paragraph. Offsets in the paragraph's text. */
export interface RawDefinition {
  readonly label: string;
  readonly destination: string;
  readonly start: number;
  /** At the line end behind it. */
  readonly end: number;
}

/** Reads the definitions that a paragraph begins with; `rest` is where other text starts. */
export function readDefinitions(text: string): { definitions: RawDefinition[]; rest: number } {
  const definitions: RawDefinition[] = [];
  let rest = 0;
  while (text.charCodeAt(rest) === 91) {
    const found = readDefinition(text, rest);
    if (!found) break;
    definitions.push(found);
    rest = skipWhitespace(text, found.end);
  }
  return { definitions, rest: Math.min(rest, text.length) };
}

function readDefinition(text: string, start: number): RawDefinition | null {
  const close = labelEnd(text, start);
  if (close < 0 || text.charCodeAt(close + 1) !== 58) return null;
  const destination = readDestination(text, skipWhitespace(text, close + 2));
  if (!destination) return null;
  const titleStart = skipWhitespace(text, destination.end);
  const title = titleStart > destination.end ? titleEnd(text, titleStart) : -1;
  const label = normalizeLabel(text.slice(start + 1, close));
  const result = { label, destination: destination.value, start };
  const afterTitle = title < 0 ? -1 : blanksEnd(text, title);
  const end = afterTitle >= 0 ? afterTitle : blanksEnd(text, destination.end);
  return end < 0 ? null : { ...result, end };
}

/** Offset of the line end that follows at once but for blanks, negative where something else follows. */
function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  return at >= text.length || text.charCodeAt(at) === 10 ? at : -1;
}

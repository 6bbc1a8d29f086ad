/** Where a cursor stands in front matter, read from the lines alone: while somebody types, it is seldom valid YAML. */
export interface FrontMatterCursor {
  /** Keys from the top to the mapping that the cursor is in; `[]` for an item of a list. */
  readonly parents: readonly string[];
  /** Keys and plain values of that mapping on other lines. */
  readonly siblings: ReadonlyMap<string, string>;
  /** Key whose value is being written; null where a key or an item of a list is. */
  readonly key: string | null;
  /** What was written of the key or value so far, up to the cursor, and the column (from 0) where it starts. */
  readonly typed: string;
  readonly start: number;
}

interface Line {
  /** Columns of `- ` before the key or value. */
  readonly dashes: readonly number[];
  /** Column where the key, or a value without one, starts. */
  readonly column: number;
  readonly key: string | null;
  readonly value: string;
  readonly valueColumn: number;
}

/** @param line the cursor's line, and `column` its column, both from 0; null outside of front matter */
export function frontMatterCursor(
  lines: readonly string[],
  line: number,
  column: number,
): FrontMatterCursor | null {
  if (!/^---[ \t]*$/.test(lines[0] ?? '') || line === 0) return null;
  const close = lines.findIndex((text, index) => index > 0 && /^---[ \t]*$/.test(text));
  if (close >= 0 && line >= close) return null;
  const block = lines.slice(1, close < 0 ? undefined : close).map(readLine);
  const at = line - 1;
  const current = readLine((lines[line] ?? '').slice(0, column));
  const { parents, own } = parentsOf(block, at, current);
  const inValue = current.key !== null;
  return {
    parents,
    siblings: siblingsOf(block, at, own),
    key: current.key,
    typed: current.value,
    start: inValue ? current.valueColumn : current.column,
  };
}

function readLine(text: string): Line {
  const dashes: number[] = [];
  let column = /^ */.exec(text)![0].length;
  for (let dash = /^- +|^-$/.exec(text.slice(column)); dash; dash = /^- +|^-$/.exec(text.slice(column))) {
    dashes.push(column);
    column += dash[0].length;
  }
  const rest = text.slice(column);
  const match = /^([A-Za-z_][\w-]*):(?:( +)(.*))?$/.exec(rest);
  if (!match) return { dashes, column, key: null, value: rest, valueColumn: column };
  const [, key = '', blank = '', value = ''] = match;
  return { dashes, column, key, value, valueColumn: column + key.length + 1 + blank.length };
}

/** Walks up to the lines that open the mappings and lists around a line. */
function parentsOf(
  block: readonly Line[],
  at: number,
  current: Line,
): { parents: string[]; own: { column: number; item: number | null } } {
  const parents: string[] = [];
  let column = current.column;
  let inItem = false;
  const leave = (dashes: readonly number[]) => {
    for (const dash of [...dashes].reverse()) {
      parents.unshift('[]');
      column = dash;
      inItem = true;
    }
  };
  leave(current.dashes);
  for (let index = at - 1; index >= 0 && !(column === 0 && !inItem); index--) {
    const line = block[index]!;
    // The first key of an item stands behind the item's dash.
    if (!inItem && line.dashes.length > 0 && line.column === column) leave(line.dashes);
    // A list may stand at the column of its key.
    else if (
      line.key !== null &&
      line.value === '' &&
      (line.column < column || (inItem && line.column === column))
    ) {
      parents.unshift(line.key);
      column = line.column;
      inItem = false;
      leave(line.dashes);
    }
  }
  return { parents, own: { column: current.column, item: current.dashes.at(-1) ?? null } };
}

/** Keys at the column of a line, up and down to where their mapping ends. */
function siblingsOf(
  block: readonly Line[],
  at: number,
  own: { readonly column: number; readonly item: number | null },
): Map<string, string> {
  const found = new Map<string, string>();
  const look = (line: Line) => {
    if (line.column === own.column && line.key !== null) found.set(line.key, line.value);
  };
  if (own.item === null) {
    for (let index = at - 1; index >= 0; index--) {
      const line = block[index]!;
      if (line.column < own.column && line.key !== null) break;
      look(line);
      if (line.column === own.column && line.dashes.length > 0) break;
    }
  }
  for (const line of block.slice(at + 1)) {
    if ((line.column < own.column && line.key !== null) || line.dashes.some((dash) => dash < own.column))
      break;
    look(line);
  }
  return found;
}

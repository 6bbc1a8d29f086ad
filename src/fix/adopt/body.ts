import { isMarkup, type Line, oldHeadingDepth } from './lines.js';
import { readTable } from './tables.js';

interface Block {
  readonly kind: 'blank' | 'code' | 'heading' | 'table' | 'field' | 'label' | 'text';
  readonly lines: string[];
}

/** `key: value` as the compiler reads it, at the start of a line. */
const FIELD = /^[A-Za-z]\w*(?:\s\([^)]*\))?:(?:\s|$)/;
/** Inside of a block of such lines, keys are made of several words too. */
const WIDE_FIELD = /^[A-Za-z][\w /()-]{0,100}:(?:\s|$)/;
const RULE = /^(?:(?:[-*_]\s*){3,}|=+\s*)$/;
const LABEL = /^[^\s|]+:$/;

/**
 * The body of an older document in the present form, of the same lines in the same order: headings are marked, rows
 * joined, fields that would run into each other are a list, and what Markdown would take for one block is apart.
 */
export function adoptBody(lines: readonly Line[]): string[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const table = readTable(lines, at);
    if (table) blocks.push({ kind: 'table', lines: table.rows });
    else addLine(blocks, lines, at);
    at += table?.taken ?? 1;
  }
  return separate(listFields(blocks));
}

function addLine(blocks: Block[], lines: readonly Line[], at: number): void {
  const { text, code } = lines[at]!;
  const last = blocks.at(-1);
  const add = (kind: Block['kind'], line = text) => {
    if (last?.kind === kind && (kind === 'code' || kind === 'text')) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  };
  const depth = oldHeadingDepth(text);
  if (code) add('code');
  else if (text.trim() === '') add('blank');
  else if (depth !== null) add('heading', `${'#'.repeat(depth)} ${text}`);
  else if (/^#{1,6}(?:\s|$)/.test(text)) add('heading');
  // Right below a list item, a rule would make it a heading.
  else if (last?.kind === 'field' && RULE.test(text)) add('heading');
  else if (isField(last, lines, at)) add('field');
  else if (LABEL.test(text) && FIELD.test(lines[at + 1]?.text ?? '')) add('label');
  else if (last?.kind === 'field' && (isMarkup(text) || !/^\p{Lu}/u.test(text))) last.lines.push(text);
  else add('text');
}

/** In the midst of a paragraph one line that looks like a field is a sentence; two of them are fields. */
function isField(last: Block | undefined, lines: readonly Line[], at: number): boolean {
  const { text } = lines[at]!;
  if (last?.kind === 'field' && WIDE_FIELD.test(text)) return true;
  if (!FIELD.test(text)) return false;
  return last?.kind !== 'text' || FIELD.test(lines[at + 1]?.text ?? '');
}

/** Fields in a row become a list; one alone is a paragraph already. */
function listFields(blocks: readonly Block[]): Block[] {
  return blocks.map((block, index) => {
    const beside = blocks[index - 1]?.kind === 'field' || blocks[index + 1]?.kind === 'field';
    if (block.kind !== 'field' || !beside) return block;
    const lines = block.lines.map((text, line) => (line === 0 ? `- ${text}` : `  ${text}`));
    return { kind: 'field', lines };
  });
}

/** A blank line between blocks of different kinds, where there is none. */
function separate(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    return before && areApart(before, block) ? ['', ...block.lines] : block.lines;
  });
}

/** Indented code may belong to a list, which a blank line would loosen. */
function areApart(above: Block, below: Block): boolean {
  const kinds = [above.kind, below.kind];
  const nested = [above, below].some(({ kind, lines }) => kind === 'code' && !/^(?:```|~~~)/.test(lines[0]!));
  return !kinds.includes('blank') && !nested && (above.kind !== below.kind || above.kind !== 'field');
}

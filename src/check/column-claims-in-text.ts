import type { Model } from '../model/model.js';
import { type NamedTable, tablesIn } from './table-names.js';

/** A claim in a piece of text, with the offsets of its number. */
interface TextClaim {
  readonly table: string;
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

const MARK = '[`*_"\')\\]]*';
/** What may stand between a table's name and its number: `= 13 columns`, `has exactly 13 columns`, `(12 columns`. */
const BETWEEN = new RegExp(
  `^${MARK}\\s*(?:[=:(]|—|–|has|had|have|with|must have|should have|contains)\\s*(?:(?:exactly|now|still|all)\\s+)?[*\`_]*$`,
);
/** `12 columns in NAME`, `all 12 columns of NAME`. */
const BEFORE = /^\s+(?:in|of)\s+(?:the\s+)?(?:table\s+)?[`*_"']*$/;
/** A number of columns that stands for all of them: what follows must not single some of them out. */
const COUNT = /(?<![\p{L}\p{N}_.,+\-−–/])(\d{1,4})[`*_]*(?:\s+|-)(?:columns?|cols)(?![\p{L}\p{N}_])/gu;
const CLAUSE_END = /^[`*_"']*\s*(?:$|[.,;:()|\]}—–=/]|(?:and|but|in total|now|afterwards|altogether)\b)/;
const PARTIAL =
  /\b(?:add(?:s|ed|ing)?|new|more|drop(?:s|ped)?|alter(?:s|ed)?|change[sd]?|of|the first|the last)\s*$/i;
const DENIED = /\b(?:not|never|no longer)\b|n't\b/i;

/** Claims about tables that are named beside the number, in one line or one value. */
export function claimsInText(model: Model, text: string): TextClaim[] {
  if (!/col(?:umn)?s?\b/.test(text)) return [];
  const tables = tablesIn(model, text);
  if (tables.length === 0) return [];
  return [...text.matchAll(COUNT)].flatMap((match) => {
    const start = match.index;
    const after = start + match[0].length;
    const table = tableBefore(tables, text, start, after) ?? tableAfter(tables, text, start, after);
    if (!table || isDenied(text, start)) return [];
    return [{ table: table.table, count: Number(match[1]), start, end: start + match[1]!.length }];
  });
}

function tableBefore(
  tables: readonly NamedTable[],
  text: string,
  start: number,
  after: number,
): NamedTable | undefined {
  const table = tables.findLast(({ end }) => end <= start);
  if (!table || !BETWEEN.test(text.slice(table.end, start))) return undefined;
  return CLAUSE_END.test(text.slice(after)) ? table : undefined;
}

function tableAfter(
  tables: readonly NamedTable[],
  text: string,
  start: number,
  after: number,
): NamedTable | undefined {
  const table = tables.find((one) => one.start >= after);
  const between = table && BEFORE.exec(text.slice(after, table.start))?.[0];
  const before = text.slice(0, start);
  if (!table || between === undefined || PARTIAL.test(before)) return undefined;
  // "3 columns of T" are some of them; "all 3 columns of T" are all.
  const whole = !between.trim().startsWith('of') || /\b(?:all|the|exactly)\s+[*`_]*$/i.test(before);
  return whole && CLAUSE_END.test(text.slice(table.end)) ? table : undefined;
}

/** Whether the clause up to an offset says that something is not so. */
function isDenied(text: string, offset: number): boolean {
  const clause =
    text
      .slice(0, offset)
      .split(/[.;|](?=\s|$)/)
      .at(-1) ?? '';
  return DENIED.test(clause);
}

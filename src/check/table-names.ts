import type { Model } from '../model/model.js';

/** A known table where a text names it. */
export interface NamedTable {
  /** Qualified name. */
  readonly table: string;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
}

/** The qualified name that a written name means; null where it means no known table, or several. */
export function knownTable(model: Model, name: string): string | null {
  if (model.columns.has(name)) return name;
  if (name.includes('.')) return null;
  const meant = [...model.columns.keys()].filter((table) => table.endsWith(`.${name}`));
  return meant.length === 1 ? meant[0]! : null;
}

const NAME =
  /(?<![\p{L}\p{N}_.])(?:[\p{L}_][\p{L}\p{N}_]*\.)?[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_]|\.[\p{L}_])/gu;

/** Known tables that a text names, qualified or bare, in order. */
export function tablesIn(model: Model, text: string): NamedTable[] {
  return [...text.matchAll(NAME)].flatMap((match) => {
    const table = knownTable(model, match[0]);
    return table ? [{ table, start: match.index, end: match.index + match[0].length }] : [];
  });
}

/** The one table that a text names, once or more often; null where it names none or several. */
export function onlyTable(model: Model, text: string): string | null {
  const named = new Set(tablesIn(model, text).map(({ table }) => table));
  const [only] = named;
  return named.size === 1 ? only! : null;
}

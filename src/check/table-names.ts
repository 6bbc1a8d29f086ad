import type { Model } from '../model/model.js';

/** A word that may name a table, with its offsets in the text. */
export interface NameWord {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const NAME =
  /(?<![\p{L}\p{N}_.])(?:[\p{L}_][\p{L}\p{N}_]*\.)?[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_]|\.[\p{L}_])/gu;

/** Words of a text that may name a table, qualified or bare, in order. */
export function nameWords(text: string): NameWord[] {
  return [...text.matchAll(NAME)].map(({ 0: name, index }) => ({
    name,
    start: index,
    end: index + name.length,
  }));
}

/** The same words, each once. */
export function namesIn(text: string): string[] {
  return [...new Set(text.match(NAME))];
}

/** The qualified name that a written name means; null where it means no known table, or several. */
export function knownTable(model: Model, name: string): string | null {
  if (model.columns.has(name)) return name;
  return name.includes('.') ? null : (model.tableNamed(name) ?? null);
}

/** The one table that several words name, some of them or all; null where they name none or several. */
export function onlyTable(model: Model, names: readonly string[]): string | null {
  const named = new Set(names.flatMap((name) => knownTable(model, name) ?? []));
  const [only] = named;
  return named.size === 1 ? only! : null;
}

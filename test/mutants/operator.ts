import type { Line, Original, Originals } from './originals.js';

/** A line of the corpus with a planted defect. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Bytes or text of files in place of those on disk; null where the file is taken away. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A defect at one place, and where the rule has to find it. */
export interface Planting {
  readonly files: Files;
  readonly expected: Place;
}

/** One way to spoil a document, at every place that it suits. */
export interface Operator {
  readonly rule: string;
  readonly name: string;
  /** Most places that are taken, drawn by chance; the default is `MOST`. */
  readonly most?: number;
  plantings(originals: Originals): Iterable<Planting>;
}

/** Places of an operator that are taken where it does not say how many. */
export const MOST = 2;

type Where = (line: Line) => boolean;
/** The text in place of a line; null where it does not suit. It may hold several lines. */
type Change = (text: string, line: Line) => string | null;

export interface Options {
  readonly most?: number;
  /** How many lines below the changed one the finding is; a function where the rule shows another place. */
  readonly at?: number | ((line: Line) => number);
}

/** Changes single lines; the finding is expected at the line. */
export function changed(
  rule: string,
  name: string,
  where: Where,
  change: Change,
  options: Options = {},
): Operator {
  const { most, at = 0 } = options;
  return {
    rule,
    name,
    ...(most === undefined ? {} : { most }),
    *plantings(originals) {
      for (const line of originals.lines) {
        const text = where(line) ? change(line.text, line) : null;
        if (text === null || text === line.text) continue;
        const found = typeof at === 'number' ? line.number + at : at(line);
        yield planted(replaced(line, text), { file: line.document.path, line: found });
      }
    },
  };
}

/** Writes lines above those that suit; the finding is expected at the first of them. */
export function inserted(
  rule: string,
  name: string,
  where: Where,
  text: string | ((line: Line) => string),
  options: Options = {},
): Operator {
  const make = typeof text === 'string' ? () => text : text;
  return changed(rule, name, where, (old, line) => `${make(line)}\n${old}`, options);
}

/** Takes lines away; where the finding is has to be said, in lines of the document without them. */
export function removed(
  rule: string,
  name: string,
  where: Where,
  at: (line: Line) => number,
  options: Pick<Options, 'most'> = {},
): Operator {
  return {
    rule,
    name,
    ...options,
    *plantings(originals) {
      for (const line of originals.lines)
        if (where(line)) yield planted(without(line), { file: line.document.path, line: at(line) });
    },
  };
}

/** Defects that are not of one line. */
export function custom(
  rule: string,
  name: string,
  plantings: (originals: Originals) => Iterable<Planting>,
  options: Pick<Options, 'most'> = {},
): Operator {
  return { rule, name, ...options, plantings };
}

export function planted(files: Files, expected: Place): Planting {
  return { files, expected };
}

/** The document of a line with other text in its place. */
export function replaced({ document, number }: Line, text: string): Files {
  return edited(document, (lines) => lines.splice(number - 1, 1, text));
}

export function without({ document, number }: Line, count = 1): Files {
  return edited(document, (lines) => lines.splice(number - 1, count));
}

/** A document with its lines changed. */
export function edited({ path, lines }: Original, edit: (lines: string[]) => unknown): Files {
  const rows = lines.map(({ text }) => text);
  edit(rows);
  return { [path]: `${rows.join('\n')}\n` };
}

/** Another digit in place of one of a digest. */
export function otherDigit(text: string, pattern = /[0-9a-f]{64}/): string {
  return text.replace(
    pattern,
    (digest) => `${digest.slice(0, 31)}${digest[31] === '0' ? '1' : '0'}${digest.slice(32)}`,
  );
}

/** What a check's `-- expect:` lines mean (FORMAT, "Checks"). */
export type Expected =
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  /** The same statement's value before the migration; `offset` is null for "the same rows". */
  | { readonly kind: 'baseline'; readonly offset: number | null };

const BASELINE = /^baseline(?: ([+-]) (\d{1,15}))?$/;
const NO_ROWS = '(no rows)';
const QUOTED = /^'(baseline.*|\(no rows\))'$/i;
/** What somebody may have meant for a word of the notation: never taken for a literal by guess. */
const NEARLY = /^(?:baseline\b.*|\(?no rows\)?)$/i;

/**
 * Reads the lines of one check. `baseline` and `(no rows)` are words of the notation and stand alone; in single
 * quotes they are the literal text.
 */
export function readExpectation(lines: readonly string[]): Expected | { readonly problem: string } {
  const special = lines.filter((line) => line === NO_ROWS || BASELINE.test(line));
  if (special.length > 0 && lines.length > 1)
    return { problem: `"${special[0]}" must be the only expectation` };
  const nearly = lines.find((line) => NEARLY.test(line) && line !== NO_ROWS && !BASELINE.test(line));
  if (nearly !== undefined)
    return { problem: `"${nearly}" is no word of the notation; in single quotes it is the literal text` };
  const baseline = BASELINE.exec(lines[0] ?? '');
  if (baseline) {
    const [, sign, amount] = baseline;
    return { kind: 'baseline', offset: amount === undefined ? null : Number(`${sign}${amount}`) };
  }
  if (lines[0] === NO_ROWS) return { kind: 'rows', rows: [] };
  return { kind: 'rows', rows: lines.map((line) => QUOTED.exec(line)?.[1] ?? line) };
}

/** A number of checks in a text, with the offsets of what says it. */
export interface NumberClaim {
  readonly what: 'total' | 'passes' | 'fails' | 'all';
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** `10/10 PASS`, `45 of 45 checks PASS`, `**3/3** PASS`. */
const RATIO =
  /(?<![\w./-])(\d{1,4})(\s*\/\s*|\s+(?:out\s+)?of\s+)(\d{1,4})[*_`]*\s+(?:[a-z-]+\s+)?(?:checks?\s+)?PASS(?:ED)?\b/gi;
/** `PASS 3/3`, `PASS (3/3)`. */
const RATIO_BEHIND = /(?<=\bPASS(?:ED)?:?[*_`]*\s+[(*_`]*)(\d{1,4})(\s*\/\s*)(\d{1,4})(?![\w./-])/g;
/** `10 of 10 preflight checks`: all of them, whatever is said of them. */
const ALL_OF = /(?<![\w./-])(\d{1,4})(\s*\/\s*|\s+of\s+)\1\s+(?:[a-z-]+\s+)?checks\b(?!\s+PASS)/gi;
/** `FAIL_COUNT=0`, `c07_fail_count: 0`. */
const COUNTER = /(pass|fail|check)_count`?\s*[=:]\s*`?(\d{1,4})(?![\w.])/gi;
/** `28 PASS, 0 FAIL`. */
const OUTCOME = /(?<![\w./-])(?<!\bof\s+|\/\s*)(\d{1,4}) (PASS|FAIL)\b/g;
/** `3 passed, 0 failed`, `PASS: 3, FAIL: 0`: the two together tell that checks are counted. */
const BOTH =
  /(?<![\w./-])(?:(\d{1,4}) passed(?:,| and) (\d{1,4}) failed|pass(?:ed)?: ?(\d{1,4})[,;] fail(?:ed)?: ?(\d{1,4}))(?![\w.]*\d)/gi;
/** `No failures.`, where nothing else is said. */
const NO_FAILURES = /^(?:[-*] )?[*_]*((?:no|0) failures?)[*_]*\.?$/i;
const ALL_PASS =
  /(?<!\bnot )\b(?:ALL PASS(?:ED)?\b|[Aa]ll (?:\d{1,4} )?(?:[a-z-]+ )?checks (?:have )?pass(?:ed)?(?=[*_]*\s*(?:[.;!)]|$)))/g;
/** `28 checks` where it stands for all of them: in a heading, at the start of a paragraph, behind "all". */
const CHECKS =
  /(?<![\w./-])(\d{1,4}) (?:[a-z-]+ )?checks\b(?=\s*(?:$|[.,;:()—–]|(?:pass(?:ed)?|ran|follow)\b))/g;
const ALL_BEFORE = /\b(?:all|these|following|exactly) $/i;

/** A line that speaks of another run, or of what is wanted and not of what is. */
const OTHERWISE =
  /\b(?:earlier|previous(?:ly)?|prior|former|attempts?|dry[- ]run|rehears\w*|not|never|if|must|should|would|until|unless|when|required?|expect(?:s|ed)?)\b/i;

/** Numbers of checks in a line or cell. @param place where it stands: a heading speaks of what is below it */
export function numbersOfChecks(text: string, place: 'heading' | 'opening' | 'line'): NumberClaim[] {
  if (place !== 'heading' && OTHERWISE.test(text)) return [];
  const found: NumberClaim[] = [];
  const add = (what: NumberClaim['what'], digits: string, start: number) =>
    found.push({ what, count: Number(digits), start, end: start + digits.length });
  for (const { 1: passes = '', 2: sign = '', 3: total, index } of [
    ...text.matchAll(RATIO),
    ...text.matchAll(RATIO_BEHIND),
    ...text.matchAll(ALL_OF),
  ]) {
    const second = index + passes.length + sign.length;
    if (total !== undefined) add(total === passes ? 'all' : 'passes', passes, index);
    add('total', total ?? passes, second);
  }
  for (const { 0: whole, 1: name = '', 2: digits = '', index } of text.matchAll(COUNTER)) {
    const what = COUNTERS[name.toLowerCase() as keyof typeof COUNTERS];
    add(what, digits, index + whole.length - digits.length);
  }
  for (const { 1: digits = '', 2: verdict, index } of text.matchAll(OUTCOME))
    add(verdict === 'PASS' ? 'passes' : 'fails', digits, index);
  found.push(...ofBoth(text));
  const [, none] = NO_FAILURES.exec(text) ?? [];
  if (none !== undefined) {
    const start = text.indexOf(none);
    found.push({ what: 'fails', count: 0, start, end: start + none.length });
  }
  for (const { 0: words, index } of text.matchAll(ALL_PASS))
    found.push({ what: 'all', count: 0, start: index, end: index + words.length });
  for (const { 1: digits = '', index } of text.matchAll(CHECKS)) {
    const opens = place === 'heading' || (place === 'opening' && index === 0);
    if (opens || ALL_BEFORE.test(text.slice(0, index))) add('total', digits, index);
  }
  return found;
}

function ofBoth(text: string): NumberClaim[] {
  return [...text.matchAll(BOTH)].flatMap(({ 0: whole, index, ...digits }) => {
    const passes = digits[1] ?? digits[3]!;
    const fails = digits[2] ?? digits[4]!;
    const first = index + whole.indexOf(passes);
    const second = index + whole.lastIndexOf(fails);
    return [
      { what: 'passes', count: Number(passes), start: first, end: first + passes.length },
      { what: 'fails', count: Number(fails), start: second, end: second + fails.length },
    ];
  });
}

const COUNTERS = { pass: 'passes', fail: 'fails', check: 'total' } as const;

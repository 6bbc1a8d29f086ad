/**
 * Whether an observed value is what was expected, as the cells of a table write the two: the same text, the same number
 * or boolean, or a number that a comparison admits. Null where that cannot be told.
 */
export function meets(expected: string, observed: string): boolean | null {
  if (expected === observed || canonical(expected) === canonical(observed)) return true;
  if (VAGUE.test(expected)) return null;
  const range = /^(\S+)\s*(?:\.\.|…|–|\bto\b)\s*(\S+)$/.exec(expected);
  const bounds = range && [quantity(range[1]!), quantity(range[2]!)];
  const seen = quantity(observed);
  if (bounds?.[0] && bounds[1])
    return seen && bounds[0].number <= seen.number && seen.number <= bounds[1].number;
  const [, sign = '', operand = ''] = COMPARISON.exec(expected) ?? [];
  const bound = quantity(operand === '' ? expected : operand);
  if (operand === '')
    return bound && seen && (bound.unit === '') !== (seen.unit === '') ? bound.number === seen.number : false;
  if (!bound) return sign.startsWith('=') ? meets(operand, observed) : null;
  if (!seen || (bound.unit !== seen.unit && !oneBare(bound, seen))) return null;
  return compares(seen.number, sign, bound.number);
}

/** Words with which an expectation leaves open what would meet it. */
const VAGUE =
  /^(?:[~≈]|about\b|approx|roughly\b|any\b|some\b|non-?(?:empty|zero|null)\b|not (?:empty|null)\b)/i;
const COMPARISON =
  /^(<=|≤|>=|≥|<>|!=|≠|<|>|={1,2}|at most|at least|no more than|less than|more than)\s*(.+)$/i;

function compares(seen: number, sign: string, bound: number): boolean {
  switch (sign.toLowerCase()) {
    case '<=':
    case '≤':
    case 'at most':
    case 'no more than':
      return seen <= bound;
    case '>=':
    case '≥':
    case 'at least':
      return seen >= bound;
    case '<':
    case 'less than':
      return seen < bound;
    case '>':
    case 'more than':
      return seen > bound;
    case '=':
    case '==':
      return seen === bound;
    default:
      return seen !== bound;
  }
}

interface Quantity {
  readonly number: number;
  /** What it counts, in lower case; empty where nothing says so. */
  readonly unit: string;
}

/** A number with what it counts: `1,000`, `2 rows`, `3600 s`. */
function quantity(text: string): Quantity | null {
  const [, digits, unit = ''] = /^([-+]?\d[\d,_]*(?:\.\d+)?)(?:\s*([a-z%µ][\w%/ -]*))?$/i.exec(text) ?? [];
  if (digits === undefined || !/^[-+]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[,_]\d{3})+)(?:\.\d+)?$/.test(digits))
    return null;
  return { number: Number(digits.replace(/[,_]/g, '')), unit: unit.trim().toLowerCase() };
}

function oneBare(one: Quantity, other: Quantity): boolean {
  return one.unit === '' || other.unit === '';
}

/** One spelling of numbers without a fraction, and of booleans as psql writes them. */
function canonical(text: string): string {
  const lower = text.toLowerCase();
  if (lower === 't' || lower === 'f') return lower === 't' ? 'true' : 'false';
  if (lower === 'true' || lower === 'false') return lower;
  const { number, unit } = quantity(text) ?? {};
  return number !== undefined && unit === '' && Number.isSafeInteger(number) && !text.includes('.')
    ? String(number)
    : text.replace(/\s+/g, ' ');
}

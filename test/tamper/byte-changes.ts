/** What one change makes of a file. */
export interface Change {
  readonly kind: string;
  /** Where, for messages. */
  readonly at: string;
  /** Made when it is asked for: most changes of a lane are another lane's. */
  readonly make: () => Buffer;
}

/** Larger files are changed at a sample of their bytes. */
export const LARGE = 64 * 1024;

/** A generator of numbers in [0, 1) that a seed decides (mulberry32). */
export type Random = () => number;

interface Wish {
  readonly random: Random;
  /** Share of the bytes of a small file that are also exchanged for another one, taken out or put in. */
  readonly share: number;
  /** Bits of a large file that are flipped. */
  readonly sampled: number;
}

/** Every change of one byte that is tried of a file. */
export function* byteChanges(bytes: Buffer, { random, share, sampled }: Wish): Generator<Change> {
  if (bytes.length > LARGE) {
    for (let count = 0; count < sampled; count++) yield flip(bytes, below(random, bytes.length), random);
    yield* atTheEnds(bytes);
    return;
  }
  for (let at = 0; at < bytes.length; at++) {
    yield flip(bytes, at, random);
    yield* substitutes(bytes, at, random).filter(() => random() < share);
  }
  yield* atTheEnds(bytes);
}

/** What somebody who edits changes: one digit, the case of a letter, a blank, a sign that begins a comment. */
function substitutes(bytes: Buffer, at: number, random: Random): Change[] {
  const byte = bytes[at]!;
  const char = String.fromCharCode(byte);
  const changes: Change[] = [];
  if (/[0-9]/.test(char)) {
    const other = 0x30 + ((byte - 0x30 + 1 + below(random, 9)) % 10);
    changes.push(put(bytes, at, 'another digit', other));
  }
  if (/[A-Za-z]/.test(char)) changes.push(put(bytes, at, 'another case', byte ^ 0x20));
  if (/\s/.test(char)) changes.push(put(bytes, at, 'another blank', byte === 0x20 ? 0x09 : 0x20));
  if (char === '\n') changes.push(splice(bytes, at, 'CR before a line end', 0, [0x0d]));
  if (char !== '#') changes.push(put(bytes, at, '# in place of a byte', 0x23));
  changes.push(splice(bytes, at, 'byte taken out', 1, []));
  changes.push(splice(bytes, at, 'byte put in', 0, [[0x20, 0x0a, 0x00, byte][below(random, 4)]!]));
  return changes;
}

function* atTheEnds(bytes: Buffer): Generator<Change> {
  const kind = 'at the ends';
  yield splice(bytes, 0, kind, 0, [0xef, 0xbb, 0xbf]);
  yield splice(bytes, 0, kind, 1, []);
  yield splice(bytes, bytes.length - 1, kind, 1, []);
  for (const byte of [0x00, 0x0a, 0x0d, 0x20, 0x7d]) yield splice(bytes, bytes.length, kind, 0, [byte]);
  yield splice(bytes, 0, kind, bytes.length, []);
}

/** What is done to the lines of a journal. */
export function* lineChanges(bytes: Buffer, random: Random): Generator<Change> {
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const change = (kind: string, line: number, changed: readonly string[]): Change => ({
    kind,
    at: `line ${line + 1}`,
    make: () => Buffer.from(changed.map((one) => `${one}\n`).join('')),
  });
  for (const [index, line] of lines.entries()) {
    yield change('line removed', index, lines.toSpliced(index, 1));
    yield change('line repeated', index, lines.toSpliced(index, 0, line));
    if (index + 1 < lines.length)
      yield change('line swapped with the next', index, lines.toSpliced(index, 2, lines[index + 1]!, line));
    yield change('tail cut at a line', index, lines.slice(0, index));
  }
  for (let count = 0; count < 200; count++) {
    const at = below(random, bytes.length);
    yield { kind: 'tail cut at a byte', at: `byte ${at}`, make: () => bytes.subarray(0, at) };
  }
}

function flip(bytes: Buffer, at: number, random: Random): Change {
  return put(bytes, at, 'bit flipped', bytes[at]! ^ (1 << below(random, 8)));
}

function put(bytes: Buffer, at: number, kind: string, byte: number): Change {
  const make = () => {
    const changed = Buffer.from(bytes);
    changed[at] = byte;
    return changed;
  };
  return { kind, at: `byte ${at}`, make };
}

function splice(bytes: Buffer, at: number, kind: string, remove: number, insert: readonly number[]): Change {
  const make = () => Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)]);
  return { kind, at: `byte ${at}`, make };
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

import { givenLine } from '../sql/given-line.js';

/** Lines of `givenParts`, to be asked for what they say of an object. */
export class GivenLines {
  readonly #lines: ReadonlySet<string>;
  readonly #values = new Map<string, Set<string>>();

  constructor(lines: readonly string[]) {
    this.#lines = new Set(lines);
    // A name may hold the sign itself, in quotes: then one of these is what nobody asks for.
    for (const line of lines)
      for (let at = line.indexOf(': '); at >= 0; at = line.indexOf(': ', at + 1)) {
        const start = line.slice(0, at);
        const known = this.#values.get(start) ?? new Set();
        this.#values.set(start, known.add(line.slice(at + 2)));
      }
  }

  /** Whether a statement gives it, with no word on what it will be. */
  has(what: string, name: string): boolean {
    return this.#lines.has(givenLine(what, name));
  }

  hasLine(line: string): boolean {
    return this.#lines.has(line);
  }

  /** What statements say that it will be; several, where one is undone by the next. */
  values(what: string, name: string): ReadonlySet<string> {
    return this.#values.get(givenLine(what, name)) ?? NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();

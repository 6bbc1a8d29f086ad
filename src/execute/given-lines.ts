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

  /** Whether anything is given another name. */
  hasRenaming(): boolean {
    return [...this.#lines].some((line) => line.startsWith('renaming of '));
  }

  hasLine(line: string): boolean {
    return this.#lines.has(line);
  }

  /** Parts of tables that statements give, with the table. */
  parts(): GivenPart[] {
    return [...this.#lines].flatMap((line) => {
      const [, kind = '', name = ''] = /^(trigger|constraint|column|index) (.+)$/s.exec(line) ?? [];
      if (kind === '') return [];
      const tables =
        kind === 'index' ? [...this.values('indexed table', name)] : [TABLE.exec(name)?.[1] ?? ''];
      return tables.map((table) => ({ kind, name, table }));
    });
  }

  /** What statements say that it will be; several, where one is undone by the next. */
  values(what: string, name: string): ReadonlySet<string> {
    return this.#values.get(givenLine(what, name)) ?? NONE;
  }
}

interface GivenPart {
  readonly kind: string;
  readonly name: string;
  readonly table: string;
}

/** Table in the name of a part of it. */
const TABLE = /^(.*)\.(?:"(?:[^"]|"")*"|[^".]+)$/s;

const NONE: ReadonlySet<string> = new Set();

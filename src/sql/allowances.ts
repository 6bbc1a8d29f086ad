import type { Document, HeaderScalar } from '../parse/document.js';
import type { SqlProblem } from './facts.js';

/** What a ddl document declares under `allows`, because a reviewer shall know of it: without that it is refused. */
export class Allowances {
  readonly #declared: readonly HeaderScalar[];
  readonly #used = new Set<string>();

  constructor({ header }: Document) {
    this.#declared = (header?.values ?? []).filter(({ path }) => /^allows\.\d+$/.test(path));
  }

  /** Whether the document declares it; then it counts as used. */
  has(text: string): boolean {
    this.#used.add(text);
    return this.#declared.some(({ value }) => value === text);
  }

  /** What is declared and not there: a permission that lies about would one day be taken. */
  unused(): SqlProblem[] {
    return this.#declared
      .filter(({ value }) => !this.#used.has(value))
      .map(({ value, position }) => ({
        rule: 'statement-allowed',
        message: `allows names ${value}, which no statement uses`,
        position,
        help: 'take it out of the list',
      }));
  }
}

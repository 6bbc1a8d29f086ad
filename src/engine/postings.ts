import { firstNotBefore } from '../base/search.js';
import type { Row } from './row.js';

/** Which rows offer a key, for many questions or for few. */
export class Postings {
  private sorted: Float64Array | undefined;
  private readonly few = new Map<number, number[]>();

  /** @param rows in path order */
  constructor(private readonly rows: readonly Row[]) {}

  /** Numbers of the rows that offer a key, in order. */
  of(key: number): number[] {
    // Sorting pays after a number of questions; few are answered by looking through all rows.
    if (this.sorted === undefined && (this.few.has(key) || this.few.size < FEW)) return this.lookThrough(key);
    this.sorted ??= this.sort();
    const { sorted } = this;
    const found: number[] = [];
    for (
      let at = firstNotBefore(sorted.length, (index) => sorted[index]! < key * SPAN);
      at < sorted.length;
      at++
    ) {
      const pair = sorted[at]!;
      if (Math.floor(pair / SPAN) !== key) break;
      found.push(pair % SPAN);
    }
    return found;
  }

  private lookThrough(key: number): number[] {
    const known = this.few.get(key);
    if (known) return known;
    const found: number[] = [];
    for (let index = 0; index < this.rows.length; index++)
      if (this.rows[index]!.offers.includes(key)) found.push(index);
    this.few.set(key, found);
    return found;
  }

  /** Key and row of every offer as one number, in order. */
  private sort(): Float64Array {
    const pairs = new Float64Array(this.rows.reduce((sum, { offers }) => sum + offers.length, 0));
    let at = 0;
    for (const [index, { offers }] of this.rows.entries())
      for (const key of offers) pairs[at++] = key * SPAN + index;
    return pairs.sort();
  }
}

const FEW = 100;
/** More rows than there can be: a key of 32 bits and a row of 21 fit into a number's 53. */
const SPAN = 2 ** 21;

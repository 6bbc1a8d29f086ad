import type { Writable } from 'node:stream';
import { outcome, start, type ToolRun } from './tool-run.js';

/** Bytes that may wait in memory for `pg_restore`: the dump itself, which holds locks, never waits for it. */
const MOST_WAITING = 64 * 1024 * 1024;

/**
 * `pg_restore` at work beside `pg_dump`: it is given the same bytes, as they come, and turns the whole archive into SQL
 * that goes nowhere, so that every block is read and decompressed.
 */
export class ArchiveReader {
  readonly #input: Writable;
  readonly #ended: Promise<void>;
  readonly #stop: () => void;
  #given = 0;
  #taken = 0;
  #behind = false;

  constructor(run: ToolRun) {
    const child = start(run, ['--file=-'], 'pipe', 'ignore');
    this.#ended = outcome(run, child);
    this.#input = child.stdin!;
    // Whoever stops reading is found by what it has not taken.
    this.#input.on('error', () => {});
    this.#stop = () => {
      this.#input.destroy();
      child.kill();
    };
  }

  give(chunk: Uint8Array): void {
    if (this.#behind) return;
    if (this.#input.writableLength > MOST_WAITING) {
      this.#behind = true;
      this.#stop();
      return;
    }
    this.#given += chunk.length;
    this.#input.write(chunk, (error) => {
      if (!error) this.#taken += chunk.length;
    });
  }

  /**
   * To be called behind the last chunk.
   * @returns whether all bytes were read; false where the reader was too slow and was given up
   * @throws Error where it failed, or ended before the archive did
   */
  async finish(): Promise<boolean> {
    if (this.#behind) return false;
    this.#input.end();
    await this.#ended;
    if (this.#taken < this.#given)
      throw new Error(`pg_restore ended after ${this.#taken} of the ${this.#given} bytes of the archive`);
    return true;
  }

  /** Ends it, where there will be no whole archive. */
  async abandon(): Promise<void> {
    this.#stop();
    await this.#ended.catch(() => {});
  }
}

import { readSync } from 'node:fs';

/** More blocks than a file can have of which places are numbers of 32 bits. */
const SPAN = 2 ** 32;

/** Reads files by blocks, and holds those that were read last. */
export class Blocks {
  /** By file and number of the block, the one that was asked for last at the end. */
  private readonly held = new Map<number, Buffer>();

  /**
   * @param size of a block, in bytes
   * @param most blocks that are held
   */
  constructor(
    private readonly size: number,
    private readonly most: number,
  ) {}

  /**
   * Bytes of a file, good until the next ones are asked for; undefined where it does not have them.
   * @throws what the system says of the file
   */
  slice(file: number, offset: number, length: number): Buffer | undefined {
    const { size } = this;
    const first = Math.floor(offset / size);
    const last = Math.floor((offset + length - 1) / size);
    const from = offset - first * size;
    let bytes = this.block(file, first);
    if (last > first) {
      // Asking for the next block may take the memory of the one before.
      const blocks = [Buffer.from(bytes)];
      for (let number = first + 1; number <= last; number++)
        blocks.push(Buffer.from(this.block(file, number)));
      bytes = Buffer.concat(blocks);
    }
    return bytes.length < from + length ? undefined : bytes.subarray(from, from + length);
  }

  clear(): void {
    this.held.clear();
  }

  private block(file: number, number: number): Buffer {
    const key = file * SPAN + number;
    const known = this.held.get(key);
    if (known) {
      this.held.delete(key);
      this.held.set(key, known);
      return known;
    }
    const memory = this.held.size < this.most ? Buffer.allocUnsafeSlow(this.size) : this.oldest();
    const length = fill(memory, file, number * this.size);
    // A short one is the last, which may grow.
    if (length === this.size) this.held.set(key, memory);
    return memory.subarray(0, length);
  }

  private oldest(): Buffer {
    const [key, memory] = this.held.entries().next().value!;
    this.held.delete(key);
    return memory;
  }
}

/** A read may be short without an error. */
function fill(memory: Buffer, file: number, offset: number): number {
  let length = 0;
  while (length < memory.length) {
    const read = readSync(file, memory, length, memory.length - length, offset + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}

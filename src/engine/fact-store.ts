import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Location } from './row.js';

/** Facts that were kept are not there any more, or are damaged: they have to be read from the documents again. */
export class FactsLost extends Error {
  override readonly name = 'FactsLost';
}

/** Facts of documents as bytes, each with a sum in front. */
export interface FactStore {
  /** Names of the segments that locations count; none where they are kept in memory. */
  readonly segments: readonly string[];
  /** Keeps a batch of facts that stand one behind the other, each as `sealed` gave it. */
  append(batch: Buffer): Pick<Location, 'segment' | 'offset'>;
  /** The facts at a location. @throws FactsLost */
  read(location: Location): Buffer;
  /** The same with their sum in front. @throws FactsLost */
  raw(location: Location): Buffer;
  close(): void;
}

/** Facts with their sum in front, as a store keeps them. */
export function sealed(facts: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(4 + facts.length);
  bytes.writeUInt32LE(crc32(facts), 0);
  facts.copy(bytes, 4);
  return bytes;
}

function unsealed(bytes: Buffer): Buffer {
  const facts = bytes.subarray(4);
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== crc32(facts)) throw new FactsLost();
  return facts;
}

/** Facts in memory, for as long as the process lives. */
export class MemoryStore implements FactStore {
  readonly segments: readonly string[] = [];
  private readonly batches: Buffer[] = [];

  append(batch: Buffer) {
    return { segment: this.batches.push(batch) - 1, offset: 0 };
  }
  read(location: Location): Buffer {
    return unsealed(this.raw(location));
  }
  raw({ segment, offset, length }: Location): Buffer {
    const batch = this.batches[segment];
    if (!batch) throw new FactsLost();
    return batch.subarray(offset, offset + length);
  }
  close(): void {
    this.batches.length = 0;
  }
}

/** Facts in files of a folder. Each process writes a segment of its own, so that none can be in another's way. */
export class FolderStore implements FactStore {
  readonly segments: string[];
  private readonly files = new Map<number, number>();
  private own: { readonly segment: number; readonly file: number; length: number } | undefined;

  constructor(
    readonly folder: string,
    segments: readonly string[],
  ) {
    this.segments = [...segments];
  }

  append(batch: Buffer) {
    this.own ??= this.create();
    const { segment, file, length: offset } = this.own;
    // A write may be short without an error.
    for (let written = 0; written < batch.length; )
      written += writeSync(file, batch, written, batch.length - written, offset + written);
    this.own.length += batch.length;
    return { segment, offset };
  }

  read(location: Location): Buffer {
    return unsealed(this.raw(location));
  }

  raw({ segment, offset, length }: Location): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    try {
      const file = this.files.get(segment) ?? this.open(segment);
      if (readSync(file, bytes, 0, length, offset) === length) return bytes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
    throw new FactsLost();
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
    this.own = undefined;
  }

  private open(segment: number): number {
    const name = this.segments[segment];
    if (name === undefined) throw new FactsLost();
    const file = openSync(join(this.folder, name), 'r');
    this.files.set(segment, file);
    return file;
  }

  private create() {
    mkdirSync(this.folder, { recursive: true });
    const name = `${randomUUID()}.facts`;
    const file = openSync(join(this.folder, name), 'wx+');
    const segment = this.segments.push(name) - 1;
    this.files.set(segment, file);
    return { segment, file, length: 0 };
  }
}

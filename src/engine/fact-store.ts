import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Blocks } from './blocks.js';
import type { Facts } from './facts-codec.js';
import { letGo } from './let-go.js';
import type { Location } from './row.js';

/** Facts that were kept are not there any more, or are damaged: they have to be read from the documents again. */
export class FactsLost extends Error {
  override readonly name = 'FactsLost';
}

/** Facts of documents as bytes. A location is that of a face, which says where its body is. */
export interface FactStore {
  /** Names of the segments that locations count; none where they are kept in memory. */
  readonly segments: readonly string[];
  /** Takes over a batch of facts as `packed` gave them. */
  append(batch: Buffer): Pick<Location, 'segment' | 'offset'>;
  /** @throws FactsLost */
  face(location: Location): Buffer;
  /** @throws FactsLost */
  body(location: Location): Buffer;
  /** A document's facts as a batch. @throws FactsLost */
  raw(location: Location): Buffer;
  close(): void;
}

/** Sum, distance from here to the body, length of the body: in front of a face. */
const FACE_HEAD = 12;
/** Sum: in front of a body. */
const BODY_HEAD = 4;

/** Length of a location for facts. */
export function lengthOf({ face }: Facts): number {
  return FACE_HEAD + face.length;
}

/**
 * Facts of several documents as a store keeps them: first all faces, as who reads one of them is likely to read others,
 * then all bodies.
 */
export function packed(facts: readonly Facts[]): Buffer {
  const faces = facts.reduce((sum, one) => sum + lengthOf(one), 0);
  const bodies = facts.reduce((sum, { body }) => sum + BODY_HEAD + body.length, 0);
  const bytes = Buffer.allocUnsafeSlow(faces + bodies);
  let from = 0;
  let to = faces;
  for (const { face, body } of facts) {
    const end = from + FACE_HEAD + face.length;
    bytes.writeUInt32LE(to - from, from + 4);
    bytes.writeUInt32LE(BODY_HEAD + body.length, from + 8);
    face.copy(bytes, from + FACE_HEAD);
    bytes.writeUInt32LE(crc32(bytes.subarray(from + 4, end)), from);
    bytes.writeUInt32LE(crc32(body), to);
    body.copy(bytes, to + BODY_HEAD);
    from = end;
    to += BODY_HEAD + body.length;
  }
  return bytes;
}

abstract class BatchStore implements FactStore {
  abstract readonly segments: readonly string[];
  abstract append(batch: Buffer): Pick<Location, 'segment' | 'offset'>;
  abstract close(): void;
  /** Bytes that are good until the next ones are asked for. @throws FactsLost */
  protected abstract slice(part: 'face' | 'body', segment: number, offset: number, length: number): Buffer;

  face(location: Location): Buffer {
    return Buffer.from(this.checked(location).subarray(FACE_HEAD));
  }

  body(location: Location): Buffer {
    const head = this.checked(location);
    const { segment, offset } = location;
    const bytes = this.slice('body', segment, offset + head.readUInt32LE(4), head.readUInt32LE(8));
    const body = bytes.subarray(BODY_HEAD);
    if (bytes.length < BODY_HEAD || bytes.readUInt32LE(0) !== crc32(body)) throw new FactsLost();
    return Buffer.from(body);
  }

  raw(location: Location): Buffer {
    return packed([{ face: this.face(location), body: this.body(location) }]);
  }

  private checked({ segment, offset, length }: Location): Buffer {
    const bytes = this.slice('face', segment, offset, length);
    if (bytes.length < FACE_HEAD || bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) throw new FactsLost();
    return bytes;
  }
}

/** Facts in memory, for as long as the process lives. */
export class MemoryStore extends BatchStore {
  readonly segments: readonly string[] = [];
  private readonly batches: Buffer[] = [];

  append(batch: Buffer) {
    return { segment: this.batches.push(batch) - 1, offset: 0 };
  }
  close(): void {
    this.batches.length = 0;
  }
  protected slice(_: 'face' | 'body', segment: number, offset: number, length: number): Buffer {
    const batch = this.batches[segment];
    if (!batch) throw new FactsLost();
    return batch.subarray(offset, offset + length);
  }
}

/** Faces are asked for here and there, and many of them again and again. */
const FACES_AT_ONCE = 8 * 1024;
/** Bodies are asked for in the order in which they stand, but few of them where little has changed. */
const BODIES_AT_ONCE = 16 * 1024;

/** Batches of which the memory is worth giving back, in bytes: those of a run with much to read. */
const LARGE = 64 * 1024;

/** Facts in files of a folder. Each process writes a segment of its own, so that none can be in another's way. */
export class FolderStore extends BatchStore {
  readonly segments: string[];
  private readonly files = new Map<number, number>();
  private readonly faces = new Blocks(FACES_AT_ONCE, 384);
  private readonly bodies = new Blocks(BODIES_AT_ONCE, 4);
  private own: { readonly segment: number; readonly file: number; length: number } | undefined;

  constructor(
    readonly folder: string,
    segments: readonly string[],
  ) {
    super();
    this.segments = [...segments];
  }

  append(batch: Buffer) {
    this.own ??= this.create();
    const { segment, file, length: offset } = this.own;
    // A write may be short without an error.
    for (let written = 0; written < batch.length; )
      written += writeSync(file, batch, written, batch.length - written, offset + written);
    this.own.length += batch.length;
    if (batch.length >= LARGE) letGo(batch);
    return { segment, offset };
  }

  protected slice(part: 'face' | 'body', segment: number, offset: number, length: number): Buffer {
    try {
      const file = this.files.get(segment) ?? this.open(segment);
      const blocks = part === 'face' ? this.faces : this.bodies;
      const bytes = blocks.slice(file, offset, length);
      if (bytes) return bytes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
    throw new FactsLost();
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
    this.faces.clear();
    this.bodies.clear();
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

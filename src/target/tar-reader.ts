/** Size of a header and of the unit in which contents are padded (POSIX ustar). */
const BLOCK = 512;

/** Walks a ustar stream and checks its headers; contents are skipped. */
export class TarReader {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of content and padding still to come. */
  #skip = 0;
  #endBlocks = 0;
  readonly #files: string[] = [];

  /** Takes the next bytes. @throws Error for a damaged header */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, bytes.length - offset);
        this.#skip -= skipped;
        offset += skipped;
        continue;
      }
      if (bytes.length - offset < BLOCK) break;
      this.#readBlock(bytes.subarray(offset, offset + BLOCK));
      offset += BLOCK;
    }
    this.#rest = Buffer.from(bytes.subarray(offset));
  }

  /** Names of the files. @throws Error where the archive stops before its two blocks of zeros */
  end(): readonly string[] {
    if (this.#skip > 0 || this.#rest.length > 0 || this.#endBlocks < 2)
      throw new Error('the tar archive ends too early');
    return this.#files;
  }

  #readBlock(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.#endBlocks += 1;
      return;
    }
    if (this.#endBlocks > 0) throw new Error('the tar archive goes on after its end');
    checkSum(block);
    const size = octal(block, 124, 12);
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === '0' || type === '\0') this.#files.push(fileName(block));
    this.#skip = Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The sum of all bytes of a header, with its own field counted as blanks. */
function checkSum(block: Buffer): void {
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  if (sum !== octal(block, 148, 8)) throw new Error('a header of the tar archive is damaged');
}

function octal(block: Buffer, start: number, length: number): number {
  const text = field(block, start, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new Error('a header of the tar archive is damaged');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function fileName(block: Buffer): string {
  const prefix = field(block, 345, 155);
  const name = field(block, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function field(block: Buffer, start: number, length: number): string {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
}

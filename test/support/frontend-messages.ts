/** What a client says to a server, decoded (PostgreSQL manual, "Frontend/Backend Protocol", message formats). */
export type FrontendMessage =
  | { readonly kind: 'StartupMessage'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'SSLRequest' | 'GSSENCRequest' | 'CancelRequest' }
  | { readonly kind: 'Query'; readonly sql: string }
  | { readonly kind: 'Parse'; readonly statement: string; readonly sql: string }
  | {
      readonly kind: 'Bind';
      readonly portal: string;
      readonly statement: string;
      readonly values: readonly (string | null)[];
    }
  | { readonly kind: 'Execute'; readonly portal: string; readonly rows: number }
  | { readonly kind: 'Describe' | 'Close'; readonly of: string; readonly name: string }
  | { readonly kind: 'Sync' | 'Flush' | 'Terminate' | 'CopyData' | 'CopyDone' | 'CopyFail' | 'Password' };

/** Codes that stand in place of a protocol version in the first message of a connection. */
const REQUESTS = { 80877102: 'CancelRequest', 80877103: 'SSLRequest', 80877104: 'GSSENCRequest' } as const;

const PLAIN = {
  S: 'Sync',
  H: 'Flush',
  X: 'Terminate',
  d: 'CopyData',
  c: 'CopyDone',
  f: 'CopyFail',
  p: 'Password',
} as const;

/** Decodes the bytes of one connection, in whatever pieces they come. */
export class FrontendDecoder {
  readonly messages: FrontendMessage[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #started: boolean;

  /** @param started whether the start of the connection is over, as with a server in the same process */
  constructor(started = false) {
    this.#started = started;
  }

  push(data: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (let size = this.#size(); size !== null && this.#rest.length >= size; size = this.#size()) {
      const message = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      this.messages.push(this.#started ? readMessage(message) : this.#readStart(message));
    }
  }

  /** Whether bytes are left that are no whole message. */
  get incomplete(): boolean {
    return this.#rest.length > 0;
  }

  #size(): number | null {
    const header = this.#started ? 1 : 0;
    return this.#rest.length < header + 4 ? null : header + this.#rest.readInt32BE(header);
  }

  #readStart(message: Buffer): FrontendMessage {
    const code = message.readInt32BE(4);
    if (code in REQUESTS) return { kind: REQUESTS[code as keyof typeof REQUESTS] };
    if (code >> 16 !== 3) throw new Error(`protocol version ${code}`);
    this.#started = true;
    const words = message.toString('utf8', 8).split('\0');
    const parameters: Record<string, string> = {};
    for (let at = 0; words[at]; at += 2) parameters[words[at]!] = words[at + 1] ?? '';
    return { kind: 'StartupMessage', parameters };
  }
}

function readMessage(message: Buffer): FrontendMessage {
  const type = String.fromCharCode(message[0]!);
  const body = new Body(message.subarray(5));
  switch (type) {
    case 'Q':
      return { kind: 'Query', sql: body.text() };
    case 'P':
      return { kind: 'Parse', statement: body.text(), sql: body.text() };
    case 'B':
      return { kind: 'Bind', portal: body.text(), statement: body.text(), values: body.bound() };
    case 'E':
      return { kind: 'Execute', portal: body.text(), rows: body.int32() };
    case 'D':
    case 'C':
      return { kind: type === 'D' ? 'Describe' : 'Close', of: body.character(), name: body.text() };
    default:
      if (!(type in PLAIN)) throw new Error(`a client's message of type ${JSON.stringify(type)}`);
      return { kind: PLAIN[type as keyof typeof PLAIN] };
  }
}

class Body {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}

  character(): string {
    return String.fromCharCode(this.bytes[this.#at++]!);
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.#at);
    if (end < 0) throw new Error('a text without its end');
    const text = this.bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  int16(): number {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.bytes.readInt32BE(this.#at - 4);
  }

  /** The values of a Bind message, behind the formats in which they are written. */
  bound(): (string | null)[] {
    const formats = this.int16();
    this.#at += 2 * formats;
    return Array.from({ length: this.int16() }, () => {
      const length = this.int32();
      if (length < 0) return null;
      this.#at += length;
      return this.bytes.toString('utf8', this.#at - length, this.#at);
    });
  }
}

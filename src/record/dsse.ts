import { canonicalJson } from '../base/canonical-json.js';

/** What a payload is: JSON of an in-toto Statement. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A signature of an envelope. */
export interface EnvelopeSignature {
  /** `SHA256:…`, as OpenSSH shows the public key. */
  readonly keyid: string;
  /** In base64. */
  readonly sig: string;
}

/** A DSSE envelope (secure-systems-lab/dsse, envelope.md), with its payload in base64. */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** Larger files are none of ours; a signature costs its judge a process. */
const MOST_BYTES = 1024 * 1024;
const MOST_SIGNATURES = 32;

/** What is signed of a payload (DSSE, protocol.md): its type and itself, each with its length in bytes. */
export function preAuthEncoding(payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** An envelope around a payload. */
export function envelopeOf(payload: Uint8Array, signatures: readonly EnvelopeSignature[]): Envelope {
  return { payload: Buffer.from(payload).toString('base64'), payloadType: PAYLOAD_TYPE, signatures };
}

/** The one text of an envelope: canonical JSON and a line end. */
export function envelopeText(envelope: Envelope): string {
  return `${canonicalJson(envelope)}\n`;
}

/** Reads an envelope whose every byte is the one that it has to be. @returns what is wrong where it is none */
export function readEnvelope(bytes: Uint8Array): { envelope: Envelope; payload: Buffer } | string {
  if (bytes.length > MOST_BYTES) return `it has ${bytes.length} bytes, more than ${MOST_BYTES}`;
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 'it is not JSON';
  }
  if (!isEnvelope(data)) return 'it is no DSSE envelope';
  if (!Buffer.from(envelopeText(data)).equals(bytes)) return 'it is not in canonical form';
  if (data.payloadType !== PAYLOAD_TYPE)
    return `its payload is of type ${JSON.stringify(data.payloadType)}, and not ${PAYLOAD_TYPE}`;
  if (data.signatures.length > MOST_SIGNATURES) return `it has ${data.signatures.length} signatures`;
  const encoded = [data.payload, ...data.signatures.map(({ sig }) => sig)];
  if (!encoded.every(isBase64)) return 'its base64 is not in canonical form';
  return { envelope: data, payload: Buffer.from(data.payload, 'base64') };
}

function isEnvelope(data: unknown): data is Envelope {
  if (!hasOnly(data, ['payload', 'payloadType', 'signatures'])) return false;
  const { payload, payloadType, signatures } = data as Record<keyof Envelope, unknown>;
  return (
    typeof payload === 'string' &&
    typeof payloadType === 'string' &&
    Array.isArray(signatures) &&
    signatures.every((one) => hasOnly(one, ['keyid', 'sig']) && Object.values(one).every(isText))
  );
}

function hasOnly(data: unknown, keys: readonly string[]): data is Record<string, unknown> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  return Object.keys(data).sort().join() === keys.join();
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a text is the one that base64 gives for its bytes: others would decode to the same. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

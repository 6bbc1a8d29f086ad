import { hash } from 'node:crypto';

/** Shape of a digest: SHA-256 as 64 lower-case hex digits (FORMAT, "Files and bytes"). */
export const DIGEST = /^[0-9a-f]{64}$/;

/** SHA-256 over exactly these bytes, as 64 lower-case hex digits. Text is hashed as its UTF-8 bytes. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data);
}

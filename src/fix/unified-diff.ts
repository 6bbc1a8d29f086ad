import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Longest time that a difference is searched for, in milliseconds: two files that share no line cost the square. */
const TIME_LIMIT_MS = 2000;

/** The difference of two versions of a document, as `git apply` and `patch -p1` read it; empty where there is none. */
export function unifiedDiff(path: string, before: Uint8Array | string, after: Uint8Array | string): string {
  const [old, now] = [before, after].map((one) => (typeof one === 'string' ? one : decode(one)));
  if (old === now) return '';
  const options = { headerOptions: FILE_HEADERS_ONLY, context: 3, timeout: TIME_LIMIT_MS };
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, old!, now!, undefined, undefined, options);
  return patch ?? `--- a/${path}\n+++ b/${path}\n(too different to show)\n`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

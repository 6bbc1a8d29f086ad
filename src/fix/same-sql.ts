import type { DocumentIndex } from '../parse/document.js';

/** Whether both versions of a document have the same SQL to run: the same fences with a role, byte by byte. */
export function sameSql(before: DocumentIndex, after: DocumentIndex): boolean {
  return JSON.stringify(sqlOf(before)) === JSON.stringify(sqlOf(after));
}

function sqlOf({ fences }: DocumentIndex) {
  return fences
    .filter(({ role }) => role !== null)
    .map(({ role, digest, atRoot, closed }) => [role, digest, atRoot, closed]);
}

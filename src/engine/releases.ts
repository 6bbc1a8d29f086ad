import type { Diagnostic } from '../base/diagnostic.js';
import { judgeLock } from '../check/judge-lock.js';
import { isThere, type Presence } from '../load/on-disk.js';
import { type Release, readDocumentLock, revisionOf } from '../model/document-lock.js';
import type { Entry } from '../model/entry.js';
import type { Columns } from './columns.js';
import type { Row } from './row.js';

/** What the lock file has to know of a document, as a row keeps it. */
export function encodeRelease(entry: Entry): string {
  const said = revisionOf(entry);
  if (!said) return '';
  const { start, end } = said.position;
  return `${said.revision} ${said.rendered ? 1 : 0} ${start.line} ${start.column} ${end.line} ${end.column}`;
}

/** What the lock file says of the rows of a corpus. */
export function lockFindings(
  root: string,
  presence: Presence,
  lock: Uint8Array,
  rows: Columns | readonly Row[],
): Diagnostic[] {
  const releases = 'count' in rows ? ofColumns(rows) : ofRows(rows);
  return judgeLock(readDocumentLock(lock), releases, (path) => isThere(root, path, presence));
}

function* ofColumns({ count, paths, digests, releases }: Columns): Iterable<Release> {
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength);
  for (let index = 0; index < count; index++)
    if (releases[index] !== '')
      yield release(paths[index]!, bytes.toString('hex', 32 * index, 32 * (index + 1)), releases[index]!);
}

function* ofRows(rows: readonly Row[]): Iterable<Release> {
  for (const { path, digest, release: said } of rows)
    if (said !== '') yield release(path, digest.toString('hex'), said);
}

function release(path: string, digest: string, said: string): Release {
  const [revision = '', ...places] = said.split(' ');
  const [rendered, line = 0, column = 0, endLine = 0, endColumn = 0] = places.map(Number);
  const position = { start: { line, column }, end: { line: endLine, column: endColumn } };
  return { path, digest, revision, position, rendered: rendered === 1 };
}

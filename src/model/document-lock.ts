import { compareText } from '../base/diagnostic.js';
import { DIGEST } from '../base/digest.js';
import { FILE_START, type Range } from '../base/position.js';
import { type DocumentIndex, headerPosition, headerText } from '../parse/document.js';
import { type Entry, kindName } from './entry.js';
import { REVISION } from './pins.js';

/** A governed document: its revision names its bytes, once it is in the lock file. */
export interface Release {
  readonly path: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly digest: string;
  readonly revision: string;
  /** Where the document says its revision. */
  readonly position: Range;
  /** Whether the document is rendered from a record, and not written. */
  readonly rendered: boolean;
}

/** A line of the lock file. */
export interface LockLine extends Pick<Release, 'path' | 'digest' | 'revision'> {
  /** 1-based. */
  readonly line: number;
  /** Length of the line in characters. */
  readonly length: number;
}

/** What a lock file says, and lines that say nothing. */
export interface DocumentLock {
  readonly lines: readonly LockLine[];
  readonly problems: readonly { readonly line: number; readonly length: number; readonly why: string }[];
}

const HEAD =
  '# Revision and SHA-256 of every governed document, written by "probatum lock". A revision never gets other bytes.';

/** What a document is in the lock file: of a kind that governs, with a revision; null for every other. */
export function revisionOf(entry: Entry): Pick<Release, 'revision' | 'position' | 'rendered'> | null {
  const kind = kindName(entry);
  const { document }: { document: DocumentIndex } = entry;
  const revision = headerText(document, 'revision') ?? '';
  if (kind === null || kind === 'note' || !REVISION.test(revision)) return null;
  const rendered = kind === 'dry-run-report' || kind === 'execution-report';
  return { revision, position: headerPosition(document, 'revision') ?? FILE_START, rendered };
}

/** The governed documents among the entries. */
export function releasesOf(entries: Iterable<Entry>): Release[] {
  return [...entries].flatMap((entry) => {
    const said = revisionOf(entry);
    const { path, digest } = entry.document;
    return said ? [{ path, digest, ...said }] : [];
  });
}

/** The one text of a lock file: a head, and a line for each document in the order of paths. */
export function lockText(releases: readonly Pick<Release, 'path' | 'digest' | 'revision'>[]): string {
  const sorted = [...releases].sort((a, b) => compareText(a.path, b.path));
  const lines = sorted.map(({ digest, revision, path }) => `${digest}  ${revision}  ${path}`);
  return `${[HEAD, ...lines].join('\n')}\n`;
}

const LINE = /^([0-9a-f]{64}) {2}(r[1-9][0-9]*) {2}(\S.*)$/;

/** Reads a lock file; a line that is none, such as a mark of a merge conflict, is a problem and not skipped. */
export function readDocumentLock(bytes: Uint8Array): DocumentLock {
  const lines: LockLine[] = [];
  const problems: { line: number; length: number; why: string }[] = [];
  const seen = new Map<string, number>();
  const rows = Buffer.from(bytes).toString('utf8').split('\n');
  for (const [index, row] of rows.entries()) {
    if (row.startsWith('#') || (row === '' && index === rows.length - 1)) continue;
    const at = { line: index + 1, length: row.length };
    const [, digest = '', revision = '', path = ''] = LINE.exec(row) ?? [];
    const before = seen.get(path);
    if (!DIGEST.test(digest)) problems.push({ ...at, why: 'it is not "DIGEST  REVISION  PATH"' });
    else if (before !== undefined) problems.push({ ...at, why: `line ${before} is about the same document` });
    else lines.push({ path, digest, revision, ...at });
    if (path !== '') seen.set(path, index + 1);
  }
  return { lines, problems };
}

/** Number of a revision: `r12` is 12. */
export function revisionNumber(revision: string): number {
  return Number(revision.slice(1));
}

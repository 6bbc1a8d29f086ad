import type { Diagnostic } from '../base/diagnostic.js';
import { LOCK_FILE } from '../base/lock-file.js';
import { FILE_START, type Range } from '../base/position.js';
import { type DocumentLock, type LockLine, type Release, revisionNumber } from '../model/document-lock.js';
import { digestFix } from './digest-fix.js';
import { lockDrift } from './rules/lock-drift.js';
import { revisionBump } from './rules/revision-bump.js';

const LOCK = 'probatum lock';

/**
 * Holds the documents of a corpus against its lock file. Nothing is kept of it: it takes a comparison of two lists.
 * @param releases the governed documents
 * @param isThere whether a file is at a path: what is gone is gone, and what is there and no governed document any more was
 *   released all the same
 */
export function judgeLock(
  { lines, problems }: DocumentLock,
  releases: Iterable<Release>,
  isThere: (path: string) => boolean,
): Diagnostic[] {
  const left = new Map(lines.map((line) => [line.path, line]));
  const found: Diagnostic[] = problems.map(({ why, ...at }) => ({
    ...drift(LOCK_FILE, wholeLine(at), `a line that cannot be read: ${why}`),
    severity: lockDrift.severity,
    help: `take the line away, or bring the file back from git, then: ${LOCK}`,
  }));
  for (const release of releases) {
    const line = left.get(release.path);
    left.delete(release.path);
    if (line?.digest === release.digest && line.revision === release.revision) continue;
    found.push(line ? judgeLine(release, line) : notLocked(release));
  }
  for (const line of left.values()) found.push(isThere(line.path) ? leftOut(line) : gone(line));
  return found;
}

/** An older word can be kept from being read by the configuration, or by another kind, as well as by other bytes. */
function leftOut(line: LockLine): Diagnostic {
  return {
    ruleId: revisionBump.id,
    severity: revisionBump.severity,
    file: LOCK_FILE,
    message: `"${line.path}" was locked as ${line.revision}, is there, and is no governed document any more`,
    position: wholeLine(line),
    help: `bring back its kind and revision, and the configuration that reads it; where it shall not govern: ${LOCK} --force`,
  };
}

function gone(line: LockLine): Diagnostic {
  return {
    ...drift(LOCK_FILE, wholeLine(line), `no governed document is at "${line.path}"`),
    help: `bring it back, or say that it is gone: ${LOCK}`,
  };
}

function judgeLine(release: Release, line: LockLine): Diagnostic {
  const { path, revision, digest, position } = release;
  const related = [{ file: LOCK_FILE, position: wholeLine(line), message: 'what was locked' }];
  const distance = revisionNumber(revision) - revisionNumber(line.revision);
  if (distance > 0)
    return {
      ...drift(path, position, `${revision} is not in ${LOCK_FILE}, which has ${line.revision}`),
      related,
      help: `where this revision is as it shall stay: ${LOCK}`,
    };
  const next = `r${revisionNumber(line.revision) + 1}`;
  const message =
    distance < 0
      ? `revision ${revision} is older than the locked ${line.revision}`
      : `these are other bytes than those that were locked as ${revision}`;
  return {
    ruleId: revisionBump.id,
    severity: revisionBump.severity,
    file: path,
    message,
    position,
    expected: distance < 0 ? next : line.digest,
    observed: distance < 0 ? revision : digest,
    related,
    ...(release.rendered
      ? { help: 'a report follows from its record and is not edited: bring back what was locked' }
      : {
          help: `a revision never gets other bytes: write "revision: ${next}", or bring back what was locked`,
          ...digestFix('revision', position, next),
        }),
  };
}

function notLocked({ path, position }: Release): Diagnostic {
  return {
    ...drift(path, position, `the document is not in ${LOCK_FILE}`),
    help: `where this revision is as it shall stay: ${LOCK}`,
  };
}

/** What is being written is not locked yet: a warning, which `lock --check` does not let pass. */
function drift(file: string, position: Range, message: string): Diagnostic {
  return { ruleId: lockDrift.id, severity: 'warning', file, message, position };
}

/**
 * What a lock file says otherwise than an earlier one: a revision with other bytes, or an older one. What is gone may go.
 * @param since what the earlier one is called
 */
export function judgeLockSince(before: DocumentLock, now: DocumentLock, since: string): Diagnostic[] {
  const then = new Map(before.lines.map((line) => [line.path, line]));
  return now.lines.flatMap((line): Diagnostic[] => {
    const was = then.get(line.path);
    if (!was) return [];
    const distance = revisionNumber(line.revision) - revisionNumber(was.revision);
    if (distance > 0 || (distance === 0 && line.digest === was.digest)) return [];
    const message =
      distance === 0
        ? `${line.path}: ${line.revision} has other bytes at ${since}`
        : `${line.path}: ${line.revision} is older than the ${was.revision} of ${since}`;
    return [
      {
        ruleId: revisionBump.id,
        severity: revisionBump.severity,
        file: LOCK_FILE,
        message,
        position: wholeLine(line),
        expected: distance === 0 ? was.digest : `r${revisionNumber(was.revision) + 1}`,
        observed: distance === 0 ? line.digest : line.revision,
        help: 'a revision never gets other bytes: give the document its next revision, then: probatum lock',
      },
    ];
  });
}

/** The finding of a lock file that says everything and is not the one that would be written, or is not there. */
export function unwrittenLock(absent: boolean): Diagnostic {
  const message = absent ? `there is no ${LOCK_FILE}` : `${LOCK_FILE} is not as "${LOCK}" writes it`;
  return { ...drift(LOCK_FILE, FILE_START, message), help: `write it: ${LOCK}` };
}

/** The range of a line of the lock file. */
function wholeLine({ line, length }: Pick<LockLine, 'line' | 'length'>): Range {
  return { start: { line, column: 1 }, end: { line, column: length + 1 } };
}

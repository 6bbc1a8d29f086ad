import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../base/usage-error.js';

/** Removes the lock. */
export type ReleaseLock = () => void;

/**
 * Takes `<path>.lock`, which holds the process that has it.
 * @param what is open, for the message
 * @param takeOver whether a lock whose process no longer runs on this machine is taken from it
 * @throws UsageError locked, saying which process holds it
 */
export function lockFile(path: string, what: string, takeOver = false): ReleaseLock {
  const file = `${path}.lock`;
  try {
    writeFileSync(file, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      // A part of it would name a process that nobody can ask about.
      rmSync(file, { force: true });
      throw new UsageError('cannot-write', `cannot create ${file} (${code})`);
    }
    const holder = readHolder(file);
    if (takeOver && isDead(holder) && removeStale(file, holder)) return lockFile(path, what);
    throw alreadyLocked(what, file, holder);
  }
  const remove = () => rmSync(file, { force: true });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}

/** Whether a lock is held by a process that runs, or that cannot be asked about from here. */
export function isLocked(path: string): boolean {
  const holder = readHolder(`${path}.lock`);
  return holder !== '' && !isDead(holder);
}

/** Only one of several processes moves a lock away; if it was another's by then, that one gets it back. */
function removeStale(file: string, holder: string): boolean {
  const moved = `${file}.${process.pid}`;
  try {
    renameSync(file, moved);
    const stale = readHolder(moved) === holder;
    if (!stale) linkSync(moved, file);
    rmSync(moved);
    return stale;
  } catch {
    return false;
  }
}

function alreadyLocked(what: string, file: string, holder: string): UsageError {
  const message = `${what} is open in ${named(holder)}`;
  if (isDead(holder))
    return new UsageError('locked', message, `That process no longer runs: remove ${file}.`);
  return new UsageError('locked', message, 'Wait until it ends, or end it.');
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function named(holder: string): string {
  const [pid = '', host = ''] = holder.split(' ');
  if (pid === '') return 'another process';
  if (host !== hostname()) return `process ${pid} on ${host}`;
  return pid === String(process.pid) ? `this process (${pid})` : `process ${pid}`;
}

/** Whether the holder is a process of this machine that does not run any more. */
function isDead(holder: string): boolean {
  const [pid = '', host = ''] = holder.split(' ');
  return /^\d+$/.test(pid) && host === hostname() && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

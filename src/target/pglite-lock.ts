import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../base/usage-error.js';

/** Removes the lock. */
export type ReleaseLock = () => void;

/**
 * Takes `<directory>.lock`, as PGlite locks nothing itself and two openers of one directory lose data.
 * @throws UsageError locked, saying which process holds it
 */
export function lockDirectory(directory: string): ReleaseLock {
  const file = `${directory}.lock`;
  try {
    writeFileSync(file, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyLocked(directory, file);
    throw new UsageError('cannot-write', `cannot create ${file} (${code})`);
  }
  const remove = () => rmSync(file, { force: true });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}

function alreadyLocked(directory: string, file: string): UsageError {
  const [pid = '', host = ''] = readHolder(file).trim().split(' ');
  const message = `${directory} is open in ${holder(pid, host)}`;
  if (/^\d+$/.test(pid) && host === hostname() && !isRunning(Number(pid)))
    return new UsageError('locked', message, `That process no longer runs: remove ${file}.`);
  return new UsageError('locked', message, 'Wait until it ends, or end it.');
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function holder(pid: string, host: string): string {
  if (pid === '') return 'another process';
  if (host !== hostname()) return `process ${pid} on ${host}`;
  return pid === String(process.pid) ? `this process (${pid})` : `process ${pid}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

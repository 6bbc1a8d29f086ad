import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../base/usage-error.js';

/** Removes the lock. */
export type ReleaseLock = () => void;

/**
 * Takes `<path>.lock`, which holds the process that has it: its id and host, and, where the system tells them, the boot
 * and the space in which that id was given, and when the process started. Ids are given again, and in a container the
 * first process has the same one each time.
 * @param what is open, for the message
 * @param takeOver whether a lock whose process no longer runs on this machine is taken from it
 * @throws UsageError locked, saying which process holds it
 */
export function lockFile(path: string, what: string, takeOver = false): ReleaseLock {
  const file = `${path}.lock`;
  try {
    writeFileSync(file, `${holderOf(process.pid)}\n`, { flag: 'wx' });
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

/** What is known of a lock's holder: `elsewhere` cannot be asked about from here. */
export type LockState = 'free' | 'at-work' | 'dead' | 'elsewhere';

/** Who holds a lock, in words, and whether that process runs. */
export function lockState(path: string): { readonly state: LockState; readonly holder: string } {
  const holder = readHolder(`${path}.lock`);
  const state = holder === '' ? 'free' : isDead(holder) ? 'dead' : isHere(holder) ? 'at-work' : 'elsewhere';
  return { state, holder: named(holder) };
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
  const help = isHere(holder)
    ? 'Wait until it ends, or end it.'
    : `Wait until it ends; where it no longer runs, remove ${file}.`;
  return new UsageError('locked', message, help);
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

/** Said of what the system does not tell. */
const UNTOLD = '-';

function holderOf(pid: number): string {
  return [pid, hostname(), told(bootId), told(pidSpace), told(() => startOf(pid))].join(' ');
}

function told(what: () => string): string {
  try {
    return what();
  } catch {
    return UNTOLD;
  }
}

/** Changes with each start of the machine (Linux). */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Names the space in which process ids count: a container has one of its own (Linux). */
function pidSpace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? UNTOLD;
}

/** When a process started, in ticks since the machine did (Linux). Its name, in parentheses, may hold anything. */
function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? UNTOLD;
}

/** Whether the holder is a process of this machine, of whatever start of it. */
function isHere(holder: string): boolean {
  const [pid = '', host = '', , space = UNTOLD] = holder.split(' ');
  if (!/^\d+$/.test(pid) || host !== hostname()) return false;
  return isOfEarlierBoot(holder) || !differ(space, told(pidSpace));
}

/** Whether the holder is a process of this machine that does not run any more. */
function isDead(holder: string): boolean {
  if (!isHere(holder)) return false;
  const [pid, , , , start = UNTOLD] = holder.split(' ');
  if (isOfEarlierBoot(holder) || !isRunning(Number(pid))) return true;
  return differ(
    start,
    told(() => startOf(Number(pid))),
  );
}

function isOfEarlierBoot(holder: string): boolean {
  const [, , boot = UNTOLD] = holder.split(' ');
  return differ(boot, told(bootId));
}

function differ(then: string, now: string): boolean {
  return then !== UNTOLD && now !== UNTOLD && then !== now;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

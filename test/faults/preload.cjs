'use strict';
// Loaded into a child of the fault programme (NODE_OPTIONS=--require): counts what the tool does to files of its runs,
// and lets one of these operations fail, or the process die at it. PROBATUM_FAULT says which.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { isMainThread } = require('node:worker_threads');

const fault = JSON.parse(process.env.PROBATUM_FAULT ?? '{}');
if (isMainThread && fault.kind) install();

function install() {
  const counters = { io: 0, journal: 0 };
  const paths = new Map();
  const handles = new WeakMap();
  const ours = (path) => typeof path === 'string' && path.includes('/.probatum/runs/');
  const die = () => {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  };
  const problem = (code, operation) => Object.assign(new Error(`${code}: injected, ${operation}`), { code, syscall: operation });
  const codeOf = (operation) => (operation === 'fsync' || operation === 'rename' ? 'EIO' : 'ENOSPC');

  /** Called before each operation; says how much of a write may reach the disk. */
  function meet(operation, path) {
    counters.io += 1;
    const { io } = counters;
    if (fault.kind === 'count') fs.appendFileSync(fault.out, `${JSON.stringify({ number: io, operation, path })}\n`);
    if (fault.kind !== 'io') return null;
    const due = fault.sticky ? io >= fault.number : io === fault.number;
    if (!due) return null;
    if (fault.how === 'kill') die();
    if (fault.how === 'short') return operation === 'write' ? 'short' : null;
    if (fault.how === 'partial' && operation === 'write') return 'partial';
    throw problem(codeOf(operation), operation);
  }

  const { openSync, writeSync, fsyncSync, mkdirSync, writeFileSync, renameSync, ftruncateSync } = fs;
  const journal = (fd) => paths.get(fd)?.endsWith('/journal.jsonl');
  fs.openSync = (path, flags, ...rest) => {
    const writing = ours(path) && flags !== undefined && flags !== 'r';
    if (writing) meet('open', path);
    const fd = openSync(path, flags, ...rest);
    if (writing) paths.set(fd, path);
    else paths.delete(fd);
    return fd;
  };
  fs.writeSync = (fd, data, offset = 0, ...rest) => {
    if (!paths.has(fd)) return writeSync(fd, data, offset, ...rest);
    const half = Math.floor((data.length - offset) / 2);
    if (journal(fd)) {
      counters.journal += 1;
      if (fault.kind === 'journal' && counters.journal === fault.number && fault.phase !== 'after') {
        if (fault.phase === 'torn') writeSync(fd, data, offset, half);
        die();
      }
    }
    const limit = meet('write', paths.get(fd));
    if (limit === null) return writeSync(fd, data, offset, ...rest);
    const written = writeSync(fd, data, offset, half);
    if (limit === 'partial') throw problem('ENOSPC', 'write');
    return written;
  };
  fs.fsyncSync = (fd) => {
    if (paths.has(fd)) meet('fsync', paths.get(fd));
    fsyncSync(fd);
    if (!journal(fd) || fault.number !== counters.journal) return;
    if (fault.kind === 'journal' && fault.phase === 'after') die();
    if (fault.kind === 'clock') shiftClock(fault.milliseconds);
  };
  fs.ftruncateSync = (fd, ...rest) => {
    if (paths.has(fd)) meet('truncate', paths.get(fd));
    return ftruncateSync(fd, ...rest);
  };
  fs.mkdirSync = (path, ...rest) => {
    if (ours(`${path}/`)) meet('mkdir', path);
    return mkdirSync(path, ...rest);
  };
  fs.writeFileSync = (path, data, ...rest) => {
    if (ours(path)) {
      const bytes = Buffer.from(data);
      if (meet('write', path) !== null) {
        writeFileSync(path, bytes.subarray(0, bytes.length / 2), ...rest);
        throw problem('ENOSPC', 'write');
      }
    }
    return writeFileSync(path, data, ...rest);
  };
  fs.renameSync = (from, to) => {
    if (ours(to)) meet('rename', to);
    return renameSync(from, to);
  };

  const { open, rename } = fs.promises;
  fs.promises.open = async (path, flags, ...rest) => {
    const writing = ours(path) && flags !== undefined && flags !== 'r';
    if (writing) meet('open', path);
    const handle = await open(path, flags, ...rest);
    if (ours(`${path}/`)) follow(handle, path);
    return handle;
  };
  fs.promises.rename = async (from, to) => {
    if (ours(to)) meet('rename', to);
    return rename(from, to);
  };

  function follow(handle, path) {
    if (handles.has(handle)) return;
    handles.set(handle, path);
    const write = handle.write.bind(handle);
    const sync = handle.sync.bind(handle);
    handle.write = async (data, offset = 0, length = data.length - offset, ...rest) => {
      const limit = meet('write', path);
      if (limit === null) return write(data, offset, length, ...rest);
      const written = await write(data, offset, Math.floor(length / 2));
      if (limit === 'partial') throw problem('ENOSPC', 'write');
      return written;
    };
    handle.sync = async () => {
      meet('fsync', path);
      return sync();
    };
  }

  syncBuiltinESMExports();
}

function shiftClock(milliseconds) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length === 0) super(Real.now() + milliseconds);
      else super(...parts);
    }
    static now() {
      return Real.now() + milliseconds;
    }
  };
}

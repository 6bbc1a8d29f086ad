import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Does what socat does, where there is none. */
const RELAY = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', (error) => { console.error(error.message); process.exit(1); });
`;

/** A command whose standard input and output are the socket of a local port. */
export function relayTo(port: number): readonly string[] {
  const folders = (process.env.PATH ?? '').split(':');
  const socat = folders.map((folder) => `${folder}/socat`).find((file) => existsSync(file));
  if (socat !== undefined) return [socat, '-', `TCP:127.0.0.1:${port}`];
  process.stderr.write('\n*** NO SOCAT: a relay of the tests takes its place.\n\n');
  return [process.execPath, '-e', RELAY, String(port)];
}

/** Processes that this one started, and that those started. */
export function processesBelow(): { readonly pid: number; readonly args: string }[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [{ pid, parent, args: args ?? '' }];
    });
  const below = new Set([String(process.pid)]);
  // Children have higher numbers as a rule, not always.
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of rows) if (below.has(parent!)) below.add(pid);
  }
  below.delete(String(process.pid));
  return rows.filter(({ pid }) => below.has(pid)).map(({ pid, args }) => ({ pid: Number(pid), args }));
}

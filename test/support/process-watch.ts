import { spawn } from 'node:child_process';

/** Looks through the processes of the machine all the time, for a text on command lines and in environments. */
export interface ProcessWatch {
  /** What was seen: `cmdline PROGRAM` or `VARIABLE PROGRAM`, each once; and how often was looked. */
  stop(): Promise<{ readonly seen: readonly string[]; readonly rounds: number }>;
}

/** A process of its own, so that nothing which the test does keeps it from looking. Its arguments do not hold the text. */
const PROGRAM = `
const { readdirSync, readFileSync } = require('node:fs');
let text = '';
const seen = new Set();
let rounds = 0;
const read = (file) => { try { return readFileSync(file, 'latin1'); } catch { return ''; } };
// A process that has been looked at for a second is what it will be.
const since = new Map();
const look = () => {
  const now = performance.now();
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid);
  for (const pid of since.keys()) if (!pids.includes(pid)) since.delete(pid);
  for (const pid of pids) {
    if (!since.has(pid)) since.set(pid, now);
    else if (now - since.get(pid) > 1000) continue;
    const line = read('/proc/' + pid + '/cmdline');
    const environment = read('/proc/' + pid + '/environ');
    if (!line.includes(text) && !environment.includes(text)) continue;
    const program = read('/proc/' + pid + '/comm').trim();
    if (line.includes(text)) seen.add('cmdline ' + program);
    for (const entry of environment.split('\\0')) if (entry.includes(text)) seen.add(entry.split('=')[0] + ' ' + program);
  }
  rounds += 1;
  setTimeout(look, 2);
};
process.stdin.setEncoding('utf8').once('data', (data) => { text = data; process.stdout.write('looking'); look(); });
process.stdin.once('end', () => { process.stdout.write(JSON.stringify({ seen: [...seen], rounds })); process.exit(0); });
`;

export async function watchProcesses(text: string): Promise<ProcessWatch> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    out += data;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.write(text);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    async stop() {
      child.stdin.end();
      await ended;
      const { seen, rounds } = JSON.parse(out.slice('looking'.length)) as { seen: string[]; rounds: number };
      return { seen: seen.sort(), rounds };
    },
  };
}

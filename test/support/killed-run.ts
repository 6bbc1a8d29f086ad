import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { URL_VARIABLE } from './change.js';

/** The run of a change, or its resumption, in a process that is killed at the first event that fits. */
export function killedRun(root: string, url: string, fits: string, folder = ''): Promise<void> {
  const program = join(import.meta.dirname, 'run-and-die.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, root, fits, folder], {
    env: { ...process.env, [URL_VARIABLE]: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (data) => {
    err += data;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`it was not killed: ${err}`)),
    );
  });
}

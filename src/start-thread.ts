import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData } from './engine/bulk-worker.js';
import { runKept } from './kept-code.js';

/** Name of the program of threads, with the digest of its text in it. */
declare const PROGRAM: string;

/** Tasks after which a thread has compiled nearly all that it will need. */
const ENOUGH = 4;

const { use, keeps } = workerData as ThreadData;
const keep = runKept(join(dirname(fileURLToPath(import.meta.url)), PROGRAM), use);
let tasks = 0;
if (keeps)
  parentPort!.on('message', () => {
    tasks += 1;
    if (tasks === ENOUGH) keep();
  });

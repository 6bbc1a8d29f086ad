import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { sha256 } from '../base/digest.js';
import { workerFile } from '../base/package-root.js';
import { FILE_START } from '../base/position.js';
import type { Document } from './document.js';
import { emptyDocument } from './document-facts.js';
import { parseAsNeeded } from './parse-as-needed.js';
import { refuseBytes } from './refusals.js';
import { isSuspect } from './suspects.js';

/** Longest time that one file may take on a processor, in milliseconds. */
export const PARSE_LIMIT_MS = 2000;
/** Longest time on the clock, where other processes of the machine hold the parser up. */
export const PARSE_LIMIT_WALL_MS = 5 * PARSE_LIMIT_MS;

/**
 * Facts of one file, whatever it is: by the fast readers here; with the reference readers, loaded on demand, where it
 * holds executable SQL or front matter that is more than plain; and in a worker that is ended at the time limit where
 * it looks as if it could take long. One file never holds up the others.
 */
export async function readDocument(path: string, bytes: Uint8Array): Promise<Document> {
  return (await readHarmlessDocument(path, bytes)) ?? workers.run(() => parseInWorker(path, bytes));
}

/** Facts of a file that looks harmless, or is refused unread; null for one that needs a time limit. */
export async function readHarmlessDocument(path: string, bytes: Uint8Array): Promise<Document | null> {
  if (refuseBytes(bytes) === null && isSuspect(bytes)) return null;
  try {
    return await parseAsNeeded(path, bytes, false);
  } catch (error) {
    return unreadable(path, bytes, `the parser failed: ${(error as Error).message}`);
  }
}

function parseInWorker(path: string, bytes: Uint8Array): Promise<Document> {
  const worker = new Worker(workerFile('parse-worker'), {
    workerData: { path, bytes },
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (document: Document) => {
      settled = true;
      clearTimeout(timer);
      void worker.terminate();
      resolve(document);
    };
    const refuse = (message: string) => settle(unreadable(path, bytes, message));
    // The limit starts when the worker is ready, so that a loaded machine's slow start does not count.
    const watch = (wait: number, ends: number, used: NodeJS.CpuUsage) => {
      // What has arrived while this thread was busy is delivered before `setImmediate`, so it counts as in time.
      const judge = () => {
        const { user, system } = process.cpuUsage(used);
        const left = PARSE_LIMIT_MS * workers.running - (user + system) / 1000;
        if (left > 0 && performance.now() < ends) watch(Math.max(100, left / workers.running), ends, used);
        else refuse(`parsing took longer than ${PARSE_LIMIT_MS} ms`);
      };
      timer = setTimeout(() => setImmediate(() => !settled && judge()), wait);
    };
    worker.on('message', (message: 'ready' | { document: Document }) => {
      if (message !== 'ready') settle(message.document);
      else watch(PARSE_LIMIT_MS, performance.now() + PARSE_LIMIT_WALL_MS, process.cpuUsage());
    });
    worker.on('error', (error) => refuse(`the parser failed: ${error.message}`));
    worker.on('exit', () => refuse('the parser ended without an answer'));
  });
}

function unreadable(path: string, bytes: Uint8Array, message: string): Document {
  const help = 'simplify the document; a reader of Markdown needs more than its limits for it';
  const problem = { code: 'unreadable', message, position: FILE_START, help } as const;
  return emptyDocument(path, sha256(bytes), bytes.length, problem);
}

/** As many workers at once as there are processors: more would make each other pass the time limit. */
class Queue {
  running = 0;
  private readonly waiting: (() => void)[] = [];

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < availableParallelism()) this.running += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

const workers = new Queue();

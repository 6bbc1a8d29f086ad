import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FILE_START } from '../base/position.js';
import type { Document } from './document.js';
import { emptyDocument, parseDocument } from './parse-document.js';
import { isSuspect, refuseBytes, refuseDepth } from './refusals.js';

/** Longest time that one file may take, in milliseconds. */
export const PARSE_LIMIT_MS = 2000;

/**
 * Parses a file here if it looks harmless or is refused unread, and otherwise in a worker that is ended at the time
 * limit: one file never holds up the others.
 */
export async function parseWithLimit(path: string, bytes: Uint8Array): Promise<Document> {
  if (refuseBytes(bytes)) return parseDocument(path, bytes);
  const text = new TextDecoder().decode(bytes);
  const harmless = refuseDepth(text) !== null || !isSuspect(text);
  return harmless ? parseHere(path, bytes) : workers.run(() => parseInWorker(path, bytes));
}

function parseHere(path: string, bytes: Uint8Array): Document {
  try {
    return parseDocument(path, bytes);
  } catch (error) {
    return unreadable(path, bytes, `the parser failed: ${(error as Error).message}`);
  }
}

function parseInWorker(path: string, bytes: Uint8Array): Promise<Document> {
  const worker = new Worker(new URL('./parse-worker.js', import.meta.url), {
    workerData: { path, bytes },
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (document: Document) => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(document);
    };
    const refuse = (message: string) => settle(unreadable(path, bytes, message));
    const tooLong = () => refuse(`parsing took longer than ${PARSE_LIMIT_MS} ms`);
    worker.on('message', (message: 'ready' | { document: Document }) => {
      // The limit starts when the worker is ready, so that a loaded machine's slow start does not count. What has
      // arrived while this thread was busy is delivered before `setImmediate`, so it counts as in time.
      if (message === 'ready') timer = setTimeout(() => setImmediate(tooLong), PARSE_LIMIT_MS);
      else settle(message.document);
    });
    worker.on('error', (error) => refuse(`the parser failed: ${error.message}`));
    worker.on('exit', () => refuse('the parser ended without an answer'));
  });
}

function unreadable(path: string, bytes: Uint8Array, message: string): Document {
  const help = 'simplify the document; a reader of Markdown needs more than its limits for it';
  return emptyDocument(path, bytes, { code: 'unreadable', message, position: FILE_START, help });
}

/** As many workers at once as there are processors: more would make each other pass the time limit. */
class Queue {
  private free = availableParallelism();
  private readonly waiting: (() => void)[] = [];

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}

const workers = new Queue();

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
  return harmless ? parseDocument(path, bytes) : parseInWorker(path, bytes);
}

function parseInWorker(path: string, bytes: Uint8Array): Promise<Document> {
  const worker = new Worker(new URL('./parse-worker.js', import.meta.url), {
    workerData: { path, bytes },
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  return new Promise((resolve) => {
    const refuse = (message: string) => {
      void worker.terminate();
      const help = 'simplify the document; a reader of Markdown needs more than its time limit for it';
      resolve(emptyDocument(path, bytes, { code: 'unreadable', message, position: FILE_START, help }));
    };
    // The limit starts when the worker is ready, so that a loaded machine's slow start does not count.
    let timer: NodeJS.Timeout | undefined;
    worker.on('message', (message: 'ready' | { document: Document }) => {
      if (message === 'ready') {
        timer = setTimeout(() => refuse(`parsing took longer than ${PARSE_LIMIT_MS} ms`), PARSE_LIMIT_MS);
      } else {
        clearTimeout(timer);
        void worker.terminate();
        resolve(message.document);
      }
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      refuse(`the parser failed: ${error.message}`);
    });
  });
}

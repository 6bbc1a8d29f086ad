import { parentPort, workerData } from 'node:worker_threads';
import { parseDocument } from './parse-document.js';

const { path, bytes } = workerData as { path: string; bytes: Uint8Array };
parentPort?.postMessage('ready');
parentPort?.postMessage({ document: parseDocument(path, bytes) });

import { parentPort, workerData } from 'node:worker_threads';
import { parseFast } from './parse-fast.js';

const { path, bytes } = workerData as { path: string; bytes: Uint8Array };
parentPort?.postMessage('ready');
const fast = parseFast(path, bytes);
const document = fast ?? (await import('./parse-document.js')).parseDocument(path, bytes);
parentPort?.postMessage({ document });

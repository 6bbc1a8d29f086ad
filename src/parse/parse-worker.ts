import { parentPort, workerData } from 'node:worker_threads';
import { parseAsNeeded } from './parse-as-needed.js';

const { path, bytes } = workerData as { path: string; bytes: Uint8Array };
parentPort?.postMessage('ready');
parentPort?.postMessage({ document: await parseAsNeeded(path, bytes, true) });

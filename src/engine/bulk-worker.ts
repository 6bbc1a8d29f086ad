import { parentPort } from 'node:worker_threads';
import { RULES } from '../check/rules/index.js';
import { type Judged, type JudgeTask, judgeTask } from './judge-rows.js';
import { type Batch, type ReadTask, readBatch } from './read-batch.js';

export type Task = ReadTask | JudgeTask;

/** What a thread answers. */
export type Answer = { readonly batch: Batch } | { readonly judged: readonly Judged[] };

/** An error as plain data: its class would be lost on the way. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly help?: string | undefined;
}

const port = parentPort!;

port.on('message', (task: Task) => {
  perform(task).then(
    (answer) => port.postMessage(answer, 'batch' in answer ? transferable(answer.batch) : []),
    ({ name, message, stack, code, help }: Failure) =>
      port.postMessage({ failure: { name, message, stack, code, help } }),
  );
});

async function perform(task: Task): Promise<Answer> {
  return 'items' in task ? { batch: await readBatch(task, RULES) } : { judged: judgeTask(task, RULES) };
}

/** The memory of the facts, where nothing else lies in it. */
function transferable({ facts }: Batch): ArrayBuffer[] {
  const memory = facts.buffer as ArrayBuffer;
  return facts.byteLength === memory.byteLength ? [memory] : [];
}

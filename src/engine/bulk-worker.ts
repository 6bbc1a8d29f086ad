import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../load/config.js';
import { teamRules } from '../team-rules.js';
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

/** What a thread needs to have the rules of the one that started it. */
export interface ThreadData {
  readonly config: Config;
  readonly withPlugins: boolean;
}

const { config, withPlugins } = workerData as ThreadData;
const loading = teamRules(config, withPlugins);
// Whoever waits for it says so.
loading.catch(() => {});
const port = parentPort!;

port.on('message', (task: Task) => {
  perform(task).then(
    (answer) => port.postMessage(answer, 'batch' in answer ? transferable(answer.batch) : []),
    ({ name, message, stack, code, help }: Failure) =>
      port.postMessage({ failure: { name, message, stack, code, help } }),
  );
});

async function perform(task: Task): Promise<Answer> {
  const team = await loading;
  return 'items' in task ? { batch: await readBatch(task, team) } : { judged: judgeTask(task, team) };
}

/** The memory of the facts, where nothing else lies in it. */
function transferable({ facts }: Batch): ArrayBuffer[] {
  const memory = facts.buffer as ArrayBuffer;
  return facts.byteLength === memory.byteLength ? [memory] : [];
}

import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../load/config.js';
import { teamRules } from '../team-rules.js';
import { type Judged, type JudgeTask, judgeTask } from './judge-rows.js';
import { type Batch, type ReadTask, readBatch } from './read-batch.js';

export type Task = ReadTask | JudgeTask;

/** What a thread answers. */
export type Answer = { readonly batch: Batch } | { readonly judged: Judged };

/** An error as plain data: its class would be lost on the way. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly help?: string | undefined;
}

/** A task by the number that its answer bears. */
export interface Request {
  readonly number: number;
  readonly task: Task;
}

export interface Reply {
  readonly to: number;
  readonly answer: Answer | { readonly failure: Failure };
}

/** What a thread needs to have the rules of the one that started it. */
export interface ThreadData {
  readonly config: Config;
  readonly withPlugins: boolean;
  /** What the thread is for: what V8 makes of its program is kept for each (src/start-thread.ts). */
  readonly use: 'read' | 'judge';
  /** Whether it is this thread that keeps it. */
  readonly keeps: boolean;
}

const { config, withPlugins } = workerData as ThreadData;
const loading = teamRules(config, withPlugins);
// Whoever waits for it says so.
loading.catch(() => {});
const port = parentPort!;

port.on('message', ({ number: to, task }: Request) => {
  const reply = (answer: Reply['answer'], given: ArrayBuffer[] = []) =>
    port.postMessage({ to, answer } satisfies Reply, given);
  perform(task).then(
    (answer) => reply(answer, transferable(answer)),
    ({ name, message, stack, code, help }: Failure) =>
      reply({ failure: { name, message, stack, code, help } }),
  );
});

async function perform(task: Task): Promise<Answer> {
  const team = await loading;
  return 'items' in task ? { batch: await readBatch(task, team) } : { judged: judgeTask(task, team) };
}

/** Memory that is handed over instead of copied: that of lists that nothing else lies in. */
function transferable(answer: Answer): ArrayBuffer[] {
  const lists = 'batch' in answer ? [answer.batch.facts, answer.batch.offers] : [answer.judged.asked];
  return lists
    .filter(({ byteLength, buffer }) => byteLength === buffer.byteLength)
    .map(({ buffer }) => buffer as ArrayBuffer);
}

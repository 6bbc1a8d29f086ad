import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../base/package-root.js';
import { type UsageCode, UsageError } from '../base/usage-error.js';
import type { TeamRules } from '../team-rules.js';
import type { Answer, Failure, Reply, Request, Task, ThreadData } from './bulk-worker.js';
import { FactsLost } from './fact-store.js';

/** Threads that do tasks side by side, each one after the other. */
export class Threads {
  private readonly workers: Worker[] = [];
  private use: ThreadData['use'] = 'read';

  constructor(
    readonly count: number,
    private readonly team: TeamRules,
  ) {}

  /** Does tasks in any order; what each gives is handed over as it comes. Rejects at the first that fails. */
  run<T extends Task>(tasks: readonly T[], take: (task: T, answer: Answer) => void): Promise<void> {
    while (this.workers.length < this.count) this.workers.push(this.start());
    let next = 0;
    const work = async (worker: Worker) => {
      for (let task = tasks[next++]; task; task = tasks[next++]) take(task, await ask(worker, task));
    };
    // One task is done while the next one lies there already: no thread waits for the one that hands out.
    return Promise.all([...this.workers, ...this.workers].map(work)).then(() => undefined);
  }

  /** Lets new threads judge what was read: what the old ones hold for other work (grammar, parser) is given back. */
  async renew(): Promise<void> {
    this.use = 'judge';
    await Promise.all(this.workers.splice(0).map((worker) => worker.terminate()));
  }

  private start(): Worker {
    const { config, withPlugins } = this.team;
    return startWorker({ config, withPlugins, use: this.use, keeps: this.workers.length === 0 });
  }

  end(): void {
    for (const worker of this.workers) void worker.terminate();
    this.workers.length = 0;
  }
}

/**
 * Megabytes for objects that have just been made. Twice as much would save reading 7 % of its time, and take 18 MB; judging
 * would take 8 MB more for a few percent.
 */
const YOUNG_MB = { read: 8, judge: 4 };

/**
 * How much of its code a function runs before V8 thinks of optimizing it: six times as much as by default. A thread lives
 * for seconds, and what it optimizes early it does for itself alone and often twice: a quarter of the processor's time
 * for 15,000 small documents.
 */
const BUDGET = 400_000;

function startWorker(workerData: ThreadData): Worker {
  // Else a heap of 30 MB in use grows to 100 before it is looked through; a limit could end a run.
  setFlagsFromString('--heap-growing-percent=15');
  setFlagsFromString(`--interrupt-budget=${BUDGET}`);
  return new Worker(workerFile('bulk-worker'), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB[workerData.use] },
  });
}

let asked = 0;

function ask(worker: Worker, task: Task): Promise<Answer> {
  const number = asked++;
  return new Promise((resolve, reject) => {
    const done = () => {
      worker.off('message', answered);
      worker.off('error', failed);
    };
    const answered = ({ to, answer }: Reply) => {
      if (to !== number) return;
      done();
      if ('failure' in answer) reject(revived(answer.failure));
      else resolve(answer);
    };
    const failed = (error: Error) => {
      done();
      reject(error);
    };
    worker.on('message', answered);
    worker.on('error', failed);
    worker.postMessage({ number, task } satisfies Request);
  });
}

/** An error of a thread has lost its class on the way. */
function revived({ name, message, stack, code, help }: Failure): Error {
  if (name === 'UsageError') return new UsageError(code as UsageCode, message, help);
  if (name === 'FactsLost') return new FactsLost();
  return Object.assign(new Error(message), { name, stack });
}

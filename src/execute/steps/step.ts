import type { RunContext, StepResult } from '../context.js';

/** One action of the executor. A thrown error counts as `failed`; nothing is swallowed. */
export interface Step {
  /** What a person reads while it runs. */
  readonly title: string;
  run(context: RunContext): Promise<StepResult>;
}

export const done = (detail: string): StepResult => ({ status: 'done', detail });
export const denied = (detail: string): StepResult => ({ status: 'denied', detail });
export const skipped = (detail: string): StepResult => ({ status: 'skipped', detail });
export const failed = (detail: string): StepResult => ({ status: 'failed', detail });

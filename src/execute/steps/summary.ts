import type { Verdict } from '../../record/events.js';
import type { RunContext, StepResult } from '../context.js';
import { denied, done } from './step.js';

/** Whether a verdict stops the run: a failed check always, one that others moved never, one that did not run everywhere but in a rehearsal. */
export function stops(context: RunContext, verdict: Verdict): boolean {
  return verdict === 'FAIL' || (verdict === 'NOT RUN' && context.mode !== 'rehearsal');
}

/** A step's result from its checks' verdicts. */
export function summarise(context: RunContext, verdicts: readonly Verdict[]): StepResult {
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const notRun = count('NOT RUN') > 0 ? `, ${count('NOT RUN')} not run` : '';
  const moved = count('MOVED') > 0 ? `, ${count('MOVED')} MOVED by others` : '';
  const failed = count('FAIL') > 0 ? `, ${count('FAIL')} FAIL` : '';
  const text = `${count('PASS')} of ${verdicts.length} PASS${failed}${moved}${notRun}`;
  return verdicts.some((verdict) => stops(context, verdict)) ? denied(text) : done(text);
}

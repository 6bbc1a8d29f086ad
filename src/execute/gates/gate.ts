import type { PlanGate } from '../../plan/plan.js';
import type { GateResult, RunContext } from '../context.js';

/** A precondition. What cannot be evaluated denies: a thrown error is a `no`. */
export type Gate = (context: RunContext, gate: PlanGate) => Promise<GateResult> | GateResult;

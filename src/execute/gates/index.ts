import type { GateName, PlanGate } from '../../plan/plan.js';
import type { GateResult, RunContext } from '../context.js';
import { backupAge } from './backup-age.js';
import { backupRestorable } from './backup-restorable.js';
import { ddlProvenance } from './ddl-provenance.js';
import { ddlStaged } from './ddl-staged.js';
import { identity } from './identity.js';

/** A precondition. What cannot be evaluated denies: a thrown error is a `no`. */
export type Gate = (context: RunContext, gate: PlanGate) => Promise<GateResult> | GateResult;

export const GATES: Readonly<Record<GateName, Gate>> = {
  'ddl-provenance': ddlProvenance,
  'ddl-staged': ddlStaged,
  identity,
  'backup-restorable': backupRestorable,
  'backup-age': backupAge,
};

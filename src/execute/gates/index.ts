import type { GateName } from '../../plan/plan.js';
import { backupAge } from './backup-age.js';
import { backupRestorable } from './backup-restorable.js';
import { ddlProvenance } from './ddl-provenance.js';
import { ddlStaged } from './ddl-staged.js';
import type { Gate } from './gate.js';
import { identity } from './identity.js';

/** The executor's gates by the names that a law uses. */
export const GATES: Readonly<Record<GateName, Gate>> = {
  'ddl-provenance': ddlProvenance,
  'ddl-staged': ddlStaged,
  identity,
  'backup-restorable': backupRestorable,
  'backup-age': backupAge,
};

import type { StepName } from '../../plan/plan.js';
import type { OwnStep } from '../../record/events.js';
import { backup } from './backup.js';
import { backupDigest } from './backup-digest.js';
import { identity } from './identity.js';
import { lock } from './lock.js';
import { migration } from './migration.js';
import { preflight } from './preflight.js';
import { proveBackup } from './prove-backup.js';
import { proveRollback } from './prove-rollback.js';
import { provenance } from './provenance.js';
import { rollback } from './rollback.js';
import { rowCounts } from './row-counts.js';
import { schemaSnapshot } from './schema-snapshot.js';
import type { Step } from './step.js';
import { verification } from './verification.js';

/** The executor's steps by the names that a law's commands use; `OwnStep` has the tool's own. */
export const STEPS: Readonly<Record<StepName | OwnStep, Step>> = {
  provenance,
  identity,
  lock,
  'prove-backup': proveBackup,
  'prove-rollback': proveRollback,
  backup,
  'backup-digest': backupDigest,
  'schema-snapshot': schemaSnapshot,
  'row-counts': rowCounts,
  preflight,
  migration,
  verification,
  rollback,
};

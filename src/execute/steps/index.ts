import type { StepName } from '../../plan/plan.js';
import { backup } from './backup.js';
import { backupDigest } from './backup-digest.js';
import { identity } from './identity.js';
import { lock } from './lock.js';
import { migration } from './migration.js';
import { preflight } from './preflight.js';
import { provenance } from './provenance.js';
import { rollback } from './rollback.js';
import { rowCounts } from './row-counts.js';
import { schemaSnapshot } from './schema-snapshot.js';
import type { Step } from './step.js';
import { verification } from './verification.js';

/** The executor's steps by the names that a law's commands use; `lock` is the tool's own. */
export const STEPS: Readonly<Record<StepName | 'lock', Step>> = {
  provenance,
  identity,
  lock,
  backup,
  'backup-digest': backupDigest,
  'schema-snapshot': schemaSnapshot,
  'row-counts': rowCounts,
  preflight,
  migration,
  verification,
  rollback,
};

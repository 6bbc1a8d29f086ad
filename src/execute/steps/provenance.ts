import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/digest.js';
import { writeArtefact } from '../artefacts.js';
import { done, failed, type Step } from './step.js';

/** What is staged, and under which names. */
export const STAGED = {
  migration: { name: 'migration SQL', file: 'migration.sql' },
  rollback: { name: 'rollback SQL', file: 'rollback.sql' },
  preflight: { name: 'preflight SQL', file: 'preflight.sql' },
  verify: { name: 'verification SQL', file: 'verify.sql' },
  ddl: { name: 'ddl document', file: 'ddl-document.txt' },
} as const;

/**
 * C-00: the reviewed bytes are hashed, compared with the plan and staged into the run's folder, where a run that
 * was interrupted finds all that it needs to go on.
 */
export const provenance: Step = {
  title: 'hash the reviewed SQL and stage it',
  async run(context) {
    const { plan, bytes, folder, state } = context;
    const units = [
      { ...STAGED.migration, digest: plan.migration.sha256, data: bytes.migration.bytes, from: plan.ddl },
      { ...STAGED.rollback, digest: plan.rollback.sha256, data: bytes.rollback.bytes, from: plan.ddl },
      { ...STAGED.preflight, digest: plan.preflight.sha256, data: bytes.preflight.bytes, from: plan.package },
      { ...STAGED.verify, digest: plan.verification.sha256, data: bytes.verify.bytes, from: plan.package },
      { ...STAGED.ddl, digest: plan.ddl.sha256, data: bytes.migration.document, from: plan.ddl },
    ];
    for (const { name, file, digest, data, from } of units) {
      if (sha256(data) !== digest) return failed(`${name} does not have the digest of the plan`);
      await writeArtefact(context, 'provenance', name, file, data, `extracted from ${from.path}`);
      if (sha256(readFileSync(join(folder, 'artefacts', file))) !== digest)
        return failed(`${name} reads back from disk with another digest`);
    }
    state.staged = { migration: join(folder, 'artefacts', STAGED.migration.file) };
    return done(`migration sha256 ${plan.migration.sha256} matches, staged`);
  },
};

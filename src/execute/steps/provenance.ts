import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/digest.js';
import { writeArtefact } from '../artefacts.js';
import { done, failed, type Step } from './step.js';

/** C-00: the reviewed bytes are hashed, compared with the plan and staged into the run's folder. */
export const provenance: Step = {
  title: 'hash the reviewed SQL and stage it',
  async run(context) {
    const { plan, bytes, folder, state } = context;
    const units = [
      { name: 'migration SQL', file: 'migration.sql', unit: plan.migration, data: bytes.migration.bytes },
      { name: 'rollback SQL', file: 'rollback.sql', unit: plan.rollback, data: bytes.rollback.bytes },
    ];
    for (const { name, file, unit, data } of units) {
      if (sha256(data) !== unit.sha256) return failed(`${name} does not have the digest of the plan`);
      await writeArtefact(context, 'provenance', name, file, data, `extracted from ${unit.document}`);
      if (sha256(readFileSync(join(folder, 'artefacts', file))) !== unit.sha256)
        return failed(`${name} reads back from disk with another digest`);
    }
    state.staged = {
      migration: join(folder, 'artefacts', 'migration.sql'),
      rollback: join(folder, 'artefacts', 'rollback.sql'),
    };
    return done(`migration sha256 ${plan.migration.sha256} matches, staged`);
  },
};

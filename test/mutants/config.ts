import { type Config, loadConfig } from '../../src/load/config.js';
import { OWN, REPOSITORY } from './originals.js';

/** Sections that are asked for, so that they can be missing. */
export const REQUIRED_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  law: ['Roles', 'Commands', 'Stopping'],
  ddl: ['Purpose', 'Scope', 'Migration', 'Rollback'],
  'command-package': ['Preflight', 'Verification', 'Rollback rule'],
  review: ['Verdict', 'What was read'],
};

/** The repository's own configuration, with sections that are required, for the example alone. */
export function mutantConfig(): Config {
  return { ...loadConfig(REPOSITORY), ignore: [`${OWN}**`], requiredSections: REQUIRED_SECTIONS };
}

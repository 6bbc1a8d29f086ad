import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { UsageError } from '../base/usage-error.js';
import type { TargetConfig } from './config-types.js';
import { schemaErrors } from './schemas.js';

/** Name of the configuration file at the root of a corpus. */
export const CONFIG_FILE = 'probatum.config.yaml';

/** The configuration of one corpus. */
export interface Config {
  /** Absolute path of the folder that document paths are relative to. */
  readonly root: string;
  /** Globs of the corpus, relative to the root. */
  readonly corpus: readonly string[];
  /** Globs of files that the corpus leaves out. */
  readonly ignore: readonly string[];
  readonly targets: { readonly [name: string]: TargetConfig };
}

const DEFAULTS = { corpus: ['knowledge/**/*.md'], ignore: [], targets: {} };

/**
 * Finds the root (the nearest folder at or above `from` with a configuration file, else `from`) and reads the
 * configuration. @throws UsageError `bad-configuration`
 */
export function loadConfig(from: string): Config {
  if (!existsSync(from)) throw new UsageError('bad-argument', `no such folder: ${from}`);
  const root = configRoot(from);
  const file = join(root, CONFIG_FILE);
  if (!existsSync(file)) return { root, ...DEFAULTS };
  let data: unknown;
  try {
    data = parseYaml(readFileSync(file, 'utf8'), { schema: 'failsafe', maxAliasCount: 0 }) ?? {};
  } catch (error) {
    throw new UsageError('bad-configuration', `${CONFIG_FILE}: ${(error as Error).message}`);
  }
  const errors = schemaErrors('config', data);
  if (errors.length > 0) {
    const list = errors
      .map(({ path, message }) => `  ${path === '' ? '(top)' : path}: ${message}`)
      .join('\n');
    throw new UsageError('bad-configuration', `${CONFIG_FILE} is not valid:\n${list}`);
  }
  return { root, ...DEFAULTS, ...(data as Partial<Config>) };
}

/** The nearest folder at or above one with a configuration file, else the folder itself; absolute. */
export function configRoot(from: string): string {
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, CONFIG_FILE))) return at;
    if (dirname(at) === at) return resolve(from);
  }
}

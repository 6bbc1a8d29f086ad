import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { TargetConfig } from '../load/config-types.js';
import type { Target } from './engine.js';
import type { Environment } from './environment.js';

/**
 * Opens a target that the configuration names.
 * @param takeOver whether the lock of a process that no longer runs is taken from it
 * @throws UsageError
 */
export async function openTarget(
  name: string,
  targets: { readonly [name: string]: TargetConfig },
  root: string,
  env: Environment,
  takeOver = false,
): Promise<Target> {
  const config = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (!config) {
    const known = Object.keys(targets);
    const help =
      known.length === 0
        ? 'probatum.config.yaml names no targets; add one under "targets:"'
        : `known targets: ${known.join(', ')}`;
    throw new UsageError('no-such-target', `no target ${name} in the configuration`, help);
  }
  if (config.engine === 'pglite') {
    const { openPgliteTarget } = await import('./pglite.js');
    return openPgliteTarget(name, resolve(root, config.directory), takeOver);
  }
  const { openPostgresTarget } = await import('./postgres.js');
  return openPostgresTarget(name, config, env);
}

/** Opens an empty database of its own in a temporary folder, which goes away with the target. */
export async function openScratch(cacheDirectory: string): Promise<Target> {
  const { openEmptyCluster } = await import('./pglite-cluster.js');
  const { openPgliteTarget } = await import('./pglite.js');
  const cluster = await openEmptyCluster(cacheDirectory);
  const target = await openPgliteTarget('scratch database', cluster.directory).catch(
    async (error: unknown) => {
      await cluster.remove();
      throw error;
    },
  );
  const close = target.close.bind(target);
  return Object.assign(target, { close: () => close().finally(() => cluster.remove()) });
}

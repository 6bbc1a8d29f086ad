import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { PgliteServer } from './pglite-server.js';

/** Version of the PGlite that is installed: a cluster belongs to one version. */
export async function pgliteVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * Makes a fresh PGlite cluster (5 s).
 * @throws UsageError cannot-write where the directory exists
 */
export async function createPgliteCluster(directory: string): Promise<void> {
  if (await exists(directory)) throw new UsageError('cannot-write', `${directory} exists already`);
  await mkdir(dirname(directory), { recursive: true });
  const server = await PgliteServer.start(directory);
  await server.stop();
}

/** A cluster of its own, to be thrown away. */
export interface EmptyCluster {
  readonly directory: string;
  remove(): Promise<void>;
}

/**
 * Copies the empty cluster of this PGlite version to a temporary folder (0.3 s); makes it first if
 * `cacheDirectory` does not have it yet. All copies share one system identifier.
 */
export async function openEmptyCluster(cacheDirectory: string): Promise<EmptyCluster> {
  const template = join(cacheDirectory, `pglite-${await pgliteVersion()}`);
  if (!(await exists(template))) await buildTemplate(cacheDirectory, template);
  const folder = await mkdtemp(join(tmpdir(), 'probatum-'));
  const directory = join(folder, 'cluster');
  await cp(template, directory, { recursive: true });
  return { directory, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Built under a name of its own and renamed, so that a template is whole and two processes do not mix theirs. */
async function buildTemplate(cacheDirectory: string, template: string): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  const folder = await mkdtemp(join(cacheDirectory, 'building-'));
  try {
    const built = join(folder, 'cluster');
    await createPgliteCluster(built);
    await rename(built, template);
  } catch (error) {
    // Another process was first; a folder that is not empty cannot be renamed over.
    if (!(await exists(template))) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

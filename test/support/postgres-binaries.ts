import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Folders that may hold a whole server, most wanted first. */
function* candidates(): Generator<string> {
  if (process.env.PROBATUM_PG_BINDIR) yield process.env.PROBATUM_PG_BINDIR;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    // Distributions link the programs onto the PATH one by one, initdb often not among them.
    const program = join(folder, 'pg_ctl');
    if (folder !== '' && isExecutable(program)) yield dirname(realpathSync(program));
  }
  yield* debianFolders();
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((major) => join(root, major, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Folder of `initdb` and `postgres`, or null. */
export function findServerBinaries(): string | null {
  for (const folder of candidates())
    if (['initdb', 'postgres'].every((program) => isExecutable(join(folder, program)))) return folder;
  return null;
}

/**
 * Folder of the server's programs, or null with a loud line: a test file then skips its server part. With
 * PROBATUM_REQUIRE_POSTGRES=1, as in CI, it throws instead.
 */
export function requirePostgres(): string | null {
  const folder = findServerBinaries();
  if (folder !== null) return folder;
  const problem = 'NO POSTGRESQL SERVER: its tests are SKIPPED. Install one or set PROBATUM_PG_BINDIR.';
  if (process.env.PROBATUM_REQUIRE_POSTGRES === '1') throw new Error(problem);
  process.stderr.write(`\n*** ${problem}\n\n`);
  return null;
}

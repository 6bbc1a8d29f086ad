import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../base/usage-error.js';
import { type Environment, withoutPostgresVariables } from './environment.js';

/** Where the configuration says that PostgreSQL's programs are. */
export interface ToolsConfig {
  /**
   * Words in front of the program, to run it where the database lives (`docker exec -i postgres`). They must
   * hand on the PG* variables themselves (`-e PGUSER -e PGPASSWORD -e PGDATABASE`), with the values of that place.
   */
  readonly prefix?: readonly string[];
  readonly directory?: string;
}

/** A program that was found and answered. */
export interface Tool {
  /** Program and the words before it. */
  readonly command: readonly string[];
  /** What `--version` printed. */
  readonly version: string;
  readonly major: number;
}

/** Debian and its kin keep each major version here, and a wrapper on the PATH, which takes longer than what it starts. */
const VERSIONED_BINARIES = '/usr/lib/postgresql';
const DEBIAN_WRAPPER = '/postgresql-common/pg_wrapper';

/**
 * Finds `pg_dump` or `pg_restore`: where configured, else on the PATH, else in Debian's folders.
 * @param minimum the first program of at least this major version is taken; null takes the newest
 * @throws UsageError missing-tool
 */
export async function findTool(
  name: 'pg_dump' | 'pg_restore',
  tools: ToolsConfig,
  env: Environment,
  minimum: number | null,
): Promise<Tool> {
  const asked = await Promise.all(candidates(name, tools, env).map((command) => askVersion(command, env)));
  const found = asked.filter((tool) => tool !== null);
  const enough = minimum === null ? undefined : found.find(({ major }) => major >= minimum);
  if (enough !== undefined) return enough;
  const newest = found.sort((a, b) => b.major - a.major)[0];
  if (newest !== undefined && minimum === null) return newest;
  const problem =
    newest === undefined
      ? `${name} was not found`
      : `${newest.version} is older than the server, which is version ${minimum}`;
  const help = `Install the PostgreSQL client programs${minimum === null ? '' : `, version ${minimum} or newer`}, or set tools.directory of the target.`;
  throw new UsageError('missing-tool', problem, help);
}

/**
 * Finds `initdb`, which has `postgres` beside it, of exactly one major version: another one writes the same catalogue
 * in other words. A prefix is left out, as a server for a moment is started here.
 * @throws UsageError missing-tool
 */
export async function findServer(
  { directory }: ToolsConfig,
  env: Environment,
  major: number,
): Promise<{ readonly path: string; readonly version: string }> {
  const places = [...(directory === undefined ? [] : [{ directory }]), {}];
  for (const command of places.flatMap((place) => candidates('initdb', place, env))) {
    const tool = await askVersion(command, env);
    if (tool?.major === major) return { path: realpathSync(command[0]!), version: tool.version };
  }
  const help = `Install the server programs of PostgreSQL ${major}, or name a server under scratch of the target.`;
  throw new UsageError('missing-tool', `initdb of PostgreSQL ${major} was not found`, help);
}

function candidates(name: string, tools: ToolsConfig, env: Environment): string[][] {
  const prefix = [...(tools.prefix ?? [])];
  if (tools.directory !== undefined) return [[...prefix, join(tools.directory, name)]];
  if (prefix.length > 0) return [[...prefix, name]];
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter(isExecutable)
    .slice(0, 1)
    .filter((program) => !realpathSync(program).endsWith(DEBIAN_WRAPPER));
  return [...onPath, ...versionedBinaries(name)].map((program) => [program]);
}

/** Programs of all installed majors, newest first. */
function versionedBinaries(name: string): string[] {
  try {
    return readdirSync(VERSIONED_BINARIES)
      .sort((a, b) => Number(b) - Number(a))
      .map((major) => join(VERSIONED_BINARIES, major, 'bin', name))
      .filter(isExecutable);
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

const run = promisify(execFile);

/** Null where the program cannot be started or is something else. */
async function askVersion(command: readonly string[], env: Environment): Promise<Tool | null> {
  const [program = '', ...words] = command;
  try {
    const { stdout } = await run(program, [...words, '--version'], {
      env: withoutPostgresVariables(env),
      timeout: 30_000,
    });
    const version = stdout.trim();
    const major = /\(PostgreSQL\) (\d+)/.exec(version)?.[1];
    return major === undefined ? null : { command, version, major: Number(major) };
  } catch {
    return null;
  }
}

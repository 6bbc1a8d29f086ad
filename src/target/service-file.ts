import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { type ConnectionSettings, settingsFromKeywords } from './connection-url.js';
import { type Environment, homeFolder } from './environment.js';

/**
 * Reads a service from the operator's file, else from the system's (libpq, "The Connection Service File").
 * @throws UsageError bad-configuration where no file defines it
 */
export function settingsFromService(service: string, env: Environment, source: string): ConnectionSettings {
  const files = serviceFiles(env).filter((file) => existsSync(file));
  for (const file of files) {
    const pairs = readSection(readFileSync(file, 'utf8'), service, source);
    if (pairs !== null) return settingsFromKeywords(pairs, source);
  }
  const where = files.length === 0 ? 'no service file was found' : `not in ${files.join(', ')}`;
  throw new UsageError('bad-configuration', `${source} is not defined: ${where}`, 'Set PGSERVICEFILE.');
}

function serviceFiles(env: Environment): string[] {
  const home = homeFolder(env);
  const own = env.PGSERVICEFILE || (home === null ? null : join(home, '.pg_service.conf'));
  const system = env.PGSYSCONFDIR ? join(env.PGSYSCONFDIR, 'pg_service.conf') : null;
  return [own, system].filter((file) => file !== null);
}

/** Keyword lines of the first section with this name; null where there is none. */
function readSection(text: string, service: string, source: string): [string, string][] | null {
  let pairs: [string, string][] | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (pairs !== null) return pairs;
      if (line === `[${service}]`) pairs = [];
      continue;
    }
    if (pairs === null) continue;
    const equals = line.indexOf('=');
    if (equals < 0)
      throw new UsageError('bad-configuration', `${source} has a line that is not keyword=value`);
    pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
  }
  return pairs;
}

import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../base/usage-error.js';

/** What a line of a password file is matched against. */
interface Account {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
}

/**
 * The password of the first line that matches (libpq, "The Password File"); null where none does.
 * @throws UsageError bad-configuration where others may read the file, as libpq then does not use it
 */
export function passwordFromFile(file: string, account: Account): string | null {
  refuseReadableByOthers(file);
  const wanted = [account.host, account.port, account.database, account.user];
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const fields = splitFields(line);
    const password = fields[4];
    if (password !== undefined && wanted.every((value, index) => matches(fields[index] ?? '', value, index)))
      return password.value;
  }
  return null;
}

function refuseReadableByOthers(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new UsageError('bad-configuration', `there is no password file ${file}`);
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw new UsageError(
      'bad-configuration',
      `the password file ${file} can be read by others`,
      `Run chmod 600 ${file}.`,
    );
}

/** A field with its escapes taken away; only a bare `*` matches everything, an escaped one is a name. */
interface Field {
  readonly raw: string;
  readonly value: string;
}

function splitFields(line: string): Field[] {
  const fields: Field[] = [];
  let raw = '';
  let value = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (character === ':' && fields.length < 4) {
      fields.push({ raw, value });
      raw = '';
      value = '';
      continue;
    }
    const escaped = character === '\\' && index + 1 < line.length;
    if (escaped) index += 1;
    raw += escaped ? `\\${line[index]}` : character;
    value += line[index];
  }
  fields.push({ raw, value });
  return fields;
}

/** The usual socket folders are written as `localhost`, as libpq has it for its built-in default folder. */
const DEFAULT_SOCKET_FOLDERS: readonly string[] = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

function matches(field: Field | '', wanted: string, index: number): boolean {
  if (field === '') return false;
  if (field.raw === '*' || field.value === wanted) return true;
  return index === 0 && field.value === 'localhost' && DEFAULT_SOCKET_FOLDERS.includes(wanted);
}

/** One line of an `allowed_signers` file (ssh-keygen(1), "ALLOWED SIGNERS"). */
export interface AllowedSigner {
  /** 1-based. */
  readonly line: number;
  /** The line itself, as OpenSSH gets it. */
  readonly text: string;
  readonly principals: readonly string[];
  /** Namespaces that the key may sign in; null where the line names none, which is all of them. */
  readonly namespaces: readonly string[] | null;
  readonly validAfter: Date | null;
  readonly validBefore: Date | null;
  readonly authority: boolean;
  readonly keyType: string;
  /** The public key in base64. */
  readonly key: string;
}

/** A line that cannot be read, and allows nobody. */
export interface UnreadableLine {
  /** 1-based. */
  readonly line: number;
  readonly why: string;
  /** What stands where principals do. */
  readonly principals: readonly string[];
  /** What looks like a public key in base64. */
  readonly keys: readonly string[];
}

/** Lines of a file. */
export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[];
  readonly unreadable: readonly UnreadableLine[];
}

/** Tells a principal that is a pattern, and so nobody's name. */
export const PRINCIPAL_PATTERN = /[*?!]/;

const KEY_TYPE = /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads an `allowed_signers` file: principals, options, type of the key, key, comment. */
export function readAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const unreadable: UnreadableLine[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const read = readLine(trimmed, index + 1);
    if (typeof read === 'string') unreadable.push(unreadableLine(trimmed, index + 1, read));
    else signers.push(read);
  });
  return { signers, unreadable };
}

/** Words of a line; blanks between double quotes do not end one. */
function words(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
}

function unreadableLine(text: string, line: number, why: string): UnreadableLine {
  const [principals = '', ...rest] = words(text);
  // Every key begins with the length of its type's name, in four bytes.
  const keys = rest.filter((word) => word.startsWith('AAAA') && BASE64.test(word));
  // A line of authorized_keys has no principals, and begins with a type that many have.
  return { line, why, principals: KEY_TYPE.test(principals) ? [] : namesIn(principals), keys };
}

function namesIn(principals: string): string[] {
  return unquoted(principals).split(',');
}

function readLine(text: string, line: number): AllowedSigner | string {
  const [principals = '', ...rest] = words(text);
  const at = rest.findIndex((word) => KEY_TYPE.test(word));
  if (at < 0 || at > 1) return 'it has no key where one is expected';
  const options = readOptions(at === 1 ? rest[0]! : '');
  if (typeof options === 'string') return options;
  const [keyType, key] = [rest[at]!, rest[at + 1] ?? ''];
  if (!BASE64.test(key)) return 'its key is no base64';
  return { line, text, principals: namesIn(principals), ...options, keyType, key };
}

type Options = Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore' | 'authority'>;

function readOptions(text: string): Options | string {
  const options = text === '' ? [] : (text.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? []);
  let read: Options = { namespaces: null, validAfter: null, validBefore: null, authority: false };
  for (const option of options) {
    const [name, value] = split(option);
    const time = readTime(value);
    if (name === 'cert-authority') read = { ...read, authority: true };
    else if (name === 'namespaces') read = { ...read, namespaces: value.split(',') };
    else if (name === 'valid-after' && time) read = { ...read, validAfter: time };
    else if (name === 'valid-before' && time) read = { ...read, validBefore: time };
    else return `its option ${option} cannot be read`;
  }
  return read;
}

function split(option: string): [string, string] {
  const at = option.indexOf('=');
  return at < 0
    ? [option.toLowerCase(), '']
    : [option.slice(0, at).toLowerCase(), unquoted(option.slice(at + 1))];
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
}

const TIME = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z?)$/;

/** `YYYYMMDD[HHMM[SS]][Z]`: in the time zone of the machine without `Z`, as OpenSSH reads it. */
function readTime(text: string): Date | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time =
    match[7] === 'Z'
      ? new Date(Date.UTC(year, month - 1, day, hour, minute, second))
      : new Date(year, month - 1, day, hour, minute, second);
  return Number.isNaN(time.getTime()) ? null : time;
}

import { UsageError } from '../base/usage-error.js';

/** What a URL, a service or the configuration says about a connection, before defaults. */
export interface ConnectionSettings {
  readonly host?: string;
  readonly port?: string;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly passfile?: string;
  readonly sslmode?: string;
  readonly sslrootcert?: string;
}

type SettingName = keyof ConnectionSettings;

/** libpq's keywords that this tool reads. What is not here is refused rather than silently dropped. */
const KEYWORDS: Readonly<Record<string, SettingName>> = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'user',
  password: 'password',
  passfile: 'passfile',
  sslmode: 'sslmode',
  sslrootcert: 'sslrootcert',
};

/**
 * Other keywords of libpq (manual, "Parameter Key Words"), which an error may name. Any other name may be part of a
 * password with a `?` in it that was not encoded.
 */
const LIBPQ: ReadonlySet<string> = new Set(
  `hostaddr require_auth channel_binding client_encoding options fallback_application_name keepalives keepalives_idle
   keepalives_interval keepalives_count tcp_user_timeout replication gssencmode sslnegotiation sslcompression sslcert
   sslkey sslkeylogfile sslpassword sslcertmode sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version
   ssl_max_protocol_version min_protocol_version max_protocol_version krbsrvname gsslib gssdelegation scram_client_key
   scram_server_key service target_session_attrs load_balance_hosts`.split(/\s+/),
);

/** Keywords that change nothing here: the tool sets its own name and time limit. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['application_name', 'connect_timeout']);

/**
 * Turns libpq keywords into settings.
 * @throws UsageError bad-configuration for a keyword that is not supported
 */
export function settingsFromKeywords(
  pairs: Iterable<readonly [string, string]>,
  source: string,
): ConnectionSettings {
  const settings: Partial<Record<SettingName, string>> = {};
  for (const [keyword, value] of pairs) {
    if (WITHOUT_EFFECT.has(keyword)) continue;
    const name = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (name === undefined)
      throw new UsageError(
        'bad-configuration',
        LIBPQ.has(keyword)
          ? `${source} has the parameter "${keyword}", which is not supported`
          : `${source} has a parameter that libpq does not have, either`,
        `Supported are ${Object.keys(KEYWORDS).join(', ')}.`,
      );
    if (value !== '') settings[name] = value;
  }
  return settings;
}

const URL_SHAPE = /^postgres(?:ql)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads a `postgres://` URL as libpq does; `URL` of the platform refuses some that libpq takes (no host, a
 * socket folder in the place of a host). No part of the URL is repeated in an error: it can hold a password.
 */
export function settingsFromUrl(url: string, source: string): ConnectionSettings {
  const shape = URL_SHAPE.exec(url);
  if (!shape) throw malformed(source);
  const [, authority = '', path = '', query = ''] = shape;
  const at = authority.lastIndexOf('@');
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':');
  const pairs: [string, string][] = [
    ...hostAndPort(authority.slice(at + 1), source),
    ['user', decode(user, source)],
    ['password', decode(password.join(':'), source)],
    ['dbname', decode(path, source)],
  ];
  for (const parameter of query.split('&').filter((part) => part !== '')) {
    const equals = parameter.indexOf('=');
    if (equals < 0) throw malformed(source);
    pairs.push([decode(parameter.slice(0, equals), source), decode(parameter.slice(equals + 1), source)]);
  }
  return settingsFromKeywords(pairs, source);
}

function hostAndPort(text: string, source: string): [string, string][] {
  const parts = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(text);
  // Several hosts are named for what they are by the caller.
  if (!parts) return text.includes(',') ? [['host', text]] : refuse(source);
  return [
    ['host', decode(parts[1] ?? parts[2] ?? '', source)],
    ['port', parts[3] ?? ''],
  ];
}

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(source);
  }
}

function refuse(source: string): never {
  throw malformed(source);
}

function malformed(source: string): UsageError {
  return new UsageError(
    'bad-configuration',
    `${source} is not a valid PostgreSQL URL`,
    'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded.',
  );
}

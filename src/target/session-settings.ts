/** Name under which sessions appear in `pg_stat_activity`; sent with the connection itself. */
export const APPLICATION_NAME = 'probatum';

/**
 * Settings that a role or database may have otherwise, by what they are in every session. Those of later or earlier versions
 * are passed over, and so is what only a superuser may set, where the role is none: then role-settings.ts has to find it.
 */
const FIXED: Readonly<Record<string, string>> = {
  array_nulls: 'on',
  backslash_quote: 'safe_encoding',
  createrole_self_grant: '',
  default_table_access_method: 'heap',
  default_tablespace: '',
  default_transaction_deferrable: 'off',
  default_transaction_read_only: 'off',
  escape_string_warning: 'on',
  exit_on_error: 'off',
  gin_fuzzy_search_limit: '0',
  quote_all_identifiers: 'off',
  restrict_nonsystem_relation_kind: '',
  row_security: 'on',
  stats_fetch_consistency: 'cache',
  synchronize_seqscans: 'on',
  temp_tablespaces: '',
  timezone_abbreviations: 'Default',
  transform_null_equals: 'off',
  xmlbinary: 'base64',
  xmloption: 'content',
  // Of superusers.
  allow_in_place_tablespaces: 'off',
  allow_system_table_mods: 'off',
  event_triggers: 'on',
  ignore_checksum_failure: 'off',
  lc_messages: 'C',
  lo_compat_privileges: 'off',
  session_replication_role: 'origin',
  track_counts: 'on',
  zero_damaged_pages: 'off',
};

const VALUES = Object.entries(FIXED)
  .map(([name, value]) => `('${name}', '${value}')`)
  .join(', ');

const SET_FIXED = `SELECT pg_catalog.set_config(s.name, v.value, false)
FROM pg_catalog.pg_settings AS s JOIN (VALUES ${VALUES}) AS v (name, value) ON v.name = s.name
WHERE s.setting <> v.value
  AND (s.context = 'user' OR (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user))`;

/** What every session has, whatever else is configured. */
const PLAIN: Readonly<Record<string, string>> = {
  search_path: '',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  client_min_messages: 'notice',
  // The grammar that read the statements assumes it.
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  check_function_bodies: 'on',
  // Compiling the long queries of the catalogue takes three times as long as running them.
  jit: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  // The session that exports the snapshot is idle in its transaction for as long as the backup takes.
  idle_in_transaction_session_timeout: '0',
};

/** One statement, as each is a round trip, and a run opens several sessions. */
const SET_PLAIN = `SELECT ${Object.entries(PLAIN)
  .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/**
 * The tool's own statements that every session runs first, so that one statement gives one result whatever the
 * role, the database or the operator's environment configured. Limits are off here; the executor sets its own.
 */
export const SESSION_SETTINGS: readonly string[] = [
  SET_PLAIN,
  // Never weaker than waiting for the own disk; a site that waits for its standbys to apply goes on doing so.
  durably(false),
  SET_FIXED,
  // Those that not every version has; the migrating session waits while the backup is taken.
  "SELECT pg_catalog.set_config(s.name, '0', false) FROM pg_catalog.pg_settings AS s WHERE s.name IN ('idle_session_timeout', 'transaction_timeout')",
];

/**
 * Has COMMIT wait for the disk, or as configured for the standbys, too. `reset_val` is what the configuration says,
 * whatever was set in the session since. @param local for the transaction only
 */
export function durably(local: boolean): string {
  return `SELECT pg_catalog.set_config('synchronous_commit', CASE s.reset_val WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, ${local}) FROM pg_catalog.pg_settings AS s WHERE s.name = 'synchronous_commit'`;
}

/** What a session of PGlite runs before them: it takes over the session of the one before it. */
export const RESET_SETTINGS = 'RESET ALL';

/** Undoes what a session of PGlite left open when it is closed. */
export const LEAVE_TRANSACTION = 'ROLLBACK';

/** Asks for the server's version: which catalogues there are, and which `pg_dump` is new enough. */
export const SERVER_VERSION = 'SHOW server_version_num';

/** The id of the transaction that is open, by which it can be asked about later. */
export const TRANSACTION_ID = 'SELECT pg_catalog.pg_current_xact_id()::text';

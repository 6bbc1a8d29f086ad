import type { Session } from './engine.js';

/*
 * What role and database have set for every session: session-settings.ts overrides what it can, and the rest is read and
 * judged here.
 */

/** Settings of role and database that still hold in a session. */
export interface RoleSettings {
  /** Those that may change what SQL means: `lc_monetary is de_DE (database)`. */
  readonly semantic: readonly string[];
  /** The others, by name only, as an application may keep secrets in its own: `work_mem (user)`. */
  readonly harmless: readonly string[];
}

/**
 * The tool's own statement: what came from role or database and is not the server's built-in value, and names with a dot,
 * which are known to `pg_settings` only once their library is loaded.
 */
export const ROLE_SETTINGS = `
SELECT s.name, s.setting, s.source FROM pg_catalog.pg_settings AS s
WHERE s.source IN ('database', 'user', 'database user', 'global') AND s.name !~ '[.]'
  AND s.setting IS DISTINCT FROM s.boot_val
UNION
SELECT pg_catalog.split_part(c, '=', 1), NULL, CASE WHEN t.setrole = 0 THEN 'database' ELSE 'user' END
FROM pg_catalog.pg_db_role_setting AS t, LATERAL pg_catalog.unnest(t.setconfig) AS c
WHERE pg_catalog.split_part(c, '=', 1) ~ '[.]'
  AND t.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
  AND t.setrole IN (0, (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user))
ORDER BY 1, 3`;

/**
 * Settings that decide how fast, how durable or how loud something is, and nothing else (PostgreSQL 13 to 18, those that
 * a role may have of its own). A name that is not here counts as semantic: a new one must not go by.
 */
const HARMLESS: readonly RegExp[] = [
  /^(?:cpu|debug|enable|geqo|jit|log|min_parallel|parallel|trace|vacuum|wal)_/,
  /^(?:autovacuum|backend_flush_after|backtrace_functions|client_connection_check_interval|commit_delay)$/,
  /^(?:commit_siblings|compute_query_id|constraint_exclusion|cursor_tuple_fraction|deadlock_timeout)$/,
  /^(?:default_statistics_target|default_toast_compression|effective_cache_size|effective_io_concurrency)$/,
  /^(?:force_parallel_mode|from_collapse_limit|geqo|gin_pending_list_limit|hash_mem_multiplier)$/,
  /^(?:io_combine_limit|jit|join_collapse_limit|lc_messages|logical_decoding_work_mem)$/,
  /^(?:maintenance_io_concurrency|maintenance_work_mem|max_parallel_maintenance_workers|max_parallel_workers)$/,
  /^(?:max_parallel_workers_per_gather|max_stack_depth|operator_precedence_warning|password_encryption)$/,
  /^(?:plan_cache_mode|post_auth_delay|random_page_cost|recursive_worktable_factor|seq_page_cost)$/,
  /^(?:tcp_keepalives_count|tcp_keepalives_idle|tcp_keepalives_interval|tcp_user_timeout|temp_buffers)$/,
  /^(?:temp_file_limit|track_activities|track_cost_delay_timing|track_functions|track_io_timing)$/,
  /^(?:track_wal_io_timing|update_process_title|work_mem)$/,
];

/** Languages of routines, whose settings change what their bodies do; other names with a dot belong to applications. */
const OF_LANGUAGES = /^pl\w*\./;

/** Whether a setting decides how fast, how durable or how loud something is, and nothing else, or is an application's own. */
export function isHarmless(name: string): boolean {
  return name.includes('.') ? !OF_LANGUAGES.test(name) : HARMLESS.some((known) => known.test(name));
}

/** Reads what role and database have set, as this session has it. @throws DatabaseError */
export async function readRoleSettings(session: Session): Promise<RoleSettings> {
  const { rows } = await session.run(ROLE_SETTINGS);
  const semantic: string[] = [];
  const harmless: string[] = [];
  for (const [name = '', setting, source] of rows as readonly (readonly [string, string | null, string])[]) {
    if (isHarmless(name)) harmless.push(`${name} (${source})`);
    else semantic.push(`${name}${setting === null ? '' : ` is ${JSON.stringify(setting)}`} (${source})`);
  }
  return { semantic, harmless };
}

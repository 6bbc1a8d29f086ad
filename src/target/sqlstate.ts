import { safeMessage } from './safe-messages.js';

/** Condition names of the SQLSTATEs that a migration meets (PostgreSQL manual, appendix A). */
const CONDITIONS: Readonly<Record<string, string>> = {
  '08000': 'connection_exception',
  '08003': 'connection_does_not_exist',
  '08006': 'connection_failure',
  '08P01': 'protocol_violation',
  '0A000': 'feature_not_supported',
  '21000': 'cardinality_violation',
  '22001': 'string_data_right_truncation',
  '22003': 'numeric_value_out_of_range',
  '22004': 'null_value_not_allowed',
  '22007': 'invalid_datetime_format',
  '22008': 'datetime_field_overflow',
  '22012': 'division_by_zero',
  '22021': 'character_not_in_repertoire',
  '22023': 'invalid_parameter_value',
  '22P02': 'invalid_text_representation',
  '23001': 'restrict_violation',
  '23502': 'not_null_violation',
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
  '23P01': 'exclusion_violation',
  '25000': 'invalid_transaction_state',
  '25001': 'active_sql_transaction',
  '25006': 'read_only_sql_transaction',
  '25P01': 'no_active_sql_transaction',
  '25P02': 'in_failed_sql_transaction',
  '25P03': 'idle_in_transaction_session_timeout',
  '25P04': 'transaction_timeout',
  '27000': 'triggered_data_change_violation',
  '28000': 'invalid_authorization_specification',
  '28P01': 'invalid_password',
  '2BP01': 'dependent_objects_still_exist',
  '2D000': 'invalid_transaction_termination',
  '34000': 'invalid_cursor_name',
  '38000': 'external_routine_exception',
  '3B001': 'invalid_savepoint_specification',
  '3D000': 'invalid_catalog_name',
  '3F000': 'invalid_schema_name',
  '40001': 'serialization_failure',
  '40002': 'transaction_integrity_constraint_violation',
  '40003': 'statement_completion_unknown',
  '40P01': 'deadlock_detected',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42602': 'invalid_name',
  '42611': 'invalid_column_definition',
  '42622': 'name_too_long',
  '42701': 'duplicate_column',
  '42702': 'ambiguous_column',
  '42703': 'undefined_column',
  '42704': 'undefined_object',
  '42710': 'duplicate_object',
  '42712': 'duplicate_alias',
  '42723': 'duplicate_function',
  '42725': 'ambiguous_function',
  '42803': 'grouping_error',
  '42804': 'datatype_mismatch',
  '42809': 'wrong_object_type',
  '42830': 'invalid_foreign_key',
  '42846': 'cannot_coerce',
  '42883': 'undefined_function',
  '428C9': 'generated_always',
  '42939': 'reserved_name',
  '42P01': 'undefined_table',
  '42P02': 'undefined_parameter',
  '42P03': 'duplicate_cursor',
  '42P04': 'duplicate_database',
  '42P05': 'duplicate_prepared_statement',
  '42P06': 'duplicate_schema',
  '42P07': 'duplicate_table',
  '42P08': 'ambiguous_parameter',
  '42P10': 'invalid_column_reference',
  '42P13': 'invalid_function_definition',
  '42P16': 'invalid_table_definition',
  '42P17': 'invalid_object_definition',
  '42P18': 'indeterminate_datatype',
  '42P20': 'windowing_error',
  '42P21': 'collation_mismatch',
  '42P22': 'indeterminate_collation',
  '44000': 'with_check_option_violation',
  '53100': 'disk_full',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '54000': 'program_limit_exceeded',
  '54001': 'statement_too_complex',
  '55000': 'object_not_in_prerequisite_state',
  '55006': 'object_in_use',
  '55P02': 'cant_change_runtime_param',
  '55P03': 'lock_not_available',
  '55P04': 'unsafe_new_enum_value_usage',
  '57000': 'operator_intervention',
  '57014': 'query_canceled',
  '57P01': 'admin_shutdown',
  '57P02': 'crash_shutdown',
  '57P03': 'cannot_connect_now',
  '57P04': 'database_dropped',
  '57P05': 'idle_session_timeout',
  '58030': 'io_error',
  '58P01': 'undefined_file',
  P0001: 'raise_exception',
  P0002: 'no_data_found',
  P0003: 'too_many_rows',
  P0004: 'assert_failure',
  XX000: 'internal_error',
  XX001: 'data_corrupted',
  XX002: 'index_corrupted',
};

/**
 * A server's refusal in words that cannot hold row data: `SQLSTATE 23505 (unique_violation)`, or with the message where
 * that is certain.
 * @param sent what the server was sent; names in it may be repeated
 */
export function describeRefusal(sqlstate: string, primaryMessage: string, sent: string): string {
  const message = safeMessage(primaryMessage, sent);
  if (message !== null) return `SQLSTATE ${sqlstate}: ${bounded(message)}`;
  const condition = CONDITIONS[sqlstate];
  return condition === undefined ? `SQLSTATE ${sqlstate}` : `SQLSTATE ${sqlstate} (${condition})`;
}

/** Longest text of the server that is kept of one message: what says more is no message. */
const MOST_CHARACTERS = 1000;

/** A message of the server, cut where it is too long, and then it says so. */
export function bounded(message: string): string {
  if (message.length <= MOST_CHARACTERS) return message;
  return `${message.slice(0, MOST_CHARACTERS).toWellFormed()}… (cut: ${message.length} characters)`;
}

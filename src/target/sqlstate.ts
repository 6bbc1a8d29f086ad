/** Condition names of the SQLSTATEs that a migration meets (PostgreSQL manual, appendix A). */
const CONDITIONS: Readonly<Record<string, string>> = {
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
  '27000': 'triggered_data_change_violation',
  '2BP01': 'dependent_objects_still_exist',
  '2D000': 'invalid_transaction_termination',
  '34000': 'invalid_cursor_name',
  '38000': 'external_routine_exception',
  '3B001': 'invalid_savepoint_specification',
  '3F000': 'invalid_schema_name',
  '44000': 'with_check_option_violation',
  '53100': 'disk_full',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '54000': 'program_limit_exceeded',
  '54001': 'statement_too_complex',
  '58030': 'io_error',
  P0001: 'raise_exception',
  P0002: 'no_data_found',
  P0003: 'too_many_rows',
  P0004: 'assert_failure',
  XX000: 'internal_error',
  XX001: 'data_corrupted',
  XX002: 'index_corrupted',
};

/** Classes whose messages hold names, states and limits, but no values of rows. */
const CLASSES_WITHOUT_DATA: ReadonlySet<string> = new Set(['08', '25', '28', '3D', '40', '42', '55', '57']);

/** A server's refusal in words that cannot hold row data: `SQLSTATE 23505 (unique_violation)`. */
export function describeRefusal(sqlstate: string, primaryMessage: string): string {
  if (CLASSES_WITHOUT_DATA.has(sqlstate.slice(0, 2)))
    return `SQLSTATE ${sqlstate}: ${bounded(primaryMessage)}`;
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

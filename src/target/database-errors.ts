import { DatabaseError } from './engine.js';
import { describeRefusal } from './sqlstate.js';

/** The fields of the protocol's ErrorResponse that this tool reads; DETAIL, HINT and CONTEXT are never read. */
export interface ErrorResponse {
  readonly severity: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly position: string | undefined;
}

/** States in which the server ends the session; `severity` alone is not enough, as it is translated. */
const SESSION_ENDS: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04']);

/** Turns an ErrorResponse of the server into an error without row data. @param sent the text that it answers */
export function refusal(response: ErrorResponse, sent: string): DatabaseError {
  const sqlstate = response.code ?? 'XX000';
  const position = response.position === undefined ? null : Number(response.position);
  const lost = response.severity === 'FATAL' || response.severity === 'PANIC' || SESSION_ENDS.has(sqlstate);
  return new DatabaseError(describeRefusal(sqlstate, response.message ?? '', sent), sqlstate, position, lost);
}

/** The error of a session that is gone, with what ended it. */
export function connectionLost(reason: string): DatabaseError {
  return new DatabaseError(`connection lost: ${reason}`, null, null, true);
}

/** What went wrong below the protocol, in one line; several addresses of one host fail as an AggregateError. */
export function socketProblem(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(socketProblem).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message || ((error as NodeJS.ErrnoException).code ?? 'unknown problem');
}

/** Refuses a text that the protocol cannot carry: it ends strings with NUL, so the rest would be cut off. */
export function refuseNul(sql: string): void {
  if (sql.includes('\0')) throw new DatabaseError(describeRefusal('22021', '', ''), '22021');
}

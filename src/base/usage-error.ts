/** Why the tool could not start or go on: misuse or a broken environment, never a finding in a document. */
export type UsageCode =
  | 'bad-argument'
  | 'bad-configuration'
  | 'no-such-document'
  | 'wrong-kind'
  | 'no-such-target'
  | 'cannot-connect'
  | 'cannot-read'
  | 'cannot-write'
  | 'missing-tool'
  | 'locked'
  | 'bad-record'
  | 'plan-refused'
  /** The database was changed, or may have been, and that could not be written down. */
  | 'record-lost'
  /** A run has sent its SQL and nobody knows yet what became of it. */
  | 'unresolved';

/** Thrown for misuse or a broken environment; `help` says what to do. The command line exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    readonly code: UsageCode,
    message: string,
    readonly help?: string,
  ) {
    super(message);
  }
}

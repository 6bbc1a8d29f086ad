import { DatabaseError, type Session } from './engine.js';

/** The tool's own statements around a reading within a transaction that goes on afterwards. */
export const PASSING = {
  savepoint: 'SAVEPOINT probatum_reading',
  // Shorter than the server takes to look for a deadlock, whose victim could be the migration.
  shortWait: "SET LOCAL lock_timeout = '500ms'",
  back: 'ROLLBACK TO SAVEPOINT probatum_reading',
  release: 'RELEASE SAVEPOINT probatum_reading',
} as const;

/**
 * Reads behind a savepoint and goes back to it: reading a view locks its tables, and others are not to wait for that until
 * COMMIT; and a reading that fails does not fail the transaction.
 * @throws whatever the reading throws; DatabaseError
 */
export async function readInPassing<T>(session: Session, read: () => Promise<T>): Promise<T> {
  for (const statement of [PASSING.savepoint, PASSING.shortWait]) await session.run(statement);
  const goBack = async () => {
    for (const statement of [PASSING.back, PASSING.release]) await session.run(statement);
  };
  let value: T;
  try {
    value = await read();
  } catch (error) {
    if (!(error instanceof DatabaseError && error.connectionLost)) await goBack();
    throw error;
  }
  await goBack();
  return value;
}

import { UsageError } from '../base/usage-error.js';
import type { DocumentRef } from '../plan/plan.js';
import type { SqlUnit } from '../sql/facts.js';
import type { UnitText } from '../sql/unit-text.js';
import { DatabaseError, type Session } from '../target/engine.js';
import type { RunContext } from './context.js';
import { OWN } from './statements.js';

/** A ddl document to build from: its migration, then its fixtures, each in one transaction. */
export interface ScratchSource {
  readonly document: DocumentRef;
  readonly units: readonly { readonly unit: SqlUnit; readonly text: UnitText }[];
}

/**
 * Builds the state that a plan starts from: each predecessor's migration and, right after it, its fixtures, so
 * that a later predecessor's backfill meets the rows it was written for.
 * @throws UsageError plan-refused, with the place of a statement that does not apply
 */
export async function buildScratch(
  session: Session,
  sources: readonly ScratchSource[],
  emit: RunContext['emit'],
): Promise<void> {
  for (const { document, units } of sources) {
    for (const { unit, text } of units) await applyUnit(session, document.path, unit, text);
  }
  emit({ type: 'scratch-built', documents: sources.map(({ document }) => document) });
}

async function applyUnit(session: Session, path: string, unit: SqlUnit, text: UnitText): Promise<void> {
  await session.run(OWN.begin);
  for (const statement of unit.statements) {
    if (statement.transaction !== null) continue;
    try {
      await session.run(text.bytes.subarray(statement.start, statement.end).toString('utf8'));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { line, column } = statement.position.start;
      const problem = `the scratch database cannot be built: ${path}:${line}:${column}: ${error.message}`;
      throw new UsageError('plan-refused', problem);
    }
  }
  await session.run(OWN.commit);
}

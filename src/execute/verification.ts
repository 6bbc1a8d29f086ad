import type { CheckMoment, Verdict } from '../record/events.js';
import type { DerivedCheck } from '../sql/derived-checks.js';
import { type CatalogueSnapshot, readCatalogue } from '../target/catalogue.js';
import type { Session } from '../target/engine.js';
import { type Identity, readIdentity } from '../target/identity.js';
import { type RowChange, readRowChanges } from '../target/row-changes.js';
import {
  checkSql,
  type Observation,
  observeInside,
  observeReadOnly,
  recordCheck,
  sameRows,
} from './checks.js';
import type { RunContext } from './context.js';
import { observeDerived } from './derived.js';
import { observeEvidence } from './evidence.js';
import { OWN } from './statements.js';

/**
 * The verification grid: the package's checks, then the derived ones. All statements are sent before the evidence
 * is read, so that a check which writes after all (through a view, an operator) is seen by it too.
 */
export async function verificationGrid(
  context: RunContext,
  session: Session,
  moment: CheckMoment,
): Promise<Verdict[]> {
  const inside = moment === 'in-transaction';
  const observations = await observeStatements(context, session, inside);
  const evidence = await readEvidence(session, inside);
  const verdicts = context.plan.verification.checks.map((check) =>
    recordCheck(
      context,
      check,
      moment,
      observations.get(check.id) ?? observeEvidence(context, check, evidence),
    ),
  );
  // The server counts a transaction's rows only inside it: after COMMIT there is nothing to ask.
  const derived = context.plan.derived.filter(({ subject }) => inside || subject !== 'rows-written');
  for (const check of derived) verdicts.push(recordDerived(context, check, moment, evidence));
  return verdicts;
}

/** What the tool itself saw of the database, after all statements. */
interface Evidence {
  readonly identity: Identity;
  readonly after: CatalogueSnapshot;
  readonly rows: readonly RowChange[] | null;
}

async function observeStatements(context: RunContext, session: Session, inside: boolean) {
  const observations = new Map<string, Observation>();
  if (inside) await session.run(OWN.savepoint);
  for (const check of context.plan.verification.checks) {
    if (!check.statement) continue;
    const sql = checkSql(context, check);
    const seen = inside ? await observeInside(session, sql) : await observeReadOnly(context, session, sql);
    observations.set(check.id, seen);
  }
  if (inside) await session.run(OWN.release);
  return observations;
}

async function readEvidence(session: Session, inside: boolean): Promise<Evidence> {
  const identity = await readIdentity(session);
  const after = await readCatalogue(session);
  return { identity, after, rows: inside ? await readRowChanges(session) : null };
}

function recordDerived(
  context: RunContext,
  check: DerivedCheck,
  moment: CheckMoment,
  { after, rows }: Evidence,
): Verdict {
  const observed = observeDerived(check, context.state.catalogue, after, rows);
  const verdict = observed === null ? 'NOT RUN' : sameRows(check.expected, observed) ? 'PASS' : 'FAIL';
  context.emit({
    type: 'check-evaluated',
    id: check.id,
    title: check.title,
    moment,
    expected: check.expected,
    observed,
    verdict,
    statementSha256: null,
    evidence: check.subject === 'rows-written' ? 'row counters of the transaction' : 'catalogue',
    reason: observed !== null ? null : 'the evidence was not collected',
  });
  return verdict;
}

import type { CheckMoment, Verdict } from '../record/events.js';
import type { DerivedCheck } from '../sql/derived-checks.js';
import { type CatalogueSnapshot, readCatalogue } from '../target/catalogue.js';
import type { Session } from '../target/engine.js';
import { readIdentity } from '../target/identity.js';
import { type RowChange, readRowChanges } from '../target/row-changes.js';
import { checkSql, type Observation, observe, observeReadOnly, recordCheck, sameRows } from './checks.js';
import type { RunContext } from './context.js';
import { observeDerived } from './derived.js';
import { observeEvidence } from './evidence.js';
import { identityParts } from './identity-parts.js';

/**
 * The verification grid: the package's checks, then the derived ones. Inside the transaction all statements go
 * over the migrating session; a statement that fails there spoils the transaction, so what follows is NOT RUN.
 */
export async function verificationGrid(
  context: RunContext,
  session: Session,
  moment: CheckMoment,
): Promise<{ verdicts: Verdict[]; catalogue: CatalogueSnapshot }> {
  const inside = moment === 'in-transaction';
  const identity = await readIdentity(session);
  if (!inside) {
    const parts = identityParts(context.plan.target, identity, context.mode);
    context.emit({ type: 'identity-read', moment: 'after', identity: { ...identity }, parts });
  }
  const after = await readCatalogue(session);
  const rows = inside ? await readRowChanges(session) : null;
  const verdicts: Verdict[] = [];
  let spoiled = false;
  for (const check of context.plan.verification.checks) {
    let seen: Observation;
    if (!check.statement) seen = observeEvidence(context, check, { identity, after });
    else if (spoiled)
      seen = { reason: 'an earlier check failed with an error in this transaction', ran: false };
    else if (inside) seen = await observe(session, checkSql(context, check));
    else seen = await observeReadOnly(context, session, checkSql(context, check));
    spoiled ||= inside && check.statement !== null && !('rows' in seen);
    verdicts.push(recordCheck(context, check, moment, seen));
  }
  // The server counts a transaction's rows only inside it: after COMMIT there is nothing to ask.
  const derived = context.plan.derived.filter(({ subject }) => inside || subject !== 'rows-written');
  for (const check of derived) verdicts.push(recordDerived(context, check, moment, after, rows));
  if (spoiled) verdicts.push('FAIL');
  return { verdicts, catalogue: after };
}

function recordDerived(
  context: RunContext,
  check: DerivedCheck,
  moment: CheckMoment,
  after: CatalogueSnapshot,
  rows: readonly RowChange[] | null,
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

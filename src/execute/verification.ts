import type { CheckMoment, Verdict } from '../record/events.js';
import type { DerivedCheck, DerivedSubject } from '../sql/derived-checks.js';
import type { CatalogueSnapshot } from '../target/catalogue.js';
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
import { readInside, recordConcurrent, watched } from './concurrent.js';
import type { RunContext } from './context.js';
import { observeDerived } from './derived.js';
import { observeEvidence } from './evidence.js';
import { withForeignMove, withLaterMove } from './foreign-move.js';
import { recordProofsInside, recordWalProof } from './proofs.js';
import { OWN } from './statements.js';

/**
 * The verification grid: the package's checks, then the derived ones. All statements are sent before the evidence
 * is read, so that a check which writes after all (through a view, an operator) is seen by it too.
 */
export async function verificationGrid(
  context: RunContext,
  session: Session,
  moment: CheckMoment,
): Promise<Grid> {
  const inside = moment === 'in-transaction';
  const observations = await observeStatements(context, session, inside);
  const evidence = await readEvidence(context, session, inside);
  const verdicts = context.plan.verification.checks.map((check) => {
    const seen = observations.get(check.id) ?? observeEvidence(context, check, evidence);
    const asked = !inside && check.statement !== null;
    const told = asked ? withLaterMove(context, check, checkSql(context, check), seen) : seen;
    return recordCheck(context, check, moment, told);
  });
  // The server counts a transaction's rows only inside it: after COMMIT there is nothing to ask.
  const derived = context.plan.derived.filter(({ subject }) => inside || subject !== 'rows-written');
  for (const check of derived) verdicts.push(recordDerived(context, check, moment, evidence));
  const unseen = inside ? null : await recordWalProof(context, session);
  if (unseen) verdicts.push(unseen);
  return { verdicts, touched: evidence.touched };
}

interface Grid {
  readonly verdicts: readonly Verdict[];
  /** What other sessions changed meanwhile of the objects that the plan refers to. */
  readonly touched: readonly string[];
}

/** What the tool itself saw of the database, after all statements. */
interface Evidence {
  readonly identity: Identity;
  /** The catalogue as it is, and as it would be without what others changed. */
  readonly after: CatalogueSnapshot;
  readonly own: CatalogueSnapshot;
  readonly before: CatalogueSnapshot;
  readonly touched: readonly string[];
  readonly rows: readonly RowChange[] | null;
  /** Sequences that our transaction moved, and nothing explains. */
  readonly sequences: readonly string[];
}

async function observeStatements(context: RunContext, session: Session, inside: boolean) {
  const observations = new Map<string, Observation>();
  if (inside) await session.run(OWN.savepoint);
  for (const check of context.plan.verification.checks) {
    if (!check.statement) continue;
    const sql = checkSql(context, check);
    const seen = inside ? await observeInside(session, sql) : await observeReadOnly(context, session, sql);
    observations.set(check.id, inside ? await withForeignMove(context, check, sql, seen) : seen);
  }
  if (inside) await session.run(OWN.release);
  return observations;
}

async function readEvidence(context: RunContext, session: Session, inside: boolean): Promise<Evidence> {
  const watch = watched(context);
  const identity = await readIdentity(session);
  const foreign = inside ? await readInside(context, session) : await watch.readOutside(session);
  const touched = recordConcurrent(context, inside ? 'in-transaction' : 'after-commit', foreign);
  const { before, last: after, own } = watch;
  const rows = inside ? await readRowChanges(session) : null;
  const sequences = rows ? await recordProofsInside(context, session, rows) : [];
  return { identity, before, after, own, touched, rows, sequences };
}

const OURS: ReadonlySet<DerivedSubject> = new Set(['catalogue-delta', 'scope', 'given-parts']);

function recordDerived(
  context: RunContext,
  check: DerivedCheck,
  moment: CheckMoment,
  evidence: Evidence,
): Verdict {
  // The difference is ours alone; what a table is, is asked of the database as it stands.
  const after = OURS.has(check.subject) ? evidence.own : evidence.after;
  const writable = context.plan.derived.find(({ subject }) => subject === 'rows-written')?.allowed ?? [];
  const observed = observeDerived(check, { ...evidence, after, writable, role: evidence.identity.role });
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
    reason: reasonOf(check, observed, verdict, evidence),
  });
  return verdict;
}

/** Another session's change of the table is no excuse, but whoever reads of the failure has to know of it. */
function reasonOf(
  { table, subject, expected }: DerivedCheck,
  observed: readonly string[] | null,
  verdict: Verdict,
  { before, touched }: Evidence,
): string | null {
  if (observed === null) return 'the evidence was not collected';
  const missing = new Set(expected.filter((line) => !observed.includes(line)));
  const there = before.objects.flatMap(({ kind, name }) =>
    subject === 'catalogue-delta' && missing.has(`+ ${kind} ${name}`) ? [`${kind} ${name}`] : [],
  );
  if (there.length > 0) return `there before, and IF NOT EXISTS counts as made: ${there.join(', ')}`;
  const others = touched.filter((line) => table !== null && line.includes(table));
  return verdict === 'FAIL' && others.length > 0 ? `another session changed it: ${others.join(', ')}` : null;
}

import { catalogueDelta, catalogueText, deltaLines, readCatalogue } from '../../target/catalogue.js';
import { DatabaseError } from '../../target/engine.js';
import { prepareRowChanges } from '../../target/row-changes.js';
import { migratingSession, type RunContext, type StepResult } from '../context.js';
import { abandon, begin, commit, sendStatements } from '../transaction.js';
import { verificationGrid } from '../verification.js';
import { denied, done, failed, type Step } from './step.js';
import { stops, summarise } from './summary.js';

/** C-06: the reviewed statements in one transaction, verified inside it, and committed only then. */
export const migration: Step = {
  title: 'migrate in one transaction',
  async run(context) {
    await prepareRowChanges(migratingSession(context));
    const xid = await begin(context, 'migration');
    const problem = await insideTransaction(context);
    if (problem) {
      await abandon(context, 'migration', problem.detail);
      context.state.outcome = 'not-committed';
      return problem;
    }
    // From here on only the server knows; what cannot be asked stays unknown.
    context.state.outcome = 'unknown';
    const outcome = await commit(context, 'migration', xid);
    context.state.outcome = outcome;
    const sent = context.plan.migration.statements.filter((statement) => statement.sent).length;
    if (outcome === 'committed') return done(`${sent} statements, COMMIT`);
    return failed(
      outcome === 'unknown'
        ? 'it is not known whether COMMIT took effect'
        : 'the server rolled back at COMMIT',
    );
  },
};

/** Everything between BEGIN and COMMIT; null where COMMIT may be sent. */
async function insideTransaction(context: RunContext): Promise<StepResult | null> {
  try {
    const drift = await driftSince(context);
    if (drift) return denied(drift);
    const refusal = await sendStatements(context, 'migration');
    if (refusal) return failed(refusal);
    const { verdicts, catalogue } = await verificationGrid(
      context,
      migratingSession(context),
      'in-transaction',
    );
    context.state.catalogueAfter = catalogue;
    if (!verdicts.some((verdict) => stops(context, verdict))) return null;
    return denied(`verification in the transaction: ${summarise(context, verdicts).detail}`);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return failed(error.message);
  }
}

/** The backup and the preflight speak of the snapshot's catalogue: if it changed since, they prove nothing. */
async function driftSince({ state, ...context }: RunContext): Promise<string | null> {
  if (!state.catalogue) return 'there is no catalogue snapshot to compare with';
  const now = await readCatalogue(migratingSession({ state, ...context }));
  if (catalogueText(now) === catalogueText(state.catalogue)) return null;
  const lines = deltaLines(catalogueDelta(state.catalogue, now));
  return `the catalogue changed since the snapshot: ${lines.slice(0, 5).join(', ')}`;
}

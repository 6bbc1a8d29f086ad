import { readRowCounts, rowCountsText } from '../../target/row-counts.js';
import { writeArtefact } from '../artefacts.js';
import { checkSql, observeReadOnly } from '../checks.js';
import { migratingSession, type RunContext } from '../context.js';
import { useSnapshot } from '../statements.js';
import { done, failed, type Step } from './step.js';

/** C-04: row counts of every table and the value before the migration of every check that asks for it. */
export const rowCounts: Step = {
  title: 'count rows and read baselines',
  async run(context) {
    const { state } = context;
    const { snapshot } = state;
    const session = snapshot?.session ?? migratingSession(context);
    const counts = await (snapshot?.evidence?.rowCounts ??
      readRowCounts(session, { inTransaction: snapshot !== null }));
    state.rowCounts = counts;
    const bytes = Buffer.from(rowCountsText(counts));
    const digest = await writeArtefact(
      context,
      'row-counts',
      'row counts',
      'rows-before.txt',
      bytes,
      'count(*) of each table',
    );
    const problem = await readBaselines(context);
    if (problem) return failed(problem);
    await snapshot?.session.close();
    state.snapshot = null;
    return done(`${counts.length} tables, ${state.baselines.size} baselines, sha256 ${digest}`);
  },
};

async function readBaselines(context: RunContext): Promise<string | null> {
  const { plan, state, target, emit } = context;
  const wanted = plan.verification.checks.filter(({ expected }) => expected.kind === 'baseline');
  if (wanted.length === 0) return null;
  const session = await target.open();
  try {
    for (const check of wanted) {
      if (!check.statement) return `check ${check.id} has no statement whose value could be a baseline`;
      const snapshot = state.snapshot ? useSnapshot(state.snapshot.id) : null;
      const seen = await observeReadOnly(context, session, checkSql(context, check), snapshot);
      if (!('rows' in seen)) return `baseline of check ${check.id}: ${seen.reason}`;
      state.baselines.set(check.id, seen.rows);
      emit({ type: 'baseline-read', id: check.id, rows: seen.rows, statementSha256: check.statement.sha256 });
    }
    return null;
  } finally {
    await session.close();
  }
}

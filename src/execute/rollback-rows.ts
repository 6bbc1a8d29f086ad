import { placeOf } from '../target/attribution.js';
import type { CatalogueSnapshot } from '../target/catalogue.js';
import { rollbackRowsProof } from '../target/effect-proofs.js';
import { readRowChanges } from '../target/row-changes.js';
import { watched } from './concurrent.js';
import { migratingSession, type RunContext } from './context.js';
import { observeDerived } from './derived.js';

/**
 * Records which rows the rollback wrote, in its transaction and before its COMMIT.
 * @param before the catalogue as the rollback found it
 * @returns tables among them that neither the scope of the migration nor a statement of the rollback names, and system
 * catalogues
 */
export async function rollbackRows(
  context: RunContext,
  before: CatalogueSnapshot,
): Promise<readonly string[]> {
  const check = context.plan.derived.find(({ subject }) => subject === 'rows-written');
  if (!check) throw new Error('the plan has no check of written rows');
  const rows = await readRowChanges(migratingSession(context));
  const { name, covers, observed: counted, reason } = rollbackRowsProof(rows);
  context.emit({ type: 'proof-read', name, covers, observed: counted, reason });
  const after = watched(context).last;
  const allowed = withNewNames([...check.allowed, ...writtenByStatements(context)], before, after);
  const observed =
    observeDerived(
      { ...check, allowed },
      { before, after, rows, sequences: [], writable: allowed, role: '' },
    ) ?? [];
  context.emit({
    type: 'check-evaluated',
    id: 'D-ROLLBACK-ROWS',
    title: 'rows that the rollback wrote in tables which neither the scope nor its statements name',
    moment: 'after-rollback',
    expected: [],
    observed,
    verdict: observed.length === 0 ? 'PASS' : 'FAIL',
    statementSha256: null,
    evidence: 'row counters of the transaction',
    reason: null,
  });
  return observed;
}

/** Its statements were judged against those of the migration before anything ran (rule rollback-inverts). */
function writtenByStatements({ plan }: RunContext): string[] {
  return plan.rollback.statements.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.startsWith(WRITES) ? [effect.slice(WRITES.length)] : [])),
  );
}

/** How the plan says that a statement writes rows of a table. */
const WRITES = 'write-rows table ';

/** The counters know a table by the name that it has when they are read, whatever it was called when it was written. */
function withNewNames(
  names: readonly string[],
  before: CatalogueSnapshot,
  after: CatalogueSnapshot,
): readonly string[] {
  const named = new Set(names);
  const places = new Set(before.objects.filter(({ name }) => named.has(name)).map(placeOf));
  const now = after.objects.filter((object) => places.has(placeOf(object)));
  return [...named, ...now.map(({ name }) => name)];
}

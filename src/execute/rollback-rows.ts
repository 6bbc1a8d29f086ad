import { placeOf } from '../target/attribution.js';
import type { CatalogueSnapshot } from '../target/catalogue.js';
import {
  type Proof,
  type Reading,
  readDrawn,
  readSequences,
  rollbackFilesProof,
  rollbackRowsProof,
  rollbackSequencesProof,
} from '../target/effect-proofs.js';
import { readRowChanges } from '../target/row-changes.js';
import { watched } from './concurrent.js';
import { migratingSession, type RunContext } from './context.js';
import { observeDerived } from './derived.js';
import { Ancestry } from './inheritance.js';
import { ownedByTables } from './owned-by-tables.js';
import { unexplainedMoves } from './sequence-moves.js';

/** The database as the rollback found it. */
export interface BeforeRollback {
  /** The catalogue, and what it would be without what others changed. */
  readonly last: CatalogueSnapshot;
  readonly own: CatalogueSnapshot;
  readonly sequences: Reading;
}

/**
 * Records which rows the rollback wrote, what it emptied and rewrote and which sequences it moved, in its transaction and
 * before its COMMIT.
 * @returns what of these neither the scope of the migration nor a statement of the rollback names, and system catalogues
 */
export async function rollbackRows(context: RunContext, before: BeforeRollback): Promise<readonly string[]> {
  const check = context.plan.derived.find(({ subject }) => subject === 'rows-written');
  if (!check) throw new Error('the plan has no check of written rows');
  const session = migratingSession(context);
  const rows = await readRowChanges(session);
  const { last: after, own } = watched(context);
  const files = rollbackFilesProof(before.own, own);
  const drawn = await readDrawn(session);
  const sequences = rollbackSequencesProof(before.sequences, await readSequences(session), drawn);
  for (const proof of [rollbackRowsProof(rows), files, sequences]) record(context, proof);

  const allowed = withNewNames([...check.allowed, ...writtenByStatements(context)], before.last, after);
  const named = new Set([
    ...allowed,
    ...withNewNames(namedByStatements(context, before.own, own), before.own, own),
  ]);
  const moved = unexplainedMoves(sequences, drawn, {
    before: before.own,
    own,
    text: context.bytes.rollback.bytes.toString('utf8'),
    written: new Set([...named, ...rows.map(({ table }) => table)]),
    isRestarted: () => false,
  });
  const evidence = { before: before.last, after, rows, sequences: moved, writable: allowed, role: '' };
  const observed = [
    ...(observeDerived({ ...check, allowed }, evidence) ?? []),
    ...filesElsewhere(files, named, before.own, own),
  ];
  context.emit({
    type: 'check-evaluated',
    id: 'D-ROLLBACK-ROWS',
    title:
      'what the rollback wrote, emptied, rewrote and drew from which neither the scope nor its statements name',
    moment: 'after-rollback',
    expected: [],
    observed,
    verdict: observed.length === 0 ? 'PASS' : 'FAIL',
    statementSha256: null,
    evidence: 'row counters of the transaction, data files, sequences',
    reason: null,
  });
  return observed;
}

function record(context: RunContext, { name, covers, observed, reason }: Proof): void {
  context.emit({ type: 'proof-read', name, covers, observed, reason });
}

/** Its statements were judged against those of the migration before anything ran (rule rollback-inverts). */
function writtenByStatements({ plan }: RunContext): string[] {
  return plan.rollback.statements.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.startsWith(WRITES) ? [effect.slice(WRITES.length)] : [])),
  );
}

/** How the plan says that a statement writes rows of a table. */
const WRITES = 'write-rows table ';

/** Names of what has a data file and a statement does something to, whatever that is. */
function namedByStatements({ plan }: RunContext, ...snapshots: readonly CatalogueSnapshot[]): string[] {
  const effects = plan.rollback.statements.flatMap((statement) => statement.effects);
  const isNamed = (name: string) =>
    effects.some((effect) => effect.endsWith(` ${name}`) || effect.includes(` ${name} on `));
  const objects = snapshots.flatMap((snapshot) => snapshot.objects);
  const names = objects.flatMap(({ name, definition }) => ('filenode' in definition ? [name] : []));
  return [...new Set(names)].filter(isNamed);
}

/** Tables, indexes and sequences with another data file, by their table or by what that is a part of. */
function filesElsewhere(
  { observed }: Proof,
  named: ReadonlySet<string>,
  before: CatalogueSnapshot,
  own: CatalogueSnapshot,
): string[] {
  const labels = new Set(observed);
  const ancestry = new Ancestry(before, own);
  return ownedByTables(own).objects.flatMap(({ kind, name, table }) => {
    const label = `${kind} ${name}`;
    if (!labels.has(label)) return [];
    const whose = [name, table ?? name, ...ancestry.above(table ?? name)];
    return whose.some((one) => named.has(one)) ? [] : [`data file of ${label}`];
  });
}

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

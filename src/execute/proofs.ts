import type { Verdict } from '../record/events.js';
import { givenLine, NEXT_VALUE } from '../sql/given-line.js';
import type { CatalogueWatch } from '../target/catalogue-watch.js';
import {
  dataFileProof,
  type Proof,
  readDrawn,
  readSequences,
  readUnloggedTables,
  rowCounterProof,
  sequenceProof,
  unloggedProof,
} from '../target/effect-proofs.js';
import type { Session } from '../target/engine.js';
import type { RowChange } from '../target/row-changes.js';
import { noWalProof, walProof } from '../target/wal-proof.js';
import type { RunContext } from './context.js';
import { ownedByTables } from './owned-by-tables.js';

/** Its row is written after the counters were read. */
const LEDGER_TABLE = 'probatum.run';

/** Reads, right after BEGIN, what effects are later told by. @param walPosition from before BEGIN */
export async function readEffectsBefore(
  context: RunContext,
  session: Session,
  xid: string,
  walPosition: string | null,
): Promise<void> {
  context.state.effects = {
    xid,
    walPosition,
    sequences: await readSequences(session),
    unloggedTables: await readUnloggedTables(session),
    written: new Set(),
  };
}

/**
 * Records, before COMMIT, what each way of seeing effects saw, and what it can see at all.
 * @returns sequences that our transaction has moved and that neither the migration's text nor a table which it wrote explains
 */
export async function recordProofsInside(
  context: RunContext,
  session: Session,
  rows: readonly RowChange[],
): Promise<readonly string[]> {
  const { effects, watch } = context.state;
  if (!effects || !watch) throw new Error('nothing was read at BEGIN');
  for (const { table } of rows) effects.written.add(table);
  context.state.counted = new Set(rows.map(({ table }) => table));
  const files = dataFileProof(watch.before, watch.own);
  for (const label of files.observed ?? []) effects.written.add(label.slice(label.lastIndexOf(' ') + 1));
  emit(context, rowCounterProof(rows));
  emit(context, files);
  const drawn = await readDrawn(session);
  const sequences = sequenceProof(effects.sequences, await readSequences(session), drawn);
  emit(context, sequences);
  emit(context, unloggedProof(effects.unloggedTables, await readUnloggedTables(session)));
  const text = context.bytes.migration.bytes.toString('utf8');
  const explained = drawnFor(watch, effects.written, restartedBy(context));
  // Where values could not be read, those that it drew from count as moved; what it made itself has no value from before.
  const there = new Set(
    watch.before.objects.flatMap(({ kind, name }) => (kind === 'sequence' ? [name] : [])),
  );
  const moved = sequences.observed ?? [...drawn];
  return moved.filter(
    (name) => there.has(name) && drawn.has(name) && !mentions(text, name) && !explained(name),
  );
}

/** Whether a text has a name, and not as a part of a longer one. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!PART_OF_NAME.test(text[at - 1] ?? '') && !PART_OF_NAME.test(text[at + name.length] ?? ''))
      return true;
  return false;
}

/** What the server's scanner takes as part of an identifier: everything beyond ASCII is a letter to it. */
const PART_OF_NAME = /[\w$\u{80}-\u{10ffff}]/u;

/** Tells of a column whether a statement sets what its identity gives next. */
function restartedBy({ plan }: RunContext) {
  const given = plan.derived.find(({ subject }) => subject === 'given-parts')?.allowed ?? [];
  return (column: string) => given.includes(givenLine(NEXT_VALUE, column));
}

/** Tells of a sequence whether it gives values to a table that was written, or to one which that is a part of. */
function drawnFor(
  { before, own }: CatalogueWatch,
  written: ReadonlySet<string>,
  isRestarted: (column: string) => boolean,
) {
  const objects = [...before.objects, ...own.objects];
  const tables = new Set(written);
  for (const table of tables)
    for (const { kind, name, definition } of objects)
      if (kind === 'table' && name === table)
        for (const parent of definition.inherits?.split(', ') ?? []) tables.add(parent);
  const defaults = objects.flatMap(({ kind, table = '', definition }) =>
    kind === 'column' && tables.has(table) ? [definition.default ?? ''] : [],
  );
  const restarted = new Set(
    objects.flatMap(({ kind, name, definition }) =>
      kind === 'sequence' && isRestarted(definition.owned_by ?? '') ? [name] : [],
    ),
  );
  const owned = new Set(
    ownedByTables({ objects }).objects.flatMap(({ kind, name, table = '' }) =>
      kind === 'sequence' && tables.has(table) ? [name] : [],
    ),
  );
  return (name: string) =>
    owned.has(name) ||
    restarted.has(name) ||
    defaults.some((text) => text.includes(`'${name.replaceAll("'", "''")}'`));
}

/**
 * Records, after COMMIT, what the write-ahead log holds of the transaction.
 * @returns FAIL where it holds rows that the counters did not show, and null where there is nothing to say against it
 */
export async function recordWalProof(context: RunContext, session: Session): Promise<Verdict | null> {
  const { effects, watch, log } = context.state;
  // What was read before the run was interrupted stays true.
  if (log) return log.reason === null ? null : 'FAIL';
  if (!effects || !watch) {
    emit(
      context,
      noWalProof('resumed after a crash: the position before BEGIN went with the process that died'),
    );
    return null;
  }
  const proof = await walProof(session, effects.walPosition, effects.xid);
  // Rows of a table that is new, or was written anew, need not have been counted.
  const before = new Set(watch.before.objects.map(({ name }) => name));
  const unseen = (proof.observed ?? []).filter(
    (table) => before.has(table) && !effects.written.has(table) && table !== LEDGER_TABLE,
  );
  const reason = unseen.length > 0 ? `the row counters did not show ${unseen.join(', ')}` : proof.reason;
  emit(context, { ...proof, reason });
  return unseen.length > 0 ? 'FAIL' : null;
}

function emit(context: RunContext, { name, covers, observed, reason }: Proof): void {
  context.emit({ type: 'proof-read', name, covers, observed, reason });
}

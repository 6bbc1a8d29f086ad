import {
  type CatalogueSnapshot,
  catalogueDelta,
  catalogueText,
  deltaLines,
  readCatalogue,
  withoutFilenodes,
} from '../../target/catalogue.js';
import type { Owners } from '../../target/engine.js';
import { type RowCount, readRowCounts } from '../../target/row-counts.js';
import { migratingSession, type RunContext } from '../context.js';
import { OWN } from '../statements.js';
import { denied, done, failed, type Step } from './step.js';

/** Differences that are recorded; more say no more. */
const SHOWN = 20;

/** `--prove-backup`: the stored backup, restored elsewhere, has the catalogue of C-03 and the row counts of C-04. */
export const proveBackup: Step = {
  title: 'restore the backup elsewhere and compare it',
  async run(context) {
    const { backup, catalogue, rowCounts } = context.state;
    if (!backup || !catalogue || !rowCounts) return failed('there is nothing to restore or to compare with');
    const stored = await context.target.digestBackup(backup.file);
    if (stored !== backup.sha256)
      return failed(`the backup has sha256 ${stored}, written was ${backup.sha256}`);
    const { target, where } = await context.target.restoreBackup(backup.file, await readOwners(context));
    try {
      const session = await target.open();
      const differences = [
        ...catalogueDifferences(catalogue, await readCatalogue(session)),
        ...countDifferences(rowCounts, await readRowCounts(session)),
      ].slice(0, SHOWN);
      const [objects, tables] = [String(restorable(catalogue).objects.length), String(rowCounts.length)];
      context.emit({ type: 'backup-restored', where, objects, tables, differences });
      if (differences.length > 0) return denied(`the restored backup differs: ${differences.join(', ')}`);
      return done(`${objects} objects and the rows of ${tables} tables are the same in ${where}`);
    } finally {
      await target.close();
    }
  },
};

async function readOwners(context: RunContext): Promise<Owners> {
  const { rows } = await migratingSession(context).run(OWN.roles);
  const superuser = rows.find(([first]) => first === 't')?.[1] ?? 'postgres';
  return { superuser, roles: rows.filter(([first]) => first !== 't').map((row) => row[2] ?? '') };
}

/** Kinds that no dump of a database holds: the database itself with its settings, and the server's own objects. */
const NOT_IN_A_DUMP: ReadonlySet<string> = new Set(['database', 'built-in objects']);

function restorable(snapshot: CatalogueSnapshot): CatalogueSnapshot {
  const objects = snapshot.objects.filter(({ kind }) => !NOT_IN_A_DUMP.has(kind));
  // Restored tables have files of their own.
  return withoutFilenodes({ ...snapshot, objects });
}

function catalogueDifferences(then: CatalogueSnapshot, now: CatalogueSnapshot): readonly string[] {
  const [before, after] = [restorable(then), restorable(now)];
  if (catalogueText(before) === catalogueText(after)) return [];
  const lines = deltaLines(catalogueDelta(before, after));
  return lines.length > 0 ? lines : ['details of an object'];
}

function countDifferences(then: readonly RowCount[], now: readonly RowCount[]): string[] {
  const restored = new Map(now.map(({ table, rows }) => [table, rows]));
  return then
    .filter(({ table, rows }) => restored.get(table) !== rows)
    .map(({ table, rows }) => `${table} has ${restored.get(table) ?? 'no'} rows, in the snapshot ${rows}`);
}

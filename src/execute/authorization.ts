import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UnitName } from '../record/events.js';
import type { RunRecord } from '../record/record.js';
import { rowOfNonce } from '../target/ledger.js';
import { migratingSession, type RunContext } from './context.js';
import { readOrProblem, recordsIn } from './replay.js';
import { runsIn } from './run-folder.js';
import { OWN } from './statements.js';

/*
 * An authorization is good for one commit, within its window. The documents were judged before the run; what follows
 * is what only the target and the records of other runs can say.
 */

const HELP = 'an authorization is good for one commit; what is to be done again needs another one';

/**
 * Why the window of the authorization is not open, by this machine's clock or by the server's; null where it is. The
 * answer is recorded. A run that was taken up again commits no migration: its window is no matter any more.
 * @throws DatabaseError
 */
export async function closedWindow(
  context: RunContext,
  moment: 'identity' | 'commit',
): Promise<string | null> {
  const { authorization, once, now, emit } = context;
  if (authorization === null || once === null) return null;
  const { path, notBefore, expires } = authorization;
  const bounds = [notBefore, expires].map((time) => new Date(Date.parse(time)));
  const [from, until] = bounds as [Date, Date];
  const { rows } = await migratingSession(context).run(
    OWN.inWindow,
    bounds.map((bound) => bound.toISOString()),
  );
  const [server = null, openThere = null] = rows[0] ?? [];
  const here = now();
  const open = from <= here && here < until && openThere === 't';
  const times = { here: here.toISOString(), server: server ?? '' };
  emit({ type: 'authorization-checked', moment, ...times, verdict: open ? 'PASS' : 'FAIL' });
  if (open) return null;
  return `authorization ${path} counts from ${notBefore} until ${expires}; it is ${times.here} by this machine's clock, ${times.server} by the server's`;
}

/** What the row of a unit uses up: taking a change back needs no permission, so only a migration's row has a nonce. */
export function nonceToUse({ authorization }: RunContext, unit: UnitName): string | null {
  return unit === 'migration' ? (authorization?.nonce ?? null) : null;
}

/**
 * Why the authorization must not be used: another run has committed with it, on this database by its ledger, or on any
 * by the records of this folder and those that are published. Asked behind the lock.
 * @returns null where nothing is in the way. @throws DatabaseError
 */
export async function usedBefore(context: RunContext): Promise<string | null> {
  const { authorization, once, plan, folder } = context;
  if (authorization === null || once === null) return null;
  const { path, nonce } = authorization;
  if (plan.target.ledger === 'required') {
    const row = await rowOfNonce(migratingSession(context), nonce);
    if (row)
      return `the ledger has authorization ${path} as used by run ${row.runId} at ${row.recordedAt}: ${HELP}`;
  }
  const { used, unread } = usedNonces(dirname(dirname(folder)), once.published);
  const run = used.get(nonce);
  return run === undefined ? unread : usedUp(path, run);
}

/** What is said of an authorization whose nonce another run has used. */
export function usedUp(path: string, run: string): string {
  return `${path} was used by run ${run}: ${HELP}`;
}

/**
 * Nonces that runs have used up, with the run. One whose outcome is not known counts as if it had committed, and one that
 * was rolled back has committed.
 * @param runs folder of the changes' folders of runs
 * @param published folder of the published records
 */
export function usedNonces(
  runs: string,
  published: string,
): {
  readonly used: ReadonlyMap<string, string>;
  /** Why it is not known whether others were used; null where all could be read. */
  readonly unread: string | null;
} {
  const changes = existsSync(runs) ? readdirSync(runs, { withFileTypes: true }) : [];
  const here = changes
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      runsIn(join(runs, name)).map(({ stored, problem }) =>
        // A rehearsal uses none.
        stored?.record.mode === 'rehearsal' ? stored.record : (problem ?? stored?.record),
      ),
    );
  const all = [...here, ...recordsIn(published).map(readOrProblem)];
  const used = all.flatMap((record) =>
    typeof record === 'object' && hasUsed(record)
      ? [[record.authorization!.nonce, record.runId] as const]
      : [],
  );
  const problem = all.find((record) => typeof record === 'string');
  const unread =
    problem === undefined
      ? null
      : `a record cannot be read, so it is not known whether the authorization was used: ${problem}`;
  return { used: new Map(used), unread };
}

function hasUsed({ mode, authorization, migration }: RunRecord): boolean {
  return (
    mode === 'run' && authorization !== null && migration !== null && migration.outcome !== 'not-committed'
  );
}

import type { Session } from './engine.js';
import { isHarmless } from './role-settings.js';

/*
 * What the database's own triggers and functions set while reviewed SQL runs. Nothing in these statements is looked up by
 * search_path, which is what they may have set: each function, operator and type has its schema.
 */

/** The tool's own statements that read and put back what was set in the session. */
export const HELD = {
  read: `SELECT s.name, s.setting, s.reset_val, s.context FROM pg_catalog.pg_settings AS s
WHERE s.source OPERATOR(pg_catalog.=) 'session'
UNION ALL SELECT 'role', pg_catalog.current_setting('role'), NULL, 'superuser'
UNION ALL SELECT 'session_authorization', CAST(session_user AS pg_catalog.text), NULL, 'superuser'`,
  putBack: 'SELECT pg_catalog.set_config($1, $2, false), pg_catalog.set_config($1, $3, true)',
} as const;

interface Setting {
  readonly value: string;
  /** What it is where nothing was set in the session. */
  readonly otherwise: string;
  /** Whether it says who runs, or only a superuser may set it: what it did until now cannot be put back with it. */
  readonly protects: boolean;
}

/** What was set in a session, by name, but for what decides how fast or loud it is. */
export type SessionSettings = ReadonlyMap<string, Setting>;

/** The settings that have to hold: for the session, and until the transaction that is open ends. */
export interface HeldSettings {
  readonly session: SessionSettings;
  readonly transaction: SessionSettings;
}

/** Settings that were changed, by name. */
export interface ChangedSettings {
  /** Put back. */
  readonly putBack: readonly string[];
  /** Left as they are: the transaction must not go on. */
  readonly protecting: readonly string[];
}

/** Reads what is set in the session. @throws DatabaseError */
export async function readSessionSettings(session: Session): Promise<SessionSettings> {
  const { rows } = await session.run(HELD.read);
  const settings = rows.map(([name, value, otherwise, context]): [string, Setting] => [
    name ?? '',
    { value: value ?? '', otherwise: otherwise ?? '', protects: context === 'superuser' },
  ]);
  return new Map(settings.filter(([name]) => !isHarmless(name)));
}

/**
 * Puts back what was changed since, unless that is what protects the database: then nothing.
 * @throws DatabaseError where one cannot be put back
 */
export async function putBackSettings(session: Session, held: HeldSettings): Promise<ChangedSettings> {
  const now = await readSessionSettings(session);
  const changed = [...new Set([...held.transaction.keys(), ...now.keys()])].filter(
    (name) => valueIn(name, now, held.transaction) !== valueIn(name, held.transaction, now),
  );
  const protecting = changed.filter((name) => (now.get(name) ?? held.transaction.get(name))?.protects);
  if (protecting.length > 0) return { putBack: [], protecting };
  for (const name of changed)
    await session.run(HELD.putBack, [
      name,
      valueIn(name, held.session, now),
      valueIn(name, held.transaction, now),
    ]);
  return { putBack: changed, protecting };
}

/** A name that is missing on one side is on the other, with what it is where nothing was set. */
function valueIn(name: string, settings: SessionSettings, others: SessionSettings): string {
  return settings.get(name)?.value ?? others.get(name)?.otherwise ?? '';
}

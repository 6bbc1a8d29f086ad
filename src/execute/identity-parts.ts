import type { PlanTarget } from '../plan/plan.js';
import type { IdentityPart, RunMode } from '../record/events.js';
import type { Session } from '../target/engine.js';
import { type Identity, readIdentity } from '../target/identity.js';
import { type RoleSettings, readRoleSettings } from '../target/role-settings.js';

/** A session's identity, and how it compares with the target that the plan names. */
export interface Identification {
  readonly identity: Identity;
  readonly parts: readonly IdentityPart[];
}

/** Reads on this very session what it is connected to, and what role and database set in it. @throws DatabaseError */
export async function identify(session: Session, target: PlanTarget, mode: RunMode): Promise<Identification> {
  const identity = await readIdentity(session);
  const parts = identityParts(target, identity, mode);
  // A rehearsal's role and database were made for it.
  if (mode === 'rehearsal') return { identity, parts };
  return { identity, parts: [...parts, settingsPart(await readRoleSettings(session))] };
}

/** Name of the part that says whether role or database change what SQL means. */
export const SETTINGS_PART = 'settings of role and database';

function settingsPart({ semantic, harmless }: RoleSettings): IdentityPart {
  return {
    part: SETTINGS_PART,
    expected: 'none that may change what SQL means',
    observed: semantic.join(', ') || (harmless.length > 0 ? `only ${harmless.join(', ')}` : 'none'),
    verdict: semantic.length === 0 ? 'PASS' : 'FAIL',
  };
}

/**
 * Compares what a session says of itself with the target that the plan names (RUN, "Targets"). A rehearsal asks
 * the opposite of the system identifier: it must not be the production target's.
 */
export function identityParts(target: PlanTarget, identity: Identity, mode: RunMode): IdentityPart[] {
  const part = (name: string, expected: string, observed: string, pass: boolean): IdentityPart => ({
    part: name,
    expected,
    observed,
    verdict: pass ? 'PASS' : 'FAIL',
  });
  const equal = (name: string, expected: string | null, observed: string) =>
    expected === null ? [] : [part(name, expected, observed, expected === observed)];
  if (mode === 'rehearsal') {
    const other = identity.system_identifier !== target.systemIdentifier;
    return [part('system identifier', `not ${target.systemIdentifier}`, identity.system_identifier, other)];
  }
  const major = Math.floor(Number(identity.server_version_num) / 10_000);
  const { min, max } = target.serverMajor;
  return [
    ...equal('system identifier', target.systemIdentifier, identity.system_identifier),
    ...equal('database', target.database, identity.database),
    ...equal('database oid', target.databaseOid, identity.database_oid),
    ...equal('role', target.role, identity.role),
    ...equal('timeline', target.timeline, identity.timeline),
    ...equal('marker', target.marker, identity.marker || 'none'),
    ...(target.ledger === 'none' ? [] : equal('ledger', 'enrolled', enrolment(identity))),
    part('in recovery', 'f', identity.in_recovery, identity.in_recovery === 'f'),
    part('server major version', `${min} to ${max}`, String(major), major >= min && major <= max),
  ];
}

/** Whether a run can write its row into the ledger, which is not to be found out after everything else was done. */
function enrolment({ ledger, marker }: Identity): string {
  switch (ledger) {
    case 'none':
      return 'not enrolled';
    case 'not readable':
      return 'enrolled, but this role may not read it';
    case 'not writable':
      return 'enrolled, but this role may not write to it';
    case 'usable':
      return marker === '' ? 'enrolled, but without a mark' : 'enrolled';
  }
}

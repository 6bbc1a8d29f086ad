import type { PlanTarget } from '../plan/plan.js';
import type { IdentityPart, RunMode } from '../record/events.js';
import type { Identity } from '../target/identity.js';

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
    ...equal('marker', target.marker, identity.marker),
    ...(target.ledger === 'none'
      ? []
      : [
          part(
            'ledger',
            'enrolled',
            identity.marker === '' ? 'not enrolled' : 'enrolled',
            identity.marker !== '',
          ),
        ]),
    part('in recovery', 'f', identity.in_recovery, identity.in_recovery === 'f'),
    part('server major version', `${min} to ${max}`, String(major), major >= min && major <= max),
  ];
}

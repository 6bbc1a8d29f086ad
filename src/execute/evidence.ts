import { sha256 } from '../base/digest.js';
import type { PlanCheck } from '../plan/plan.js';
import { type CatalogueSnapshot, catalogueDelta, deltaLines } from '../target/catalogue.js';
import type { Identity } from '../target/identity.js';
import type { Observation } from './checks.js';
import type { RunContext } from './context.js';

/** What was seen at the moment at which evidence answers checks. */
export interface Seen {
  readonly identity: Identity | null;
  /** Catalogue right after BEGIN, and as it would be now without what others changed; null before the migration. */
  readonly before: CatalogueSnapshot | null;
  readonly own: CatalogueSnapshot | null;
}

/** Answers a check from evidence of the tool's own. */
export function observeEvidence(context: RunContext, check: PlanCheck, seen: Seen): Observation {
  const name = check.evidence ?? '';
  if (name.startsWith('identity.') && context.mode === 'rehearsal')
    return { reason: 'a rehearsal never runs on the target that the package names', ran: false };
  const missing: Observation = { reason: `evidence ${name} was not collected`, ran: true };
  switch (name) {
    case 'identity.system_identifier':
      return seen.identity ? { rows: [seen.identity.system_identifier] } : missing;
    case 'identity.database':
      return seen.identity ? { rows: [seen.identity.database] } : missing;
    case 'identity.role':
      return seen.identity ? { rows: [seen.identity.role] } : missing;
    case 'provenance.migration_sha256':
      return { rows: [sha256(context.bytes.migration.bytes)] };
    case 'provenance.rollback_sha256':
      return { rows: [sha256(context.bytes.rollback.bytes)] };
    case 'catalogue.delta':
      return seen.before && seen.own ? { rows: deltaLines(catalogueDelta(seen.before, seen.own)) } : missing;
    default:
      return { reason: `unknown evidence ${name}`, ran: true };
  }
}

import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { usedNonces, usedUp } from '../execute/authorization.js';
import { publishedRecords } from '../execute/start-run.js';
import { authorizationProblem, authorizationsOf, windowOf } from '../model/authorization.js';
import type { ReviewLink } from '../model/chain.js';
import { headerText } from '../parse/document.js';
import { type Compilation, type PreparedPlan, preparePlan } from '../pipeline.js';
import type { UsedAuthorization } from '../record/events.js';

/** The authorization that a run goes by, or why there is none. */
interface Choice {
  /** Null where none is needed, or none counts. */
  readonly authorization: UsedAuthorization | null;
  /** What stands in the way; empty where nothing does. */
  readonly missing: readonly string[];
}

/**
 * Chooses what a run is authorized by: the first, by path, of those that count for exactly this plan. Where one speaks of
 * exactly these bytes of the package, or the configuration asks for one, one has to count.
 */
export function chooseAuthorization(
  { model, config }: Compilation,
  { plan, planSha256 }: PreparedPlan,
  { now, unsigned }: { readonly now: Date; readonly unsigned: ReadonlyMap<string, string> },
): Choice {
  const { path: packagePath } = plan.package;
  const required = config.signatures?.required?.authorization !== undefined;
  const given = authorizationsOf(model, packagePath).filter((link) => required || link.subjectMatches);
  if (!required && given.length === 0) return { authorization: null, missing: [] };
  const { used, unread } = usedNonces(
    join(config.root, '.probatum', 'runs'),
    publishedRecords({ root: config.root, plan }),
  );
  const occasion = { target: plan.target.name, planSha256, now, unsigned };
  const problems = given.map((link) => {
    const run = used.get(nonceOf(link));
    return authorizationProblem(link, occasion) ?? (run === undefined ? unread : usedUp(pathOf(link), run));
  });
  const first = given[problems.indexOf(null)];
  if (first) return { authorization: asUsed(first), missing: [] };
  const missing = `no authorization of exactly these bytes of ${packagePath} counts now`;
  return { authorization: null, missing: [missing, ...problems.map(String)] };
}

const pathOf = ({ entry }: ReviewLink) => entry.document.path;
const nonceOf = ({ entry }: ReviewLink) => headerText(entry.document, 'nonce') ?? '';

function asUsed(link: ReviewLink): UsedAuthorization {
  const { document } = link.entry;
  return { path: document.path, sha256: document.digest, nonce: nonceOf(link), ...windowOf(link.entry) };
}

/** Digest of the plan that a package gives now; null where it gives none. */
export function planDigestNow(compilation: Compilation, packagePath: string): string | null {
  try {
    const prepared = preparePlan(compilation, packagePath);
    return 'plan' in prepared ? prepared.planSha256 : null;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

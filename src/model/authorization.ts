import { headerText } from '../parse/document.js';
import { type ReviewLink, reviewsOf } from './chain.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';
import { neverOpens } from './window.js';

/** What an authorization has to speak of to count. */
export interface Occasion {
  /** Name of the target that is run on. */
  readonly target: string;
  /** Digest of the plan at hand; null where it is no matter. */
  readonly planSha256: string | null;
  /** Null where its window is no matter any more. */
  readonly now: Date | null;
  /** Why documents do not count, by path. */
  readonly unsigned: ReadonlyMap<string, string>;
}

/** Authorizations whose subject is a package, whichever bytes of it they pin, in the order of their paths. */
export function authorizationsOf(model: Model, packagePath: string): ReviewLink[] {
  return reviewsOf(model, [packagePath]).filter(({ entry }) => entry.kind === 'authorization');
}

/** Why an authorization does not count; null where it does. Whether its nonce was used, the documents cannot say. */
export function authorizationProblem(
  { entry, subjectPath, subjectMatches }: ReviewLink,
  { target, planSha256, now, unsigned }: Occasion,
): string | null {
  const { path } = entry.document;
  if (!subjectMatches) return `${path} is about other bytes of ${subjectPath}`;
  const named = headerText(entry.document, 'target') ?? '';
  if (named !== target) return `${path} is for target ${named}`;
  const plan = headerText(entry.document, 'plan_sha256') ?? '';
  if (planSha256 !== null && plan !== planSha256)
    return `${path} is for plan ${plan || '(none)'}, this one is ${planSha256}`;
  // What the rules take for a draft, so that it needs no author and no review yet, is none that counts.
  if (neverOpens(entry))
    return `${path} is a draft: its window ends before its own date, or before it begins`;
  const why = unsigned.get(path);
  if (why !== undefined) return `${path} does not count: ${why}`;
  return now && windowProblem(entry, now);
}

/** The window of an authorization as it is written: RFC 3339, from the first instant until right before the second. */
export function windowOf({ document }: Entry): { readonly notBefore: string; readonly expires: string } {
  return {
    notBefore: headerText(document, 'not_before') ?? '',
    expires: headerText(document, 'expires') ?? '',
  };
}

/** Why the window of an authorization is not open. */
function windowProblem(entry: Entry, now: Date): string | null {
  const { notBefore, expires } = windowOf(entry);
  // What is no time compares as false, and so denies.
  if (!(Date.parse(notBefore) <= now.getTime())) return `${entry.document.path} counts from ${notBefore}`;
  if (!(now.getTime() < Date.parse(expires))) return `${entry.document.path} expired at ${expires}`;
  return null;
}

import type { RelatedPlace } from '../../base/diagnostic.js';
import { DIGEST } from '../../base/digest.js';
import { EXECUTION, type ReviewLink, reviewsOf } from '../../model/chain.js';
import { neverOpens } from '../../model/window.js';
import { headerValue } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const reviewRequired: CorpusRule = {
  id: 'review-required',
  scope: 'corpus',
  group: 'authority',
  severity: 'error',
  what: 'An execution report without a passing review of the ddl and of the package that it pins, an authorization of a package that no review lets run, or a package that calls itself reviewed, approved or authorized and is not.',
  why: 'What ran or may run was allowed by nobody who has read exactly these bytes.',
  fix: 'Have exactly these bytes reviewed; until then a package says `draft` or the like of itself.',
  check(context) {
    const { kind } = context.entry;
    if (kind === 'execution-report') {
      requireReview(context, 'ddl');
      requireReview(context, 'package', EXECUTION);
    } else if (kind === 'authorization' && !neverOpens(context.entry))
      requireReview(context, 'subject', EXECUTION);
    else if (kind === 'command-package') judgeStatus(context);
  },
};

/** Of exactly the bytes that are pinned, whatever is there now. */
function requireReview({ entry, model, report }: CorpusContext, key: string, permission?: string): void {
  const pin = entry.pins.find((one) => one.key === key);
  const sha256 = pin?.fields.find(({ name }) => name === 'sha256');
  // What is no digest, and what leads nowhere or to another kind of document, is reported as that.
  if (!pin || !sha256 || !DIGEST.test(sha256.value)) return;
  if (model.entries.get(pin.path)?.kind !== (key === 'ddl' ? 'ddl' : 'command-package')) return;
  const reviews = reviewsOf(model, [pin.path]).filter((link) => link.entry.kind === 'review');
  if (reviews.some((link) => link.subjectSha256 === sha256.value && passes(link, permission))) return;
  report({
    message: `no passing review of exactly the pinned bytes of "${pin.path}"${permitting(permission)}`,
    position: sha256.position,
    expected: `a review with verdict pass of ${sha256.value}${permitting(permission)}`,
    observed: reviews.length === 0 ? 'no review' : 'none of its reviews',
    related: reviews.map((link) => shortOf(link, sha256.value)),
    help:
      entry.kind === 'authorization'
        ? 'an authorization orders what a review has allowed'
        : 'what was run without it has to be looked at as it is now; a review of other bytes does not speak of these',
  });
}

function passes({ verdict, allows }: ReviewLink, permission: string | undefined): boolean {
  return verdict === 'pass' && (permission === undefined || allows.includes(permission));
}

function permitting(permission: string | undefined): string {
  return permission === undefined ? '' : ` that allows ${permission}`;
}

/** Why a review is not the one that is asked for. */
function shortOf({ entry, verdict, subjectSha256 }: ReviewLink, sha256: string): RelatedPlace {
  if (subjectSha256 !== sha256) return relatedDocument(entry, 'reviewed other bytes', 'subject.sha256');
  if (verdict !== 'pass') return relatedDocument(entry, 'does not pass', 'verdict');
  return relatedDocument(entry, 'passes, and does not allow it', 'verdict');
}

const CLAIM = /^(?:reviewed|approved|authori[sz]ed|executed)\b/i;
/** Words that say more than that somebody has read it: that it may run. */
const MAY_RUN = /^(?:authori[sz]ed|executed)\b/i;

function judgeStatus({ entry, model, report }: CorpusContext): void {
  const status = headerValue(entry.document, 'status');
  const word = status && CLAIM.exec(status.value)?.[0];
  if (!word) return;
  const permission = MAY_RUN.test(word) ? EXECUTION : undefined;
  const reviews = reviewsOf(model, [entry.document.path]).filter((link) => link.entry.kind === 'review');
  if (reviews.some((link) => link.subjectMatches && passes(link, permission))) return;
  report({
    message: `the package calls itself ${word}, and no review passes exactly these bytes${permitting(permission)}`,
    position: status.position,
    observed: status.value,
    related: reviews.map((link) => shortOf(link, entry.document.digest)),
    help: 'a document cannot say of itself what others have to; write draft, and let its review say the rest',
  });
}

import { DIGEST } from '../../base/digest.js';
import { headerText, headerValue } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const authorizationValid: CorpusRule = {
  id: 'authorization-valid',
  scope: 'corpus',
  group: 'authority',
  severity: 'error',
  what: 'An authorization with a window that never opens, for another target than its package, with a nonce that another one has, or with the digest of a document in place of that of a plan.',
  why: 'It is what allows one run: of one plan, on one target, within one window. One that could never be used, or twice, was not read by whoever signed it.',
  fix: 'Begin it anew with `probatum new authorization`, which fills in target, plan and nonce, and write the window.',
  check(context) {
    if (context.entry.kind !== 'authorization') return;
    judgeWindow(context);
    judgeTarget(context);
    judgePlan(context);
    judgeNonce(context);
  },
};

/** What is no time at all, the schema has reported. */
function judgeWindow({ entry, report }: CorpusContext): void {
  const from = headerText(entry.document, 'not_before') ?? '';
  const until = headerValue(entry.document, 'expires');
  if (!until || !(Date.parse(until.value) <= Date.parse(from))) return;
  report({
    message: `the window never opens: it ends at ${until.value}, and begins at ${from}`,
    position: until.position,
    expected: `after ${from}`,
    observed: until.value,
  });
}

function judgeTarget({ entry, model, report }: CorpusContext): void {
  const target = headerValue(entry.document, 'target');
  const subject = entry.pins.find(({ key }) => key === 'subject');
  const pack = subject && model.entries.get(subject.path);
  const meant =
    pack?.kind === 'command-package' ? headerValue(pack.document, 'target.name')?.value : undefined;
  if (!target || !pack || meant === undefined || meant === target.value) return;
  report({
    message: `it is for target ${target.value}, but the package is for ${meant}`,
    position: target.position,
    expected: meant,
    observed: target.value,
    related: [relatedDocument(pack, `the package is for ${meant}`, 'target.name')],
  });
}

/** Whether it is the digest of the plan that the package gives now, only who plans can tell: `run` and `verify`. */
function judgePlan({ entry, model, report }: CorpusContext): void {
  const plan = headerValue(entry.document, 'plan_sha256');
  const [owner] = plan && DIGEST.test(plan.value) ? (model.digests(plan.value).get(plan.value) ?? []) : [];
  if (!plan || !owner) return;
  report({
    message: `plan_sha256 is the digest of a document: "${owner.path}"`,
    position: plan.position,
    observed: plan.value,
    help: '`probatum plan PACKAGE` prints the digest of the plan',
  });
}

function judgeNonce({ entry, model, report }: CorpusContext): void {
  const nonce = headerValue(entry.document, 'nonce');
  if (!nonce) return;
  const others = model.authorizing(nonce.value).filter((path) => path !== entry.document.path);
  const [first] = others;
  if (first === undefined) return;
  report({
    message: `"${first}" has the same nonce`,
    position: nonce.position,
    observed: nonce.value,
    related: others.map((path) => relatedDocument(model.entries.get(path)!, 'the same nonce', 'nonce')),
    help: 'a nonce is good for one run: `openssl rand -hex 16` gives another one',
  });
}

import { milliseconds } from '../../base/duration.js';
import { unitOf } from '../../model/entry.js';
import { emptyProofs } from '../../model/proofs.js';
import { gateLimits, limitProblems, protocolOf } from '../../model/protocol.js';
import { headerPosition, headerValue } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const packageComplete: CorpusRule = {
  id: 'package-complete',
  scope: 'corpus',
  group: 'document',
  severity: 'error',
  what: 'A command package that could not be planned: no preflight or verification, a limit that guards nothing or cannot be kept, or a check that cannot prove what it is named for.',
  why: 'Such a package is refused on the day; and a line that claims a proof which is none has been reviewed as one.',
  fix: 'Correct the field, or the law or check that it speaks of.',
  check(context) {
    if (context.entry.kind !== 'command-package') return;
    judgeFences(context);
    judgeLimits(context);
    judgeGates(context);
    judgeProofs(context);
  },
};

/** A fence that is there and holds no SQL that runs is reported as that. */
function judgeFences({ entry, report }: CorpusContext): void {
  for (const role of ['preflight', 'verify'])
    if (!entry.document.fences.some((fence) => fence.role === role))
      report({
        message: `the package has no "sql ${role}" fence`,
        position: headerPosition(entry.document, 'kind')!,
        expected: `a fence "sql ${role}" with at least one check`,
        help:
          role === 'preflight'
            ? 'write a check of the state in which the migration may begin'
            : 'write a check of what the migration has to have done',
      });
}

function judgeLimits({ entry, report }: CorpusContext): void {
  for (const key of ['limits.lock_timeout', 'limits.statement_timeout']) {
    const field = headerValue(entry.document, key);
    // What has not the form of a duration is the schema's.
    if (!field || !/^[1-9]\d*(?:ms|s|min)$/.test(field.value) || milliseconds(field.value) !== null) continue;
    report({
      message: `${key}: ${field.value} is no limit that the server could keep`,
      position: field.position,
      expected: 'at most 2147483647ms',
      observed: field.value,
    });
  }
}

function judgeGates({ entry, model, report }: CorpusContext): void {
  const law = model.entries.get(entry.pins.find(({ key }) => key === 'law')?.path ?? '');
  const protocol = law?.kind === 'law' ? protocolOf(law) : null;
  const own = gateLimits(entry);
  if (!law || !protocol || !own) return;
  for (const { at, message } of limitProblems(protocol, own, entry.document.path))
    report({
      message,
      position: headerPosition(entry.document, at)!,
      related: [relatedDocument(law, 'the law that the package follows', 'protocol.gates.0.id')],
      help: 'a package may give a limit to a gate of its law that has an age, and has to where the law gives none',
    });
}

function judgeProofs({ entry, model, report }: CorpusContext): void {
  const ddl = model.entries.get(entry.pins.find(({ key }) => key === 'ddl')?.path ?? '');
  // Without the SQL nobody knows which checks are derived from it; that it is missing is reported.
  if (!ddl || !unitOf(ddl, 'migration')) return;
  for (const { at, check, statement, early } of emptyProofs(entry, ddl))
    report({
      message: `${check} is no verification check and cannot prove "${statement}"`,
      position: headerPosition(entry.document, at)!,
      help: early
        ? 'the preflight comes before the migration and says nothing of what it did'
        : 'name a check of the verify fence, or a derived one (D-…)',
    });
}

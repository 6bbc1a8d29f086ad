import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';
import { UsageError } from '../base/usage-error.js';
import type { VerifyRuleId } from '../check/verify-rules.js';
import { authorizationProblem, authorizationsOf, windowOf } from '../model/authorization.js';
import type { Entry } from '../model/entry.js';
import { headerPosition, headerText, headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import type { RunRecord } from '../record/record.js';
import { readRecord } from '../record/store.js';
import { planDigestNow } from './authorizations.js';

/**
 * What is wrong with authorizations as only plans and records can tell: those that may still be used name the plan that
 * their package gives, and those that were used say what the records say, one commit each.
 * @param entries documents that are verified; of two records with one nonce, both are looked for in all of the corpus
 */
export function authorizationFindings(
  compilation: Compilation,
  entries: readonly Entry[],
  now: Date,
): Diagnostic[] {
  const records = recordsOf(compilation);
  const reported = new Set(entries.map(({ document }) => document.path));
  const packages = entries.flatMap(({ kind, pins }) =>
    kind === 'authorization' ? pins.filter(({ key }) => key === 'subject').map(({ path }) => path) : [],
  );
  return [
    ...[...new Set(packages)].flatMap((path) => ofOtherPlans(compilation, path, now)),
    ...records.flatMap((one) => notAsRecorded(compilation, one)),
    ...records.flatMap((one) => withoutAuthorization(compilation, one)),
    ...usedTwice(records),
  ].filter(({ file }) => reported.has(file));
}

/** What is over cannot be used: the package, or the tool that plans, may have gone on since. */
function ofOtherPlans(compilation: Compilation, packagePath: string, now: Date): Diagnostic[] {
  const { model } = compilation;
  const open = authorizationsOf(model, packagePath).filter(
    ({ entry, subjectMatches }) => subjectMatches && now.getTime() < Date.parse(windowOf(entry).expires),
  );
  const planSha256 = open.length === 0 ? null : planDigestNow(compilation, packagePath);
  return open.flatMap((link) => {
    const target = headerText(link.entry.document, 'target') ?? '';
    const problem = authorizationProblem(link, { target, planSha256, now: null, unsigned: new Map() });
    return problem === null ? [] : [finding(link.entry, 'plan_sha256', problem)];
  });
}

/** A report of a run, with the record that it names. */
interface Recorded {
  readonly report: Entry;
  readonly record: RunRecord;
}

/** The records that reports of the corpus name, as far as they can be read: others are reported by their own rule. */
function recordsOf({ model, config }: Compilation): Recorded[] {
  return [...model.entries.values()].flatMap((report) => {
    const named = headerValue(report.document, 'record.path')?.value;
    const file = named === undefined ? undefined : join(config.root, named);
    if (file === undefined || !existsSync(file)) return [];
    try {
      return [{ report, record: readRecord(file).record }];
    } catch (error) {
      if (error instanceof UsageError) return [];
      throw error;
    }
  });
}

/** The document that a run went by is the one that is here, and is for this plan. */
function notAsRecorded({ model }: Compilation, { report, record }: Recorded): Diagnostic[] {
  const { authorization, planSha256, runId } = record;
  const entry = authorization ? model.entries.get(authorization.path) : undefined;
  if (!authorization || !entry) return [];
  const { document } = entry;
  // Other bytes are found at the digest that the report has of them.
  if (document.digest !== authorization.sha256) return [];
  const said = [headerText(document, 'plan_sha256'), headerText(document, 'nonce')];
  const { notBefore, expires } = windowOf(entry);
  const same =
    said[0] === planSha256 &&
    said[1] === authorization.nonce &&
    notBefore === authorization.notBefore &&
    expires === authorization.expires;
  const message = `run ${runId} was authorized by ${authorization.path}, which says another plan, nonce or window`;
  return same ? [] : [finding(report, 'record.path', message)];
}

/** A run that changed its target without the authorization that the policy asks for. */
function withoutAuthorization({ config }: Compilation, { report, record }: Recorded): Diagnostic[] {
  const { mode, migration, authorization, runId } = record;
  const required = config.signatures?.required?.authorization !== undefined;
  const changed = mode === 'run' && migration !== null && migration.outcome !== 'not-committed';
  if (!required || !changed || authorization !== null) return [];
  return [finding(report, 'record.path', `run ${runId} had no authorization, and the policy asks for one`)];
}

function usedTwice(records: readonly Recorded[]): Diagnostic[] {
  const first = new Map<string, RunRecord>();
  return records.flatMap(({ report, record }) => {
    const { authorization, mode, migration } = record;
    if (!authorization || mode !== 'run' || migration?.outcome !== 'committed') return [];
    const other = first.get(authorization.nonce);
    first.set(authorization.nonce, other ?? record);
    if (!other || other.runId === record.runId) return [];
    const message = `runs ${other.runId} and ${record.runId} have both committed with the nonce ${authorization.nonce}`;
    return [finding(report, 'record.path', message)];
  });
}

function finding({ document }: Entry, key: string, message: string): Diagnostic {
  const ruleId: VerifyRuleId = 'authorization-matches';
  const position = headerPosition(document, key) ?? FILE_START;
  return { ruleId, severity: 'error', file: document.path, message, position };
}

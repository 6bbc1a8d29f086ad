import type { Diagnostic } from '../base/diagnostic.js';
import { LOCK_FILE } from '../base/lock-file.js';
import { FILE_START } from '../base/position.js';
import type { VerifyRuleId } from '../check/verify-rules.js';
import { bytesSince } from '../load/documents-since.js';
import { lockSince } from '../load/lock-since.js';
import type { Model } from '../model/model.js';
import { type Document, type DocumentIndex, headerText, headerValue } from '../parse/document.js';
import { readDocument } from '../parse/read-document.js';
import type { Compilation } from '../pipeline.js';
import type { Environment } from './terminal.js';

/**
 * What a change takes away that spoke of what happened or said no: reports of runs on a target, reviews that fail what
 * is there, and the lock file. One that has only moved is still there.
 * @param removed documents that were there before the change
 */
export async function removedWords(
  environment: Environment,
  { config, model, files }: Compilation,
  removed: readonly string[],
  revision: string,
): Promise<Diagnostic[]> {
  const before = await bytesSince(config, environment, revision, removed);
  const found: Diagnostic[] = [];
  for (const [path, bytes] of before) {
    const message = whatIsLost(model, await readDocument(path, bytes));
    if (message !== null) found.push(finding(path, message));
  }
  if (!files.get(LOCK_FILE) && (await lockSince(config, environment, revision)) !== null)
    found.push(finding(LOCK_FILE, 'the lock file was removed, and nothing else says what was released'));
  return found;
}

function finding(file: string, message: string): Diagnostic {
  const ruleId: VerifyRuleId = 'word-removed';
  return { ruleId, severity: 'error', file, message, position: FILE_START, help: 'bring it back from git' };
}

function whatIsLost(model: Model, document: Document): string | null {
  const kind = headerText(document, 'kind');
  if (kind === 'execution-report') {
    const record = said(document, 'record.sha256');
    const moved = [...model.entries.values()].some(
      (entry) => said(entry.document, 'record.sha256') === record,
    );
    return moved ? null : 'the report of a run on a target was removed';
  }
  if (kind !== 'review' || headerText(document, 'verdict') !== 'fail') return null;
  const subject = said(document, 'subject.document') ?? '';
  const judged = said(document, 'subject.sha256');
  if (model.entries.get(subject)?.document.digest !== judged) return null;
  const moved = [...model.entries.values()].some(
    ({ kind: other, document: one }) =>
      other === 'review' && headerText(one, 'verdict') === 'fail' && said(one, 'subject.sha256') === judged,
  );
  return moved ? null : `a review that fails "${subject}" as it is was removed`;
}

function said(document: DocumentIndex, key: string): string | undefined {
  return headerValue(document, key)?.value;
}

import type { Diagnostic } from '../base/diagnostic.js';
import { LOCK_FILE } from '../base/lock-file.js';
import { configurationFiles } from '../load/config.js';
import type { Compiled } from '../pipeline.js';

/** What changed files have to do with a corpus. */
export interface Affected {
  /** Whether a document changed, or names one that changed or went. */
  document(path: string): boolean;
  /** Whether a finding is about such a document, or points to one. */
  finding(one: Diagnostic): boolean;
}

/**
 * What is to be shown of a change: findings of documents that changed, of those that name one that changed or went, and
 * findings that point to one. @param paths as git names them; one ending in `/` is a whole folder
 */
export async function affectedBy(compilation: Compiled, paths: readonly string[]): Promise<Affected> {
  // The configuration judges every document.
  if (configurationFiles(compilation.config).some((path) => paths.includes(path)))
    return { document: () => true, finding: () => true };
  const model = await compilation.loadModel();
  const changed = changedPaths(compilation, paths);
  const affected = new Set([...changed, ...[...changed].flatMap((path) => model.referrers(path))]);
  const pointsToChange = ({ ruleId, related = [] }: Diagnostic) =>
    related.some(({ file }) => changed.has(file) || (ruleId === SUSPECT && affected.has(file)));
  return {
    document: (path) => affected.has(path),
    // The lock file is about every document.
    finding: (one) => affected.has(one.file) || one.file === LOCK_FILE || pointsToChange(one),
  };
}

/** Its findings point to the pin that broke, far from the review: the document that changed is named by that pin only. */
const SUSPECT = 'suspect-review';

/** Paths with those of the documents in place of a folder: one that is not tracked, or a submodule. */
function changedPaths({ paths: documents }: Compiled, paths: readonly string[]): Set<string> {
  const named = new Set(paths.map((path) => path.replace(/\/$/, '')));
  const isInside = (path: string) => foldersOf(path).some((folder) => named.has(folder));
  return new Set([...named, ...documents.filter(isInside)]);
}

/** `a` and `a/b` of `a/b/c.md`. */
function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}

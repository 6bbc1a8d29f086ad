import { type HeaderValue, headerText } from '../parse/document.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';

/** A review or authorization of one document, with whether it still speaks of the bytes that are there. */
export interface ReviewLink {
  readonly entry: Entry;
  readonly subjectPath: string;
  readonly subjectSha256: string;
  readonly subjectRevision: string;
  /** Whether the subject has the digest that was reviewed. */
  readonly subjectMatches: boolean;
  readonly verdict: string;
  readonly allows: readonly string[];
  readonly bindings: readonly { readonly id: string; readonly text: string; readonly check: string }[];
}

/** Reviews and authorizations whose subject is one of the paths, in the order of the paths. */
export function reviewsOf(model: Model, paths: readonly string[]): ReviewLink[] {
  return paths.flatMap((path) =>
    model.pinning('subject', path).flatMap((pinning) => reviewLink(model, model.entries.get(pinning)!) ?? []),
  );
}

/** What a review or authorization says of its subject; null of any other document, and where it names none. */
export function reviewLink(model: Model, entry: Entry): ReviewLink | null {
  const subject = entry.pins.find(({ key }) => key === 'subject');
  if (!subject || (entry.kind !== 'review' && entry.kind !== 'authorization')) return null;
  const data = entry.document.header!.data;
  const { path: subjectPath, fields } = subject;
  const field = (name: string) => fields.find((one) => one.name === name)?.value ?? '';
  // What has another form than its schema asks for says nothing.
  const list = (value: HeaderValue | undefined) => (Array.isArray(value) ? value : []);
  const bindings = list(data.bindings) as readonly { readonly [key: string]: HeaderValue }[];
  return {
    entry,
    subjectPath,
    subjectSha256: field('sha256'),
    subjectRevision: field('revision'),
    subjectMatches: model.entries.get(subjectPath)?.document.digest === field('sha256'),
    verdict: headerText(entry.document, 'verdict') ?? '',
    allows: list(data.allows) as readonly string[],
    bindings: bindings.map(({ id, text, check }) => ({
      id: String(id ?? ''),
      text: String(text ?? ''),
      check: String(check ?? ''),
    })),
  };
}

/** The permission that a package's review must give before a run on its target. */
export const EXECUTION = 'production-execution';

/**
 * What stands in the way of the change that comes with the tool, which no team rehearses: it needs a passing review of
 * the ddl, and one of the package that allows its execution, both of exactly the bytes at hand; and no review of these
 * bytes may say fail. Empty where nothing does.
 * @param unsigned why documents count for nothing but a fail, by path
 */
export function missingReviews(
  model: Model,
  packagePath: string,
  ddlPath: string,
  unsigned: ReadonlyMap<string, string>,
): string[] {
  const current = reviewsOf(model, [ddlPath, packagePath]).filter(({ subjectMatches }) => subjectMatches);
  const passing = (path: string) =>
    current.filter(
      ({ entry, verdict, subjectPath }) =>
        verdict === 'pass' && subjectPath === path && !unsigned.has(entry.document.path),
    );
  const missing = current
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ entry, subjectPath }) => `${entry.document.path} says fail of ${subjectPath}`);
  if (passing(ddlPath).length === 0) missing.push(`no passing review of exactly these bytes of ${ddlPath}`);
  if (!passing(packagePath).some(({ allows }) => allows.includes(EXECUTION)))
    missing.push(`no passing review of exactly these bytes of ${packagePath} that allows ${EXECUTION}`);
  for (const { entry } of current) {
    const why = unsigned.get(entry.document.path);
    if (why !== undefined) missing.push(`${entry.document.path} does not count: ${why}`);
  }
  return missing;
}

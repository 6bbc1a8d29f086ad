import type { Range } from '../../base/position.js';
import { type ReviewLink, reviewLink } from '../../model/chain.js';
import { type Entry, unitOf } from '../../model/entry.js';
import type { Model } from '../../model/model.js';
import { protocolOf } from '../../model/protocol.js';
import { derivedOf } from '../../model/scope.js';
import { headerPosition, headerValue } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusRule } from '../rule.js';

export const bindingCovered: CorpusRule = {
  id: 'binding-covered',
  scope: 'corpus',
  group: 'authority',
  severity: 'error',
  what: 'A binding of a review that names no check, or one that is neither a check of the package that the review is about (preflight, verification, derived) nor a gate of its law. For a review of a ddl document: of a package that pins the reviewed bytes.',
  why: 'A reviewer bound the verdict to it, and nothing in the run looks at it.',
  fix: 'Write the check into the package, or have the reviewer name the one that proves the binding.',
  check(context) {
    const { entry, model } = context;
    if (entry.kind !== 'review' || !entry.document.header?.data.bindings) return;
    const link = reviewLink(model, entry);
    if (!link || link.bindings.length === 0) return;
    const plans = packagesOf(model, link).map((pack) => ({ pack, ids: new Ids(model, pack) }));
    for (const [index, { id, check }] of link.bindings.entries()) {
      const position = placeOf(context.entry, index);
      if (check === '')
        context.report({ message: `binding ${id} names no check`, position, help: 'name what proves it' });
      const lacking = check === '' ? [] : plans.filter(({ ids }) => !ids.has(check));
      const [first] = lacking;
      if (!first) continue;
      context.report({
        message: `binding ${id} rests on ${check}, which is no check of "${first.pack.document.path}"`,
        position,
        expected: 'a check of the preflight or verify fence, a derived one (D-…), or a gate of the law',
        observed: check,
        related: lacking
          .slice(0, MOST_PLACES)
          .map(({ pack }) => relatedDocument(pack, `no ${check} here`, 'document_path')),
        help: 'what no check of the plan looks at cannot hold a verdict',
      });
    }
  },
};

/** So many packages are shown beside one binding. */
const MOST_PLACES = 5;

/** The check that a binding names, else its id. */
function placeOf({ document }: Entry, index: number): Range {
  const [check, id] = ['check', 'id'].map((key) => headerValue(document, `bindings.${index}.${key}`));
  return (check ?? id)?.position ?? headerPosition(document, 'bindings')!;
}

/** Packages whose plan has to hold what a review is bound to; none where there is none yet. */
function packagesOf(model: Model, { subjectPath, subjectSha256 }: ReviewLink): Entry[] {
  const subject = model.entries.get(subjectPath);
  if (subject?.kind === 'command-package') return [subject];
  if (subject?.kind === 'dry-run-report' || subject?.kind === 'execution-report') {
    const pack = model.entries.get(subject.pins.find(({ key }) => key === 'package')?.path ?? '');
    return pack?.kind === 'command-package' ? [pack] : [];
  }
  const pinsReviewed = ({ key, path, fields }: Entry['pins'][number]) =>
    key === 'ddl' &&
    path === subjectPath &&
    fields.some(({ name, value }) => name === 'sha256' && value === subjectSha256);
  return model
    .pinning('ddl', subjectPath)
    .map((path) => model.entries.get(path)!)
    .filter(({ kind, pins }) => kind === 'command-package' && pins.some(pinsReviewed));
}

/** Ids of what a package's plan looks at. */
class Ids {
  private readonly known: ReadonlySet<string>;
  /** First letters of the ids that nobody knows, because the document that they follow from is not there. */
  private readonly unknown: readonly string[];

  constructor(model: Model, pack: Entry) {
    const pinned = (key: string) => model.entries.get(pack.pins.find((pin) => pin.key === key)?.path ?? '');
    const [ddl, law] = [pinned('ddl'), pinned('law')];
    const derived = ddl && unitOf(ddl, 'migration') ? derivedOf(ddl) : null;
    const gates = law?.kind === 'law' ? protocolOf(law)?.gates : null;
    const all = [...pack.sql.checks, ...(derived ?? []), ...(gates ?? [])];
    this.known = new Set(all.map(({ id }) => id));
    this.unknown = [...(derived ? [] : ['D-']), ...(gates ? [] : ['G-'])];
  }

  has(id: string): boolean {
    return this.known.has(id) || this.unknown.some((start) => id.startsWith(start));
  }
}

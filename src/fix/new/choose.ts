import { compareText } from '../../base/diagnostic.js';
import { UsageError } from '../../base/usage-error.js';
import type { Entry } from '../../model/entry.js';
import type { Kind } from '../../model/kinds.js';
import type { Model } from '../../model/model.js';
import { headerText } from '../../parse/document.js';

/** A document that the user named, if it is of one of these kinds. @throws UsageError where it is not */
export function namedDocument(model: Model, path: string, kinds: readonly Kind[], option: string): Entry {
  const entry = model.entries.get(path);
  if (!entry) throw new UsageError('no-such-document', `${option}: no document ${path} in the corpus`);
  if (entry.kind !== null && kinds.includes(entry.kind)) return entry;
  throw new UsageError('wrong-kind', `${option}: ${path} is not of kind ${kinds.join(' or ')}`);
}

/** The newest ddl document of a change. @throws UsageError where there is none, or not one alone */
export function newestDdl(model: Model, change: string): Entry {
  const found = ofKind(model, 'ddl').filter(({ document }) => headerText(document, 'change') === change);
  return newest(
    found,
    `ddl document of the change ${change}`,
    '--ddl',
    `probatum new ddl --change ${change}`,
  );
}

/** The newest law, where all of them are of one change. @throws UsageError as above */
export function newestLaw(model: Model): Entry {
  const laws = ofKind(model, 'law');
  const changes = new Set(laws.map(({ document }) => headerText(document, 'change')));
  if (changes.size > 1) throw several(laws, 'law', '--law');
  return newest(laws, 'law', '--law', 'probatum new law');
}

/** The newest package of a change. @throws UsageError as above */
export function newestPackage(model: Model, change: string): Entry {
  const found = ofKind(model, 'command-package').filter(
    ({ document }) => headerText(document, 'change') === change,
  );
  const make = `probatum new command-package --change ${change}`;
  return newest(found, `command package of the change ${change}`, '--subject', make);
}

const REVIEWED: readonly unknown[] = ['ddl', 'command-package', 'dry-run-report', 'execution-report'];

/** The one document of a change that no review has as its subject yet. @throws UsageError as above */
export function unreviewed(model: Model, change: string): Entry {
  const entries = [...model.entries.values()];
  const subjects = new Set(
    entries.flatMap(({ kind, pins }) =>
      kind === 'review' ? pins.filter(({ key }) => key === 'subject').map(({ path }) => path) : [],
    ),
  );
  const open = entries.filter(
    ({ kind, document }) =>
      REVIEWED.includes(kind) && headerText(document, 'change') === change && !subjects.has(document.path),
  );
  const [one, ...more] = open;
  if (one && more.length === 0) return one;
  const what = `document of the change ${change} without a review`;
  throw one
    ? several(open, what, '--subject')
    : new UsageError('no-such-document', `there is no ${what}`, 'name the document with --subject');
}

function ofKind(model: Model, kind: Kind): Entry[] {
  return [...model.entries.values()].filter((entry) => entry.kind === kind);
}

function newest(found: readonly Entry[], what: string, option: string, make: string): Entry {
  const age = ({ document }: Entry) => headerText(document, 'date') ?? '';
  const [first, second] = [...found].sort((a, b) => compareText(age(b), age(a)));
  if (!first) throw new UsageError('no-such-document', `there is no ${what}`, `write one first: ${make}`);
  if (second && age(second) === age(first)) throw several(found, what, option);
  return first;
}

function several(found: readonly Entry[], what: string, option: string): UsageError {
  const paths = found.map(({ document }) => document.path).join(', ');
  return new UsageError('bad-argument', `which ${what}? ${paths}`, `name it with ${option}`);
}

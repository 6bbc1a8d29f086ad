import { type Entry, kindName } from '../../model/entry.js';
import type { Kind } from '../../model/kinds.js';
import { headerValue } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';
import { alternatives } from '../words.js';

export const referenceKind: CorpusRule = {
  id: 'reference-kind',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A field of the front matter that names a document of another kind than the field asks for.',
  why: 'A review of a note reviews nothing that runs, and a package without its law follows none.',
  fix: 'Name the document that the field is about.',
  check(context) {
    const { entry } = context;
    if (entry.kind === null || entry.kind === 'note') return;
    for (const { key, path, pathPosition } of entry.pins) {
      const kinds = expectedKinds(entry.kind, key);
      if (kinds) judge(context, key, path, pathPosition, kinds);
    }
    if (entry.kind !== 'command-package') return;
    for (const [key, kind] of REPORTS) {
      const value = headerValue(entry.document, key);
      if (value) judge(context, key, value.value, value.position, [kind]);
    }
  },
};

const REPORTS: readonly (readonly [string, Kind])[] = [
  ['reports.dry_run', 'dry-run-report'],
  ['reports.execution', 'execution-report'],
];

const REVIEWED: readonly Kind[] = ['ddl', 'dry-run-report', 'execution-report', 'command-package'];

function expectedKinds(kind: Kind, key: string): readonly Kind[] | null {
  if (key === 'subject')
    return kind === 'review' ? REVIEWED : kind === 'authorization' ? ['command-package'] : null;
  if (key === 'law') return ['law'];
  if (key === 'ddl' || /^depends_on\.\d+$/.test(key)) return ['ddl'];
  if (key === 'package') return ['command-package'];
  return /^considered\.\d+$/.test(key) ? ['review'] : null;
}

function judge(
  { model, report }: CorpusContext,
  key: string,
  path: string,
  position: Entry['pins'][number]['pathPosition'],
  kinds: readonly Kind[],
): void {
  const target = model.entries.get(path);
  // A document that is missing or could not be read is reported as that.
  if (!target || target.document.problems.length > 0 || (target.kind && kinds.includes(target.kind))) return;
  const expected = alternatives(kinds);
  const observed = kindName(target) ?? 'no known kind';
  report({
    message: `${key} names a document of kind "${observed}", expected ${expected}`,
    position,
    expected,
    observed,
    related: [relatedDocument(target, 'the document that is named', 'kind')],
  });
}

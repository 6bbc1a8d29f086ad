import { DIGEST } from '../../base/digest.js';
import type { Range } from '../../base/position.js';
import type { Entry } from '../../model/entry.js';
import type { Mention } from '../../parse/document.js';
import { digestFix } from '../digest-fix.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const documentDigestMatches: CorpusRule = {
  id: 'document-digest-matches',
  scope: 'corpus',
  group: 'provenance',
  severity: 'error',
  what: 'A digest in a pin, or beside a path, that is not the digest of the document.',
  why: 'The document is not the one that was read: its bytes have changed, or another one was meant.',
  fix: 'Read the document as it is now, and then write its digest.',
  check(context) {
    const { entry, model, report } = context;
    for (const pin of entry.pins) {
      const target = model.entries.get(pin.path);
      const field = pin.fields.find(({ name }) => name === 'sha256');
      if (!target || !field || !DIGEST.test(field.value) || field.value === target.document.digest) continue;
      report({
        message: `${pin.key}.sha256 is not the digest of "${pin.path}"`,
        position: field.position,
        expected: target.document.digest,
        observed: field.value,
        related: [relatedDocument(target, 'the document as it is now')],
        help: 'it changed after it was pinned: what rests on the pin has to be judged again',
        ...digestFix('digest', field.position, target.document.digest),
      });
    }
    checkLines(context);
  },
};

/** A digest belongs to its pin or link, or to the path on its line, if there is exactly one. */
function checkLines(context: CorpusContext): void {
  const { mentioned, pins, textPins } = context.entry;
  const paths = new Map<number, Mention[]>();
  for (const path of mentioned.paths) {
    const { line } = path.position.start;
    paths.set(line, [...(paths.get(line) ?? []).slice(0, 1), path]);
  }
  const pinned = new Set([...pins.flatMap(({ fields }) => fields), ...textPins].map(placeOf));
  for (const { kind, value, position } of mentioned.digests) {
    const beside = paths.get(position.start.line) ?? [];
    if (kind === 'digest' && beside.length === 1 && !pinned.has(placeOf({ position })))
      compare(context, beside[0]!.value, value, position);
  }
  for (const { path, name, value, position } of textPins)
    if (name === 'digest' || (name === 'sha256' && DIGEST.test(value.toLowerCase())))
      compare(context, path, value, position);
}

function placeOf({ position: { start } }: { readonly position: Range }): string {
  return `${start.line}:${start.column}`;
}

function compare({ model, report }: CorpusContext, path: string, value: string, position: Range): void {
  const target = model.entries.get(path);
  if (!target || ownDigests(target).includes(value.toLowerCase())) return;
  report({
    message: `the digest beside "${path}" is neither that of the document nor of its SQL`,
    position,
    expected: target.document.digest,
    observed: value,
    related: [relatedDocument(target, 'the document as it is now')],
    help: 'write the digest of what is meant, or put the digest of something else on a line of its own',
    // Beside a document with SQL, the digest of that SQL may be meant.
    ...(target.sql.units.length > 0 ? {} : digestFix('digest', position, target.document.digest)),
  });
}

function ownDigests({ document, sql }: Entry): string[] {
  return [document.digest, ...sql.units.map(({ digest }) => digest)];
}

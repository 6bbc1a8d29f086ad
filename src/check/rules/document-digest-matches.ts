import { DIGEST } from '../../base/digest.js';
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

/** A digest in the text belongs to the path on its line, if there is exactly one. */
function checkLines({ entry, model, report }: CorpusContext): void {
  const outside = (mention: Mention) => mention.in !== 'header';
  const paths = entry.mentioned.paths.filter(outside);
  for (const { value, position } of entry.mentioned.digests
    .filter(({ kind }) => kind === 'digest')
    .filter(outside)) {
    const beside = paths.filter((path) => path.position.start.line === position.start.line);
    const target = beside.length === 1 ? model.entries.get(beside[0]!.value) : undefined;
    if (!target || ownDigests(target).includes(value.toLowerCase())) continue;
    report({
      message: `the digest beside "${target.document.path}" is neither that of the document nor of its SQL`,
      position,
      expected: target.document.digest,
      observed: value,
      related: [relatedDocument(target, 'the document as it is now')],
      help: 'write the digest of what is meant, or put the digest of something else on a line of its own',
      // Beside a document with SQL, the digest of that SQL may be meant.
      ...(target.sql.units.length > 0 ? {} : digestFix('digest', position, target.document.digest)),
    });
  }
}

function ownDigests({ document, sql }: Entry): string[] {
  return [document.digest, ...sql.units.map(({ digest }) => digest)];
}

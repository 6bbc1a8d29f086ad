import { FILE_START } from '../../base/position.js';
import type { Kind } from '../../model/kinds.js';
import { headerPosition, headerText } from '../../parse/document.js';
import { relatedDocument } from '../related.js';
import type { CorpusRule } from '../rule.js';

export const noOrphan: CorpusRule = {
  id: 'no-orphan',
  scope: 'corpus',
  group: 'references',
  severity: 'warning',
  what: 'DDL, a command package or a dry-run report that no other document names, though its change has gone on.',
  why: 'It looks as if it were part of the change, and the documents that came later do not rest on it: a draft that was left behind, or a pin that names the wrong file.',
  fix: 'Name it where it belongs, or take it out of the corpus.',
  check({ entry, model, report }) {
    const later = entry.kind === null ? undefined : LATER[entry.kind];
    const change = headerText(entry.document, 'change');
    // Nearly every one is named: a change has many documents, and most need not be looked at.
    if (!later || change === undefined || model.isReferred(entry.document.path)) return;
    const wentOn = model
      .ofChange(change)
      .map((path) => model.entries.get(path)!)
      .filter(({ kind }) => kind !== null && later.includes(kind));
    const [next] = wentOn;
    if (!next) return;
    report({
      message: `no document names this ${entry.kind}, but the change "${change}" already has "${next.document.path}"`,
      position: headerPosition(entry.document, 'document_path') ?? FILE_START,
      related: [relatedDocument(next, 'the change went on without it', 'kind')],
      help: 'a document that was left behind misleads whoever finds it first',
    });
  },
};

/**
 * Kinds by which a change goes on after a document that something has to rest on. A law stands by itself; reviews,
 * authorizations and execution reports are ends: they say of others what there is to say.
 */
const LATER: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  ddl: ['command-package', 'dry-run-report', 'execution-report'],
  'command-package': ['dry-run-report', 'execution-report'],
  'dry-run-report': ['execution-report'],
};

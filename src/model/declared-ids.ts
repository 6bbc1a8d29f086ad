import type { Range } from '../base/position.js';
import type { Document, HeaderValue } from '../parse/document.js';
import { headerPosition } from '../parse/document.js';
import type { SqlFacts } from '../sql/facts.js';
import type { Kind } from './kinds.js';

/** An id with the place that declares it. */
export interface Declaration {
  readonly id: string;
  readonly path: string;
  readonly position: Range;
}

const LEADING_ID = /^((?:C|G|PF|V|D)-(?:\d+[a-z]*|[A-Z]{2,}(?:-[A-Z]{2,})*)|N\d{1,2}|GUARD)(?![\w-])/;

/** Ids that a document declares itself: a law's commands and gates, a package's checks, a review's bindings. */
export function declaredIds(document: Document, kind: Kind | null, sql: SqlFacts): Declaration[] {
  const found: Declaration[] = [];
  const add = (id: string, position: Range) => found.push({ id, path: document.path, position });
  const list = (key: string, value: HeaderValue | undefined) => {
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) {
      const id = (item as { id?: unknown }).id;
      if (typeof id === 'string') add(id, headerPosition(document, `${key}.${index}.id`)!);
    }
  };
  const data = document.header?.data ?? {};
  if (kind === 'law') {
    const protocol = (data.protocol ?? {}) as { readonly [key: string]: HeaderValue };
    list('protocol.commands', protocol.commands);
    list('protocol.gates', protocol.gates);
  }
  if (kind === 'review') list('bindings', data.bindings);
  for (const check of sql.checks) add(check.id, check.position);
  const generated = kind === 'dry-run-report' || kind === 'execution-report';
  if (generated || document.header?.origin !== 'front-matter') {
    const seen = new Set<string>();
    for (const row of document.tables.flatMap((table) => table.rows)) {
      const id = LEADING_ID.exec(row.cells[0]?.text ?? '')?.[1];
      // A report shows one id in several tables; the first row stands for all of them.
      if (id && !seen.has(id)) add(id, row.cells[0]!.position);
      if (id) seen.add(id);
    }
  }
  return found;
}

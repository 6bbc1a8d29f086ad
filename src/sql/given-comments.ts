import { commentedObject } from './effect-names.js';
import { givenLine } from './given-line.js';
import type { Node } from './grammar.js';
import { dottedName } from './names.js';

/** Kinds of what has a comment, in the words of the catalogue's snapshot. */
const KINDS: Readonly<Record<string, string>> = {
  OBJECT_COLUMN: 'column',
  OBJECT_DOMAIN: 'domain',
  OBJECT_FUNCTION: 'function',
  OBJECT_INDEX: 'index',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_POLICY: 'policy',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_RULE: 'rule',
  OBJECT_SCHEMA: 'schema',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_TABLE: 'table',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_TYPE: 'type',
  OBJECT_VIEW: 'view',
};

/** The comment that a statement gives to the very object that it names: `comment of column app.item.id: "number"`. */
export function givenByComment(tree: Node): string[] {
  const kind = KINDS[String(tree.objtype)];
  if (kind === undefined) return [];
  const { List } = (tree.object ?? {}) as { List?: { items?: Node[] } };
  const isPart = ['column', 'constraint', 'policy', 'rule', 'trigger'].includes(kind);
  const name = isPart ? dottedName(List?.items) : commentedObject(tree).replace(/^schema /, '');
  return [commentLine(`${kind} ${name}`, tree.comment as string | undefined)];
}

/** Line of a comment, with its text on one line; no text is no comment. */
export function commentLine(object: string, text: string | null | undefined): string {
  return givenLine('comment', object, JSON.stringify(text || null));
}

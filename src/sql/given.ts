import { commentedObject, droppedObjects, indexName, renamedObject } from './effect-names.js';
import { givenByAlteration, ownerOf } from './given-alterations.js';
import { columnName, givenByColumn, givenByConstraint } from './given-columns.js';
import { givenByComment } from './given-comments.js';
import { givenLine } from './given-line.js';
import { givenOptions } from './given-options.js';
import { givenByGrant } from './given-privileges.js';
import type { Node } from './grammar.js';
import { dottedName, quoteName, relationName } from './names.js';
import { triggerName } from './routines.js';

/**
 * What a statement gives to the objects that it makes or alters, besides what an object has by itself: NOT NULL, defaults,
 * storage, owner and the like, in lines of `givenLine`.
 */
export function givenBy(node: string, tree: Node): string[] {
  return Object.hasOwn(KINDS, node) ? KINDS[node]!(tree) : [];
}

const KINDS: Readonly<Record<string, (tree: Node) => string[]>> = {
  CreateStmt: givenByTable,
  AlterTableStmt: givenByAlteration,
  RenameStmt: givenByRenaming,
  CommentStmt: (tree) => [...constraintsOfDomain(tree), ...givenByComment(tree)],
  GrantStmt: givenByGrant,
  CreateTrigStmt: (tree) => (tree.replace ? [givenLine('definition', triggerName(tree))] : []),
  IndexStmt: (tree) => [
    ...givenOptions(tree.options, indexName(tree)),
    ...space(indexName(tree), tree.tableSpace),
  ],
  ViewStmt: givenByView,
  CreateSeqStmt: ({ sequence }) => persistence(relationName(sequence), sequence),
  CreateSchemaStmt: ({ schemaname, authrole }) =>
    authrole ? [givenLine('owner', quoteName(String(schemaname)), ownerOf(authrole))] : [],
  CreateDomainStmt: givenByDomain,
  DropStmt: givenByDropping,
};

function givenByDropping(tree: Node): string[] {
  const parts = droppedObjects(tree).filter(({ kind }) => kind === 'trigger' || kind === 'index');
  return parts.map(({ kind, name }) => givenLine('dropping', `${kind} ${name}`));
}

function givenByTable(tree: Node): string[] {
  const name = relationName(tree.relation);
  const elements = (tree.tableElts ?? []) as {
    ColumnDef?: Node;
    Constraint?: Node;
    TableLikeClause?: Node;
  }[];
  const parents = ((tree.inhRelations ?? []) as Node[]).map(({ RangeVar }) => relationName(RangeVar));
  const type = tree.ofTypename as Node | undefined;
  const copied = type !== undefined || elements.some(({ TableLikeClause }) => TableLikeClause);
  return [
    ...elements.flatMap(({ ColumnDef, Constraint }) => {
      if (Constraint) return givenByConstraint(name, Constraint);
      return ColumnDef ? givenByColumn(name, ColumnDef) : [];
    }),
    ...(copied ? [givenLine('copied columns', name)] : []),
    ...parents.map((parent) => givenLine('parents', name, parent)),
    ...(type ? [givenLine('row type', name, dottedName(type.names))] : []),
    ...(tree.if_not_exists ? [givenLine('conditions', name)] : []),
    ...(tree.accessMethod ? [givenLine('access method', name, String(tree.accessMethod))] : []),
    ...persistence(name, tree.relation),
    ...givenOptions(tree.options, name),
    ...space(name, tree.tablespacename),
  ];
}

function persistence(name: string, relation: unknown): string[] {
  const { relpersistence } = (relation ?? {}) as Node;
  return relpersistence === 'u' ? [givenLine('persistence', name, 'unlogged')] : [];
}

function space(name: string, tablespace: unknown): string[] {
  return tablespace ? [givenLine('tablespace', name, String(tablespace))] : [];
}

/** What has another name afterwards is not compared under it, as other lines name it by the old one. */
function givenByRenaming(tree: Node): string[] {
  const { relation, renameType, subname, newname } = tree;
  if (renameType === 'OBJECT_SCHEMA')
    return [subname, newname].map((name) => givenLine('renaming', quoteName(String(name))));
  if (!relation) return renameType === 'OBJECT_DOMCONSTRAINT' ? constraintsOfDomain(tree) : [];
  const { schemaname } = relation as { schemaname?: string };
  const name = relationName(relation);
  if (renameType === 'OBJECT_COLUMN' || renameType === 'OBJECT_TABCONSTRAINT')
    return [
      givenLine('renaming', columnName(name, subname)),
      givenLine('renaming', columnName(name, newname)),
    ];
  return [name, relationName({ schemaname, relname: newname })].map((one) => givenLine('renaming', one));
}

/** The constraints of a domain are one text, with their names and comments. */
function constraintsOfDomain(tree: Node): string[] {
  if (tree.objtype === 'OBJECT_DOMCONSTRAINT') return [givenLine('constraints', commentedObject(tree))];
  return tree.renameType === 'OBJECT_DOMCONSTRAINT' ? [givenLine('constraints', renamedObject(tree))] : [];
}

/** A view that takes the place of another has none of its options. */
function givenByView({ view, options, withCheckOption, replace }: Node): string[] {
  const name = relationName(view);
  const check = /^(LOCAL|CASCADED)_/.exec(String(withCheckOption))?.[1]?.toLowerCase();
  return [
    ...givenOptions(options, name),
    ...(check ? [givenLine('options', name, `check_option=${check}`)] : []),
    ...(replace ? [givenLine('replacement', name)] : []),
  ];
}

function givenByDomain({ domainname, constraints }: Node): string[] {
  const name = dottedName(domainname);
  return ((constraints ?? []) as Node[]).flatMap(({ Constraint }) => {
    const { contype } = (Constraint ?? {}) as Node;
    if (contype === 'CONSTR_NOTNULL')
      return [givenLine('not null', name, 'yes'), givenLine('constraints', name)];
    if (contype === 'CONSTR_DEFAULT') return [givenLine('default', name)];
    return contype === 'CONSTR_CHECK' ? [givenLine('constraints', name)] : [];
  });
}

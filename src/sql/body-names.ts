import { bareNames, typeNamedBy } from './bare-names.js';
import { writtenTables } from './effect-names.js';
import type { Node, ParsedStatement } from './grammar.js';
import { dottedName, isQualified, relationName, stringList } from './names.js';
import { relationsOf } from './walk.js';

/** Names without a schema in the statements and declarations of one body. */
export interface BodyNames {
  readonly ofStatement: (node: string, tree: Node) => string[];
  /** @param variables names of the body's own variables and labels, which a `%TYPE` may begin with */
  readonly ofDeclaration: (type: string, variables: ReadonlySet<string>) => string[];
}

const NONE: BodyNames = { ofStatement: () => [], ofDeclaration: () => [] };

/**
 * How names in the body of a function, procedure or DO block are judged. One that sets a search path of its own looks
 * them up there.
 * @param all the statements of the unit, whose triggers tell which transition tables a function sees
 */
export function bodyNames(raw: ParsedStatement, all: readonly ParsedStatement[]): BodyNames {
  if (setsSearchPath(raw.tree)) return NONE;
  const transition = transitionTables(raw.tree, all);
  return {
    ofStatement: (node, tree) => {
      const written = /^(?:Insert|Update|Delete)Stmt$/.test(node) ? writtenTables(tree) : [];
      const relations = relationsOf(tree)
        .map(relationName)
        .filter((name) => !isQualified(name) && (written.includes(name) || !transition(name)));
      return [...new Set([...relations, ...bareNames(node, tree).map(({ label }) => label)])];
    },
    ofDeclaration: declaredNames,
  };
}

/** Whether a routine sets a path that more than the server's own schema stands in. */
function setsSearchPath(tree: Node): boolean {
  return ((tree.options ?? []) as Node[]).some(({ DefElem }) => {
    const set = ((DefElem as Node | undefined)?.arg as Node | undefined)?.VariableSetStmt as Node | undefined;
    if (set?.name !== 'search_path') return false;
    return ((set.args ?? []) as Node[]).some(({ A_Const }) => {
      const { sval } = (A_Const ?? {}) as { sval?: { sval?: string } };
      return !['', 'pg_catalog', 'pg_temp'].includes(sval?.sval ?? '');
    });
  });
}

/**
 * Whether a name that is only read can be that of a transition table, which has no schema. Where no trigger of the unit
 * calls the function, one elsewhere may.
 */
function transitionTables(tree: Node, all: readonly ParsedStatement[]): (name: string) => boolean {
  const { names } = (tree.returnType ?? {}) as { names?: Node[] };
  if (stringList(names).at(-1) !== 'trigger') return () => false;
  const name = dottedName(tree.funcname);
  const triggers = all.filter(
    (one) => one.node === 'CreateTrigStmt' && dottedName(one.tree.funcname) === name,
  );
  if (triggers.length === 0) return () => true;
  const tables = triggers.flatMap(({ tree: trigger }) =>
    ((trigger.transitionRels ?? []) as Node[]).map(({ TriggerTransition }) =>
      relationName({ relname: (TriggerTransition as { name?: string }).name }),
    ),
  );
  return (relation) => tables.includes(relation);
}

function declaredNames(type: string, variables: ReadonlySet<string>): string[] {
  const copied = /^(.*?)\s*%\s*(row)?type\b/is.exec(type);
  if (!copied) return [...new Set(typeNamedBy(type))];
  const [, name = '', isRow] = copied;
  const parts = name.match(/"(?:[^"]|"")*"|[^".\s]+/g) ?? [];
  const first = parts[0] ?? '';
  // Of one name a %TYPE is a variable's, of two it can be one of a block or record.
  const isBare = isRow ? parts.length === 1 : parts.length === 2 && !variables.has(first.toLowerCase());
  return isBare ? [first] : [];
}

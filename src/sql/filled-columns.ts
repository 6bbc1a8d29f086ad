import { STEADY_FUNCTIONS, TYPES } from './built-in-names.js';
import { calledFunction } from './calls.js';
import type { Node, ParsedStatement } from './grammar.js';
import { dottedName, stringList } from './names.js';
import { nodesOf } from './walk.js';

/**
 * Functions that the statements make as IMMUTABLE or STABLE, under every signature: a default that calls them is kept in the
 * catalogue.
 */
export function steadyRoutines(
  statements: readonly Pick<ParsedStatement, 'node' | 'tree'>[],
): ReadonlySet<string> {
  const steady = new Map<string, boolean>();
  for (const { node, tree } of statements) {
    if (node !== 'CreateFunctionStmt') continue;
    const name = dottedName(tree.funcname);
    const says = ((tree.options ?? []) as Node[]).some(({ DefElem }) => {
      const { defname, arg } = (DefElem ?? {}) as { defname?: string; arg?: Node };
      return defname === 'volatility' && stringList(arg ? [arg] : [])[0] !== 'volatile';
    });
    steady.set(name, says && steady.get(name) !== false);
  }
  return new Set([...steady].flatMap(([name, is]) => (is ? [name] : [])));
}

/**
 * Whether a new column gets a value of its own in each row that is there: a volatile default, a sequence, a stored
 * expression. A constant or stable default is kept in the catalogue. A function of one's own is volatile unless it says
 * otherwise.
 * @param steady functions of one's own that are known not to be volatile
 */
export function isFilled(
  { typeName, constraints }: { readonly typeName?: unknown; readonly constraints?: readonly Node[] },
  steady: ReadonlySet<string>,
): boolean {
  const type = stringList((typeName as { names?: Node[] } | undefined)?.names).at(-1) ?? '';
  if (/^(?:small|big)?serial\d?$/.test(type)) return true;
  return (constraints ?? []).some((item) => {
    const constraint = item.Constraint as Node;
    if (constraint.contype === 'CONSTR_IDENTITY') return true;
    if (constraint.contype === 'CONSTR_GENERATED') return constraint.generated_kind !== 'v';
    return (
      constraint.contype === 'CONSTR_DEFAULT' && callsVolatile((constraint.raw_expr ?? {}) as Node, steady)
    );
  });
}

/** A call of anything but the server's functions that it does not call volatile, and those known as `steady`. */
function callsVolatile(expression: Node, steady: ReadonlySet<string>): boolean {
  for (const { key, node } of nodesOf(expression)) {
    const [name = '', ...rest] = [...(calledFunction(key, node) ?? operatorOf(key, node) ?? [])].reverse();
    const servers = rest.length === 0 || rest[0] === 'pg_catalog';
    if (name !== '' && !(servers && isSteady(name)) && !steady.has(dottedName(node.funcname))) return true;
  }
  return false;
}

/** An operator with a schema is somebody's own, and so is what it calls. */
function operatorOf(key: string, node: Node): readonly string[] | null {
  const names = key === 'A_Expr' ? stringList(node.name) : [];
  return names.length === 2 && names[0] !== 'pg_catalog' ? names : null;
}

/** A type's name that is called is a cast. */
function isSteady(name: string): boolean {
  return STEADY_FUNCTIONS.has(name) || TYPES.has(name);
}

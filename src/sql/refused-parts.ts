import { calledFunction, functionDanger, mayBeCalledAsColumn, namesAfterDot } from './calls.js';
import { CHANGE_SETTINGS, isAllowed } from './effects.js';
import type { Node } from './grammar.js';
import { isLargeGrant } from './grants.js';
import { stringList } from './names.js';
import type { Refusal } from './refused-kinds.js';
import { hasUnknownType, meantRoutine } from './routines.js';
import { touchesServer } from './server-objects.js';
import { nodesOf, relationsOf } from './walk.js';

/**
 * What a statement of an allowed kind holds that may not stand in executable SQL, and why not; null where nothing.
 * Each of these would do more than its effects say, or something that a rollback does not take back.
 */
export function refusedPart(node: string, tree: Node): Refusal | null {
  const form = refusedForm(node, tree);
  if (form) return { what: form, why: LISTED };
  const servers = touchesServer(node, tree);
  if (servers) return servers;
  for (const { key, node: part } of nodesOf(tree)) {
    const inner = /^[A-Z]\w*Stmt$/.test(key) ? refusedInside(node, key, part) : null;
    if (inner) return { what: inner, why: LISTED };
    const danger = dangerousName(key === '' ? node : key, part);
    if (danger) return { why: LISTED, ...danger };
  }
  return null;
}

const LISTED = 'see the list of allowed statements in docs/format.md';

function refusedForm(node: string, tree: Node): string | null {
  if (node === 'CreateSchemaStmt' && tree.schemaElts) return 'CREATE SCHEMA with further statements in it';
  if (node === 'CreateSchemaStmt' && !tree.schemaname) return 'CREATE SCHEMA without a name';
  if (node === 'GrantStmt' && tree.targtype !== 'ACL_TARGET_OBJECT') return 'GRANT ON ALL OBJECTS IN SCHEMA';
  if (node === 'GrantStmt' && isLargeGrant(tree)) return 'GRANT of more than 10,000 privileges at once';
  if (node === 'IndexStmt' && !tree.idxname) return 'CREATE INDEX without a name';
  if (isCascading(node, tree)) return 'CREATE EXTENSION … CASCADE';
  if (leavesOutTypes(node, tree)) return 'a function without the types of its arguments';
  const temporary = relationsOf(tree).some(
    ({ relpersistence, schemaname }) => relpersistence === 't' || /^pg_temp/.test(schemaname ?? ''),
  );
  return temporary ? 'a temporary object' : null;
}

/** What is known against a function that a node calls, or may call, or names for somebody else to call. */
function dangerousName(key: string, part: Node): ReturnType<typeof functionDanger> {
  const called = [
    calledFunction(key, part)?.at(-1) ?? '',
    ...namesAfterDot(part).filter(mayBeCalledAsColumn),
  ];
  if (key === 'CreateTrigStmt') called.push(stringList(part.funcname).at(-1) ?? '');
  // A range type names its functions as if they were types.
  const { TypeName } = ((key === 'DefElem' && part.arg) || {}) as { TypeName?: Node };
  called.push(stringList(TypeName?.names).at(-1) ?? '');
  for (const name of called) {
    const danger = functionDanger(name);
    if (danger) return danger;
  }
  return null;
}

function refusedInside(node: string, key: string, part: Node): string | null {
  // The last is a part of ALTER TABLE.
  if (key === 'SelectStmt' || key === 'ReturnStmt' || key === 'ReplicaIdentityStmt') return null;
  // Settings of a function hold while it runs, and bring back none that the session was started with.
  if (node === 'CreateFunctionStmt' && key === 'VariableSetStmt')
    return isSettingOfFunction(part) ? null : `a function that sets ${String(part.name ?? 'all settings')}`;
  return isAllowed(key, part) ? null : `${key} in a WITH query`;
}

/** Where it looks for names, which the server's own schemas are no part of, and what a change may set for itself. */
function isSettingOfFunction({ name, args }: Node): boolean {
  if (name !== 'search_path') return CHANGE_SETTINGS.has(String(name));
  return !/pg_toast|information_schema/i.test(JSON.stringify(args ?? []));
}

function isCascading(node: string, tree: Node): boolean {
  const options = node === 'CreateExtensionStmt' ? ((tree.options ?? []) as Node[]) : [];
  return options.some(({ DefElem }) => (DefElem as Node).defname === 'cascade');
}

function leavesOutTypes(node: string, tree: Node): boolean {
  if (!['DropStmt', 'GrantStmt', 'CommentStmt'].includes(node)) return false;
  const objects = [...((tree.objects ?? []) as Node[]), tree.object as Node | undefined];
  return objects.some((object) => object?.ObjectWithArgs && hasUnknownType(meantRoutine(object) ?? '(?)'));
}

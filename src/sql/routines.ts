import type { Node } from './grammar.js';
import { dottedName, printedType, quoteName, relationName, stringList } from './names.js';

/** Types of arguments by which the catalogue tells a routine from its namesakes; OUT and TABLE columns are not. */
const INPUTS: ReadonlySet<unknown> = new Set([
  'FUNC_PARAM_DEFAULT',
  'FUNC_PARAM_IN',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
]);

/** Word of an argument whose type this model cannot print (`%TYPE`, `serial`); such a routine is refused. */
const UNKNOWN_TYPE = '?';

/** `function` or `procedure`, as CREATE makes it. */
export function routineKind(tree: Node): string {
  return tree.is_procedure ? 'procedure' : 'function';
}

/** Name of the routine that a CREATE makes, as the catalogue's snapshot writes it: `app.f(integer, text)`. */
export function routineName(tree: Node): string {
  const parameters = (tree.parameters ?? []) as Node[];
  const types = parameters
    .map(({ FunctionParameter }) => (FunctionParameter ?? {}) as Node)
    .filter(({ mode }) => INPUTS.has(mode))
    .map(({ argType }) => argumentType(argType));
  return `${dottedName(tree.funcname)}(${types.join(', ')})`;
}

/** Name of a routine that another statement means; null where it leaves out the types. */
export function meantRoutine(object: unknown): string | null {
  const { ObjectWithArgs } = (object ?? {}) as { ObjectWithArgs?: Node };
  if (!ObjectWithArgs || ObjectWithArgs.args_unspecified) return null;
  const types = ((ObjectWithArgs.objargs ?? []) as Node[]).map(({ TypeName }) => argumentType(TypeName));
  return `${dottedName(ObjectWithArgs.objname)}(${types.join(', ')})`;
}

/** Whether a routine's name has a type in it that could not be printed. */
export function hasUnknownType(name: string): boolean {
  return /[(\s]\?(?:,|\)$)/.test(name);
}

/** A type without its modifiers, which arguments do not have. */
function argumentType(typeName: unknown): string {
  const { typmods: _, ...type } = (typeName ?? {}) as Node;
  if (type.pct_type) return UNKNOWN_TYPE;
  // Without a length the server prints `character` here, where `format_type` of a column has another name.
  return (printedType(type) ?? UNKNOWN_TYPE).replace(/^bpchar(?=$|\[)/, 'character');
}

/** A trigger as the catalogue's snapshot names it: `app.base.note`. */
export function triggerName(tree: Node): string {
  return `${relationName(tree.relation)}.${quoteName(String(tree.trigname ?? ''))}`;
}

/** The trigger of a DROP TRIGGER, and its table. */
export function meantTrigger(object: unknown): { readonly name: string; readonly table: string } {
  const { List } = (object ?? {}) as { List?: { items?: Node[] } };
  const items = List?.items ?? [];
  return { name: dottedName(items), table: dottedName(items.slice(0, -1)) };
}

/** What a CREATE FUNCTION or DO says of its body. */
export interface RoutineSource {
  /** As the server looks it up; `sql` for a body that is part of the statement, `plpgsql` for a DO that names none. */
  readonly language: string;
  /** The text of the body; null where it is part of the statement, or in a library. */
  readonly body: string | null;
  /** Byte of the text that the statement stands in, at or before the body's string. */
  readonly location: number;
}

export function sourceOf(tree: Node): RoutineSource {
  const options = ((tree.options ?? tree.args ?? []) as Node[]).map(({ DefElem }) => (DefElem ?? {}) as Node);
  const option = (name: string) => options.find(({ defname }) => defname === name);
  const language = option('language')?.arg as { String?: { sval?: string } } | undefined;
  const as = option('as');
  const arg = (as?.arg ?? {}) as { List?: { items?: Node[] }; String?: unknown };
  const texts = arg.List ? stringList(arg.List.items) : stringList(arg.String ? [arg as Node] : []);
  return {
    language: language?.String?.sval ?? (tree.sql_body ? 'sql' : 'plpgsql'),
    body: texts.length === 1 ? texts[0]! : null,
    location: Number(as?.location ?? 0),
  };
}

import { givenLine } from './given-line.js';
import type { Node } from './grammar.js';
import { stringList } from './names.js';

/** Storage options that a list of a statement sets on a relation or column, one a line: `fillfactor=70`. */
export function givenOptions(list: unknown, name: string): string[] {
  return optionsIn(list).map((option) =>
    givenLine('options', name, `${keyOf(option)}=${textOf(option.arg)}`),
  );
}

/** Storage options that a statement takes away, one a line: the option alone. */
export function resetOptions(list: unknown, name: string): string[] {
  return optionsIn(list).map((option) => givenLine('options', name, keyOf(option)));
}

interface Option {
  readonly defname?: string;
  readonly defnamespace?: string;
  readonly arg?: Node;
}

/** Without `oids = false`, which the server takes and does not keep. */
function optionsIn(list: unknown): Option[] {
  const { List } = (list ?? {}) as { List?: { items?: Node[] } };
  const items = List?.items ?? (Array.isArray(list) ? (list as Node[]) : []);
  return items.map(({ DefElem }) => (DefElem ?? {}) as Option).filter(({ defname }) => defname !== 'oids');
}

function keyOf({ defname = '', defnamespace }: Option): string {
  return defnamespace ? `${defnamespace}.${defname}` : defname;
}

/** As the server keeps it (`defGetString`); an option without a value is on. */
function textOf(arg: Node | undefined): string {
  if (arg === undefined) return 'true';
  const { Integer, Float, String: text, Boolean: truth, TypeName } = arg as Record<string, Node | undefined>;
  if (Integer) return String(Integer.ival ?? 0);
  if (Float) return String(Float.fval ?? '');
  if (text) return String(text.sval ?? '');
  if (truth) return String(truth.boolval ?? false);
  return stringList(TypeName?.names).join('.');
}

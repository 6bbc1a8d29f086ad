import type { Node } from './grammar.js';

/** Every object of a syntax tree with the key that it stands under, parents before children. */
export function* nodesOf(tree: Node): Generator<{ readonly key: string; readonly node: Node }> {
  // An own stack: a statement may nest deeper than this language's.
  const open: { key: string; value: unknown }[] = [{ key: '', value: tree }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { key, value } = next;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) open.push({ key, value: value[index] });
    } else if (typeof value === 'object' && value !== null) {
      yield { key, node: value as Node };
      const children = Object.entries(value as Node);
      for (let index = children.length - 1; index >= 0; index--) {
        const [name, child] = children[index]!;
        if (typeof child === 'object') open.push({ key: name, value: child });
      }
    }
  }
}

interface Relation extends Node {
  readonly relname: string;
  readonly schemaname?: string;
  readonly relpersistence?: string;
}

/** Every table-like reference of a statement that is not to one of its own WITH queries. */
export function relationsOf(tree: Node): Relation[] {
  const own = new Set<unknown>();
  const found: Relation[] = [];
  for (const { node } of nodesOf(tree)) {
    if (typeof node.ctename === 'string') own.add(node.ctename);
    if (typeof node.relname === 'string' && 'relpersistence' in node) found.push(node as Relation);
  }
  return found.filter(({ schemaname, relname }) => schemaname !== undefined || !own.has(relname));
}

import { grantedObjects } from './effect-names.js';
import type { Node } from './grammar.js';
import { stringList } from './names.js';

/** A privilege that a GRANT or REVOKE names. */
export interface Granted {
  /** In lower case; null for ALL. */
  readonly name: string | null;
  /** Columns that it is on; none where it is on the object. */
  readonly columns: readonly string[];
}

/** The privileges of a GRANT or REVOKE. */
export function privilegesIn({ privileges }: Node): Granted[] {
  const list = ((privileges ?? []) as Node[]).map(({ AccessPriv }) => (AccessPriv ?? {}) as Node);
  if (list.length === 0) return [{ name: null, columns: [] }];
  return list.map(({ priv_name: name, cols }) => ({
    name: name === undefined ? null : String(name),
    columns: stringList(cols),
  }));
}

/** The roles of a GRANT or REVOKE, as the grammar has them. */
export function granteesIn({ grantees }: Node): Node[] {
  return ((grantees ?? []) as Node[]).map(({ RoleSpec }) => (RoleSpec ?? {}) as Node);
}

/** Most privileges of one GRANT: each role has each of them on each object. */
const MOST_GRANTED = 10_000;

/** Whether a GRANT or REVOKE says more than anybody reads: a megabyte of names has billions of pairs. */
export function isLargeGrant(tree: Node): boolean {
  const each = privilegesIn(tree).reduce((sum, { columns }) => sum + Math.max(1, columns.length), 0);
  return grantedObjects(tree).length * granteesIn(tree).length * each > MOST_GRANTED;
}

import type { Entry } from './entry.js';
import { derivedOf } from './scope.js';

/** A line of what is not in scope that names a check which cannot prove it, by its place in the package's header. */
export interface EmptyProof {
  readonly at: string;
  readonly check: string;
  readonly statement: string;
  /** Whether the check is one of the preflight. */
  readonly early: boolean;
}

/**
 * Only a check after the migration, written or derived, can prove what the migration did not do.
 * @param ddl the document that the package runs
 */
export function emptyProofs(pack: Entry, ddl: Entry): EmptyProof[] {
  const early = new Set(pack.sql.checks.filter(({ phase }) => phase === 'preflight').map(({ id }) => id));
  const proving = new Set([
    ...pack.sql.checks.filter(({ phase }) => phase === 'verify').map(({ id }) => id),
    ...derivedOf(ddl).map(({ id }) => id),
  ]);
  return (pack.document.header?.values ?? []).flatMap(({ path, value: check }) => {
    const line = /^(non_scope\.\d+)\.proved_by\.\d+$/.exec(path)?.[1];
    if (line === undefined || proving.has(check)) return [];
    const said = pack.document.header!.values.find((one) => one.path === `${line}.statement`);
    return [{ at: path, check, statement: said?.value ?? '', early: early.has(check) }];
  });
}

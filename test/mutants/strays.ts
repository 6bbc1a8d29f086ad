import { posix } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import type { Planting } from './operator.js';
import type { Originals } from './originals.js';

/** Rules that look further than to the documents which are named: along pins, or by the names of tables. */
const BY_PINS = ['suspect-review', 'no-reference-cycle', 'column-count-claims', 'separation-of-duties'];

/** The same along the line of changes: what rests on a ddl document that what was changed is about. */
const BY_LINE = ['no-self-advance'];

/**
 * Findings in documents that a change cannot concern. It concerns those that were changed, that name one or that one
 * names, before or after it; and for some rules those above, which rest on one by the documents that they name.
 */
export function strays(
  { files, expected }: Planting,
  diagnostics: readonly Diagnostic[],
  originals: Originals,
): Diagnostic[] {
  const changed = Object.keys(files);
  // A line taken out of the lock file shows in the document that it was about.
  const far = diagnostics.filter(({ file }) => !changed.includes(file) && file !== expected.file);
  if (far.length === 0) return [];
  const paths = [...new Set([...originals.all.map(({ path }) => path), ...changed])];
  const added = new Map(
    Object.entries(files).map(([path, put]) => [path, put === null ? '' : Buffer.from(put).toString('utf8')]),
  );
  const names = (from: string, to: string) =>
    originals.names(from, posix.basename(to)) || (added.get(from)?.includes(posix.basename(to)) ?? false);
  const naming = (some: readonly string[]) => paths.filter((path) => some.some((one) => names(path, one)));
  const first = naming(changed);
  const near = new Set([...first, ...paths.filter((path) => changed.some((one) => names(one, path)))]);
  const above = new Set(naming([...first, ...naming(first)]));
  const resting = new Set(naming(naming([...near])));
  return far.filter(
    ({ file, ruleId }) =>
      !near.has(file) &&
      !(BY_PINS.includes(ruleId) && above.has(file)) &&
      !(BY_LINE.includes(ruleId) && resting.has(file)),
  );
}

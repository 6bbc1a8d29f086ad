import type { CodeLens } from 'vscode-languageserver/node';
import { toClientRange } from './positions.js';
import type { Snapshot } from './snapshot.js';

/** Command of the client that copies its only argument, a digest. */
export const COPY_DIGEST = 'probatum.copyDigest';

/** The digest of reviewed SQL above its fences: what pins say of it. */
export function lensesOf(snapshot: Snapshot, path: string): CodeLens[] {
  const entry = snapshot.entry(path);
  if (!entry) return [];
  return entry.document.fences.flatMap((fence) => {
    const unit = entry.sql.units.find(({ role }) => role === fence.role);
    if (!unit) return [];
    const part = unit.ranges.findIndex(({ start }) => start === fence.start) + 1;
    const of = unit.ranges.length > 1 ? `, part ${part} of ${unit.ranges.length}` : '';
    return [
      {
        range: toClientRange(fence.position),
        command: {
          title: `${unit.role}${of} · sha256 ${unit.digest.slice(0, 8)}…${unit.digest.slice(-6)}`,
          command: COPY_DIGEST,
          arguments: [unit.digest],
        },
      },
    ];
  });
}

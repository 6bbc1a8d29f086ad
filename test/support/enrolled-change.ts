import { enroll } from '../../src/commands/enroll.js';
import { type ChangeParts, ONLY_INSIDE, removeChange, TARGET, URL_VARIABLE, writeChange } from './change.js';
import type { PostgresChange } from './postgres-change.js';
import type { PostgresLane } from './postgres-lane.js';
import { environmentOf } from './run-probatum.js';

/** A change whose target was enrolled by the command, and whose package names the mark. */
export async function enrolledChange(
  lane: PostgresLane,
  {
    marker: named,
    onlyInside = false,
    prepare,
    ...parts
  }: ChangeParts & {
    readonly onlyInside?: boolean;
    /** SQL that an administrator ran before. */
    readonly prepare?: string;
  } = {},
): Promise<PostgresChange> {
  const change = await lane.make(parts.target === undefined ? {} : { target: parts.target }, prepare);
  const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
  if ((await enroll(environment, TARGET, { write: true, format: 'pretty' })) !== 0)
    throw new Error(printed.err);
  const [row] = await change.query('SELECT marker::text AS marker FROM probatum.target');
  const marker = named ?? String(row!.marker);
  const root = await writeChange(change.identity, {
    ...(onlyInside ? { verify: ONLY_INSIDE } : {}),
    ...parts,
    marker,
  });
  lane.atEnd(() => removeChange(root));
  return { ...change, root };
}

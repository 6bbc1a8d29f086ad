import { sha256 } from '../../base/digest.js';
import type { Gate } from './gate.js';

/** The SQL in memory has the digests that the package pins. */
export const ddlProvenance: Gate = ({ plan, bytes }) => {
  const observed = `${sha256(bytes.migration.bytes)} / ${sha256(bytes.rollback.bytes)}`;
  const expected = `${plan.migration.sha256} / ${plan.rollback.sha256}`;
  return { pass: observed === expected, expected, observed };
};

import type { UnitText } from '../sql/unit-text.js';

/** The reviewed bytes: one buffer for each unit, hashed and executed. */
export interface ReviewedBytes {
  readonly migration: UnitText;
  readonly rollback: UnitText;
  readonly preflight: UnitText;
  readonly verify: UnitText;
}

import type { KindAssignment } from '../base/team-settings.js';

/** Kinds of governed document (FORMAT, "Kinds"). */
export const KINDS = [
  'law',
  'ddl',
  'command-package',
  'review',
  'authorization',
  'dry-run-report',
  'execution-report',
  'note',
] as const;

export type Kind = (typeof KINDS)[number];

/** What a team adds to the kinds of the format. */
export interface KindSettings {
  /** Names of kinds of its own. */
  readonly custom: readonly string[];
  /** Kinds of documents whose front matter names none; the last that fits counts. */
  readonly assigned: readonly KindAssignment[];
}

/** The kinds of the format alone. */
export const FORMAT_KINDS: KindSettings = { custom: [], assigned: [] };

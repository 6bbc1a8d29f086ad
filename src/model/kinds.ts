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

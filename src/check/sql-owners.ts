import type { Kind } from '../model/kinds.js';
import type { FenceRole } from '../parse/document.js';

/** The kind of document that owns each role of SQL fence (FORMAT, "SQL fences"). */
export const ROLE_OWNERS: Readonly<Record<FenceRole, Kind>> = {
  migration: 'ddl',
  rollback: 'ddl',
  fixture: 'ddl',
  preflight: 'command-package',
  verify: 'command-package',
};

import type { Operator } from '../operator.js';
import { ADVANCES, BINDINGS, DUTIES_SEPARATED, REQUIRED_REVIEWS } from './authority.js';
import { AUTHORIZATIONS } from './authorizations.js';
import { COLUMN_COUNTS, PASSES } from './claims.js';
import { ABBREVIATIONS, FORMATS, SUSPECTS } from './digest-words.js';
import { DOCUMENT_DIGESTS, SQL_DIGESTS } from './digests.js';
import { ENCODING } from './encoding.js';
import { FIELDS, MISSING, YAML } from './front-matter.js';
import { IDENTITY, ORDERS, REVISIONS, SECTION_NAMES } from './identity.js';
import { DUPLICATES, IDS } from './ids.js';
import { PACKAGES, PROTOCOL, SUPPRESSIONS, TABLES } from './law-and-package.js';
import { LOCK_DRIFTS, REVISION_BUMPS } from './locks.js';
import { MARKED } from './marked.js';
import { ANCHORS, KINDS, PATHS_BROKEN } from './references.js';
import { GRAPH, STALE_REVISIONS } from './revisions.js';
import { AGES, COUNTS, STATUSES } from './runs.js';
import { CONTRADICTIONS, LOCKS, OUTSIDE_TRANSACTIONS, PSQL, ROLLBACKS, ROW_SCOPES } from './sql-changes.js';
import { CHECK_FORMS, READ_ONLIES } from './sql-checks.js';
import { FENCES, RAW_HTML } from './sql-fences.js';
import { QUALIFIED, SCOPES, STATEMENTS, TRANSACTIONS } from './sql-statements.js';
import { HIDDEN_CHARACTERS, SYNTAXES } from './sql-text.js';

/** All ways to plant a defect, by the groups of the rules. */
export const OPERATORS: readonly Operator[] = [
  ENCODING,
  YAML,
  MISSING,
  FIELDS,
  IDENTITY,
  REVISIONS,
  ORDERS,
  SECTION_NAMES,
  PROTOCOL,
  PACKAGES,
  TABLES,
  SUPPRESSIONS,
  PATHS_BROKEN,
  MARKED,
  ANCHORS,
  KINDS,
  IDS,
  DUPLICATES,
  STALE_REVISIONS,
  GRAPH,
  DOCUMENT_DIGESTS,
  SQL_DIGESTS,
  FORMATS,
  ABBREVIATIONS,
  SUSPECTS,
  REVISION_BUMPS,
  LOCK_DRIFTS,
  AUTHORIZATIONS,
  REQUIRED_REVIEWS,
  DUTIES_SEPARATED,
  BINDINGS,
  ADVANCES,
  SYNTAXES,
  HIDDEN_CHARACTERS,
  FENCES,
  RAW_HTML,
  TRANSACTIONS,
  STATEMENTS,
  QUALIFIED,
  SCOPES,
  CHECK_FORMS,
  READ_ONLIES,
  PSQL,
  OUTSIDE_TRANSACTIONS,
  ROW_SCOPES,
  ROLLBACKS,
  LOCKS,
  CONTRADICTIONS,
  PASSES,
  COLUMN_COUNTS,
  COUNTS,
  AGES,
  STATUSES,
].flat();

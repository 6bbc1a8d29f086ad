import type { Rule } from '../rule.js';
import { abbreviatedDigest } from './abbreviated-digest.js';
import { ageClaims } from './age-claims.js';
import { authorizationValid } from './authorization-valid.js';
import { bindingCovered } from './binding-covered.js';
import { checkFormat } from './check-format.js';
import { checkReadOnly } from './check-read-only.js';
import { columnCountClaims } from './column-count-claims.js';
import { countClaims } from './count-claims.js';
import { dateOrder } from './date-order.js';
import { declaredScope } from './declared-scope.js';
import { digestFormat } from './digest-format.js';
import { documentDigestMatches } from './document-digest-matches.js';
import { documentPathMatches } from './document-path-matches.js';
import { encoding } from './encoding.js';
import { fileNameDate } from './file-name-date.js';
import { frontMatterRequired } from './front-matter-required.js';
import { frontMatterSchema } from './front-matter-schema.js';
import { frontMatterYaml } from './front-matter-yaml.js';
import { lockDrift } from './lock-drift.js';
import { lockHazard } from './lock-hazard.js';
import { malformedTable } from './malformed-table.js';
import { noBrokenAnchor } from './no-broken-anchor.js';
import { noBrokenReference } from './no-broken-reference.js';
import { noContradiction } from './no-contradiction.js';
import { noDuplicateId } from './no-duplicate-id.js';
import { noEmptyGlob } from './no-empty-glob.js';
import { noMetaCommand } from './no-meta-command.js';
import { noNonTransactional } from './no-non-transactional.js';
import { noOrphan } from './no-orphan.js';
import { noRawHtmlBesideSql } from './no-raw-html-beside-sql.js';
import { noReferenceCycle } from './no-reference-cycle.js';
import { noSelfAdvance } from './no-self-advance.js';
import { noStaleRevision } from './no-stale-revision.js';
import { noUndeclaredRows } from './no-undeclared-rows.js';
import { noUndefinedId } from './no-undefined-id.js';
import { packageComplete } from './package-complete.js';
import { passMeansEqual } from './pass-means-equal.js';
import { pluginFailed } from './plugin-failed.js';
import { protocolValid } from './protocol-valid.js';
import { qualifiedNames } from './qualified-names.js';
import { readable } from './readable.js';
import { referenceKind } from './reference-kind.js';
import { requiredSections } from './required-sections.js';
import { reviewRequired } from './review-required.js';
import { revisionBump } from './revision-bump.js';
import { revisionFormat } from './revision-format.js';
import { rollbackInverts } from './rollback-inverts.js';
import { separationOfDuties } from './separation-of-duties.js';
import { singleTransaction } from './single-transaction.js';
import { sqlDigestMatches } from './sql-digest-matches.js';
import { sqlFencePlacement } from './sql-fence-placement.js';
import { sqlHiddenCharacters } from './sql-hidden-characters.js';
import { sqlSyntax } from './sql-syntax.js';
import { statementAllowed } from './statement-allowed.js';
import { statusCoherent } from './status-coherent.js';
import { suppressionValid } from './suppression-valid.js';
import { suspectReview } from './suspect-review.js';
import { uniquePath } from './unique-path.js';

/** All rules, in the order of the reference. */
export const RULES: readonly Rule[] = [
  encoding,
  readable,
  frontMatterYaml,
  frontMatterRequired,
  frontMatterSchema,
  documentPathMatches,
  fileNameDate,
  uniquePath,
  revisionFormat,
  dateOrder,
  requiredSections,
  protocolValid,
  packageComplete,
  malformedTable,
  suppressionValid,
  pluginFailed,
  noBrokenReference,
  noBrokenAnchor,
  noEmptyGlob,
  referenceKind,
  noUndefinedId,
  noDuplicateId,
  noStaleRevision,
  noReferenceCycle,
  noOrphan,
  documentDigestMatches,
  sqlDigestMatches,
  digestFormat,
  abbreviatedDigest,
  suspectReview,
  revisionBump,
  lockDrift,
  authorizationValid,
  reviewRequired,
  separationOfDuties,
  bindingCovered,
  noSelfAdvance,
  sqlSyntax,
  noMetaCommand,
  sqlHiddenCharacters,
  sqlFencePlacement,
  noRawHtmlBesideSql,
  singleTransaction,
  noNonTransactional,
  statementAllowed,
  qualifiedNames,
  noContradiction,
  declaredScope,
  noUndeclaredRows,
  rollbackInverts,
  lockHazard,
  checkFormat,
  checkReadOnly,
  passMeansEqual,
  countClaims,
  columnCountClaims,
  ageClaims,
  statusCoherent,
];

import type { Rule } from '../rule.js';
import { abbreviatedDigest } from './abbreviated-digest.js';
import { checkFormat } from './check-format.js';
import { checkReadOnly } from './check-read-only.js';
import { columnCountClaims } from './column-count-claims.js';
import { declaredScope } from './declared-scope.js';
import { documentDigestMatches } from './document-digest-matches.js';
import { documentPathMatches } from './document-path-matches.js';
import { encoding } from './encoding.js';
import { frontMatterRequired } from './front-matter-required.js';
import { frontMatterSchema } from './front-matter-schema.js';
import { frontMatterYaml } from './front-matter-yaml.js';
import { malformedTable } from './malformed-table.js';
import { noBrokenReference } from './no-broken-reference.js';
import { noDuplicateId } from './no-duplicate-id.js';
import { noEmptyGlob } from './no-empty-glob.js';
import { noRawHtmlBesideSql } from './no-raw-html-beside-sql.js';
import { noStaleRevision } from './no-stale-revision.js';
import { noUndefinedId } from './no-undefined-id.js';
import { passMeansEqual } from './pass-means-equal.js';
import { pluginFailed } from './plugin-failed.js';
import { qualifiedNames } from './qualified-names.js';
import { readable } from './readable.js';
import { referenceKind } from './reference-kind.js';
import { singleTransaction } from './single-transaction.js';
import { sqlDigestMatches } from './sql-digest-matches.js';
import { sqlFencePlacement } from './sql-fence-placement.js';
import { sqlHiddenCharacters } from './sql-hidden-characters.js';
import { sqlSyntax } from './sql-syntax.js';
import { statementAllowed } from './statement-allowed.js';
import { suppressionValid } from './suppression-valid.js';

/** All rules, in the order of the reference. */
export const RULES: readonly Rule[] = [
  encoding,
  readable,
  frontMatterYaml,
  frontMatterRequired,
  frontMatterSchema,
  documentPathMatches,
  malformedTable,
  suppressionValid,
  pluginFailed,
  noBrokenReference,
  noEmptyGlob,
  referenceKind,
  noUndefinedId,
  noDuplicateId,
  noStaleRevision,
  documentDigestMatches,
  sqlDigestMatches,
  abbreviatedDigest,
  sqlSyntax,
  sqlHiddenCharacters,
  sqlFencePlacement,
  noRawHtmlBesideSql,
  singleTransaction,
  statementAllowed,
  qualifiedNames,
  declaredScope,
  checkFormat,
  checkReadOnly,
  passMeansEqual,
  columnCountClaims,
];

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../base/package-root.js';
import type { Identity } from '../target/identity.js';

const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';

/** The documents of the example that the way from draft to report touches. */
export const EXAMPLE = {
  package: `${FOLDER}/v0.2-execution/dot-iu-cutter-v0.2-p0-2-production-command-review-package-2026-05-16.md`,
  dryRunReview: `${FOLDER}/reviews/dot-iu-cutter-v0.2-p0-2-dry-run-gpt-review-2026-05-16.md`,
  packageReview: `${FOLDER}/reviews/dot-iu-cutter-v0.2-p0-2-production-command-review-gpt-review-2026-05-16.md`,
  dryRunReport: `${FOLDER}/v0.2-dry-run/dot-iu-cutter-v0.2-p0-2-dry-run-report-2026-05-16.md`,
  executionReport: `${FOLDER}/v0.2-execution/dot-iu-cutter-v0.2-p0-2-production-execution-report-2026-05-16.md`,
  readme: 'knowledge/README.md',
} as const;

/** Copies the example corpus as it was before its rehearsal: no reports, no records, no reviews of them. */
export function copyDraft(root: string): void {
  cpSync(join(PACKAGE_ROOT, 'knowledge'), join(root, 'knowledge'), { recursive: true });
  toDraft(root);
}

/** Takes a corpus back to the state before its rehearsal. */
export function toDraft(root: string): void {
  const { readme, dryRunReview, packageReview, dryRunReport, executionReport } = EXAMPLE;
  // The README links to documents that do not exist yet.
  for (const path of [readme, dryRunReview, packageReview, dryRunReport, executionReport])
    rmSync(join(root, path), { force: true });
  for (const folder of ['v0.2-dry-run', 'v0.2-execution'])
    rmSync(join(root, FOLDER, folder, 'records'), { recursive: true, force: true });
  const file = join(root, EXAMPLE.package);
  // Its review is gone, so it may not call itself reviewed.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^(status: ).*$/m, '$1ready for review'));
}

/** Adds the two reviews that follow a rehearsal; their digests are renewed afterwards. */
export function addReviews(root: string): void {
  for (const path of [EXAMPLE.dryRunReview, EXAMPLE.packageReview]) {
    if (existsSync(join(root, path))) continue;
    cpSync(join(PACKAGE_ROOT, path), join(root, path));
  }
}

/** Binds the package to a database: identity in front matter and in the checks that expect it. */
export function bindPackage(
  root: string,
  identity: Pick<Identity, 'system_identifier' | 'database' | 'role'>,
): void {
  const file = join(root, EXAMPLE.package);
  let text = readFileSync(file, 'utf8');
  const field = (name: string) => new RegExp(`^(  ${name}: ).*$`, 'm').exec(text)?.[0].split(': ')[1]?.trim();
  const before = field('system_identifier');
  if (before === undefined) throw new Error(`${EXAMPLE.package} names no system identifier`);
  text = text.replaceAll(before, identity.system_identifier);
  text = text.replace(/^( {2}database: ).*$/m, `$1${identity.database}`);
  text = text.replace(/^( {2}role: ).*$/m, `$1${identity.role}`);
  writeFileSync(file, text);
}

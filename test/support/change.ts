import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/base/digest.js';
import { repinExample } from '../../src/demo/repin.js';
import type { Identity } from '../../src/target/identity.js';
import { publishRehearsal } from './rehearsal.js';

/** Paths of a generated change's documents. */
export const DOCUMENTS = {
  law: 'knowledge/law.md',
  base: 'knowledge/base.sql.md',
  ddl: 'knowledge/item.sql.md',
  ddlReview: 'knowledge/reviews/item-ddl-review.md',
  package: 'knowledge/package.md',
  packageReview: 'knowledge/reviews/item-package-review.md',
  dryRun: 'knowledge/reports/dry-run.md',
  dryRunReview: 'knowledge/reviews/item-dry-run-review.md',
  execution: 'knowledge/reports/execution.md',
} as const;

/** Name of the target in the generated package and configuration, and the variable that holds its URL. */
export const TARGET = 'production';
export const URL_VARIABLE = 'TEST_TARGET_URL';
export const CHANGE = 'test-change';

/** State before the change: one row in `app.base`, none in `app.log`. */
export const BASE_SQL = `CREATE SCHEMA app;

CREATE TABLE app.base (
    id    integer NOT NULL,
    label text,
    CONSTRAINT base_pkey PRIMARY KEY (id)
);

CREATE TABLE app.log (
    note text NOT NULL
);
`;
export const FIXTURE_SQL = "INSERT INTO app.base (id, label) VALUES (1, 'one');\n";

/** What a test says otherwise than the change that works: one new table, one new row of `app.base`. */
export interface ChangeParts {
  readonly migration?: string;
  readonly rollback?: string;
  readonly preflight?: string;
  readonly verify?: string;
  readonly scope?: {
    readonly creates?: string[];
    readonly alters?: string[];
    readonly drops?: string[];
    readonly writesRows?: string[];
    readonly writesRowsIndirectly?: string[];
  };
  /** What the ddl document allows besides: `[dynamic-sql]`. */
  readonly allows?: string;
  readonly policy?: 'on-verification-failure' | 'by-hand';
  readonly maxAgeSeconds?: number;
  readonly lockTimeout?: string;
  readonly statementTimeout?: string;
  readonly targetName?: string;
  /** `server_major` of the target: `{ min: 15, max: 18 }`. */
  readonly serverMajor?: string;
  /** Rows that a rehearsal starts from. */
  readonly fixture?: string;
  /** Text of the ddl document between its front matter and the migration. */
  readonly prose?: string;
  /** Front matter of the package's review, in place of a pass that allows execution. */
  readonly packageVerdict?: string;
  /** Parts of the identity that the package names, in place of the database's own. */
  readonly identity?: Partial<Binding>;
  /** Mark of an enrolled target; without it the package says that there is no ledger. */
  readonly marker?: string;
  readonly ledger?: 'required';
  /** Further lines of the package's target. */
  readonly targetLines?: string;
  /** The configuration's entry of the target. */
  readonly target?: string;
  /** False where the package was not rehearsed. */
  readonly rehearsed?: false;
}

export type Binding = Pick<Identity, 'system_identifier' | 'database' | 'role'>;

export const CREATE_ITEM = `CREATE TABLE app.item (
    id    integer NOT NULL,
    label text,
    CONSTRAINT item_pkey PRIMARY KEY (id)
);
`;

const MIGRATION = `${CREATE_ITEM}
INSERT INTO app.base (id, label) VALUES (2, 'two');
`;

const ROLLBACK = `DELETE FROM app.base WHERE id = 2;

DROP TABLE app.item;
`;

const PREFLIGHT = `-- PF-1: migration digest
-- evidence: provenance.migration_sha256
-- expect: ${'0'.repeat(64)}

-- PF-2: rows of app.base
-- expect: 1
SELECT count(*) FROM app.base;

-- PF-3: app.item is absent
-- expect: t
SELECT to_regclass('app.item') IS NULL;
`;

/** The checks of the change that works; a test adds to them. */
export const VERIFY = `-- V-1: rows of app.item
-- expect: 0
SELECT count(*) FROM app.item;

-- V-2: rows of app.base
-- expect: baseline + 1
SELECT count(*) FROM app.base;

-- V-3: rows of app.log
-- expect: baseline
SELECT count(*) FROM app.log;

-- V-4: catalogue delta
-- evidence: catalogue.delta
-- expect: + table app.item

-- V-5: the database after the migration
-- evidence: identity.database
-- expect: @database@
`;

/** Besides, a check that holds inside the transaction, which has the new table locked, and never after it. */
export const ONLY_INSIDE = `${VERIFY}
-- V-9: app.item is locked
-- expect: t
SELECT count(*) > 0
FROM pg_catalog.pg_locks AS l
WHERE l.relation = to_regclass('app.item')::oid AND l.mode = 'AccessExclusiveLock';
`;

/** Makes a temporary folder with a change in it, whose package means the database of `binding`. */
export async function writeChange(binding: Binding, parts: ChangeParts = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'probatum-change-'));
  const named = { ...binding, ...parts.identity };
  write(root, 'probatum.config.yaml', configuration(parts));
  write(root, DOCUMENTS.law, LAW);
  write(root, DOCUMENTS.base, baseDocument(parts.fixture ?? FIXTURE_SQL));
  write(root, DOCUMENTS.ddl, ddlDocument(parts));
  write(root, DOCUMENTS.package, packageDocument(named, parts));
  write(root, DOCUMENTS.ddlReview, review(DOCUMENTS.ddlReview, DOCUMENTS.ddl, 'verdict: pass'));
  const allowing = parts.packageVerdict ?? 'verdict: pass\nallows: [production-execution]';
  write(root, DOCUMENTS.packageReview, review(DOCUMENTS.packageReview, DOCUMENTS.package, allowing));
  await repinExample(root);
  if (parts.rehearsed !== false) await rehearsed(root);
  return root;
}

/** Adds a rehearsal of the package as it is now, and a passing review of it; where the package has no plan, nothing. */
export async function rehearsed(root: string): Promise<void> {
  const path = await publishRehearsal(root, DOCUMENTS.package);
  if (path === null) return;
  const text = review(DOCUMENTS.dryRunReview, path, 'verdict: pass');
  const digest = sha256(readFileSync(join(root, path)));
  write(root, DOCUMENTS.dryRunReview, text.replace(NOTHING, digest));
}

export function removeChange(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function configuration({ target }: ChangeParts): string {
  const entry = target ?? `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n`;
  return `corpus:\n  - knowledge/**/*.md\ntargets:\n  ${TARGET}:\n${entry}`;
}

const NOTHING = '0'.repeat(64);

function header(kind: string, path: string, rest: string): string {
  const author = kind === 'review' ? 'test verifier' : 'test author';
  const roles = `author: ${author}\nsovereign: test sovereign\nverifier: test verifier\n`;
  return `---\nkind: ${kind}\ndocument_path: ${path}\nchange: ${CHANGE}\nrevision: r1\ndate: 2026-05-16\n${roles}${rest}---\n\n`;
}

function pin(path: string, indent = '  '): string {
  return `${indent}document: ${path}\n${indent}revision: r1\n${indent}sha256: ${NOTHING}\n`;
}

const STEPS: readonly (readonly [string, string])[] = [
  ['C-00', 'provenance'],
  ['GUARD', 'identity'],
  ['C-01', 'backup'],
  ['C-02', 'backup-digest'],
  ['C-03', 'schema-snapshot'],
  ['C-04', 'row-counts'],
  ['C-05', 'preflight'],
  ['C-06', 'migration'],
  ['C-07', 'verification'],
  ['C-08', 'rollback'],
];

/** Ids of the law's commands, with the executor's own, in the order in which they run. */
export const COMMANDS: readonly string[] = STEPS.flatMap(([id]) => (id === 'GUARD' ? [id, 'LOCK'] : [id]));

const GATES: readonly (readonly [string, string, string])[] = [
  ['G-01', 'backup-restorable', 'C-06'],
  ['G-02', 'backup-age', 'C-06'],
  ['G-03', 'ddl-staged', 'C-06'],
  ['G-04', 'identity', 'C-01'],
  ['G-11', 'ddl-provenance', 'C-00'],
];

const LAW = `${header(
  'law',
  DOCUMENTS.law,
  `protocol:\n  commands:\n${STEPS.map(([id, step]) => `    - id: ${id}\n      step: ${step}\n`).join('')}` +
    `  gates:\n${GATES.map(
      ([id, gate, to]) =>
        `    - id: ${id}\n      gate: ${gate}\n      applies_to: ${to}\n${id === 'G-02' ? '      max_age_seconds: 3600\n' : ''}`,
    ).join('')}`,
)}# Protocol of the tests\n`;

const fence = (role: string, sql: string) => `\`\`\`sql ${role}\n${sql.trimEnd()}\n\`\`\`\n`;

function baseDocument(fixture: string): string {
  const scope =
    'scope:\n  creates: [schema app, app.base, app.log]\n  alters: []\n  drops: []\n  writes_rows: []\ndepends_on: []\n';
  const down = 'DROP TABLE app.log;\n\nDROP TABLE app.base;\n\nDROP SCHEMA app;\n';
  return `${header('ddl', DOCUMENTS.base, scope)}# Base\n\n${fence('migration', BASE_SQL)}\n${fence('rollback', down)}\n${fence('fixture', fixture)}`;
}

function ddlDocument({ scope = {}, prose = '', migration, rollback, allows }: ChangeParts): string {
  const list = (names: readonly string[]) => `[${names.join(', ')}]`;
  const front = `scope:
  creates: ${list(scope.creates ?? ['app.item'])}
  alters: ${list(scope.alters ?? [])}
  drops: ${list(scope.drops ?? [])}
  writes_rows: ${list(scope.writesRows ?? (migration === undefined ? ['app.base'] : []))}
${scope.writesRowsIndirectly ? `  writes_rows_indirectly: ${list(scope.writesRowsIndirectly)}\n` : ''}depends_on:
  - document: ${DOCUMENTS.base}
    revision: r1
    sha256: ${NOTHING}
    migration_sha256: ${NOTHING}
${allows === undefined ? '' : `allows: ${allows}\n`}`;
  return `${header('ddl', DOCUMENTS.ddl, front)}# Item\n\n${prose}${fence('migration', migration ?? MIGRATION)}\n${fence('rollback', rollback ?? ROLLBACK)}`;
}

function packageDocument(named: Binding, parts: ChangeParts): string {
  const front = `law:
${pin(DOCUMENTS.law)}ddl:
${pin(DOCUMENTS.ddl)}  migration_sha256: ${NOTHING}
  rollback_sha256: ${NOTHING}
target:
  name: ${parts.targetName ?? TARGET}
  system_identifier: ${named.system_identifier}
  database: ${named.database}
  role: ${named.role}${parts.serverMajor ? `\n  server_major: ${parts.serverMajor}` : ''}
${enrolment(parts)}limits:
  lock_timeout: ${parts.lockTimeout ?? '5s'}
  statement_timeout: ${parts.statementTimeout ?? '60s'}
gates:
  - id: G-02
    max_age_seconds: ${parts.maxAgeSeconds ?? 600}
rollback: ${parts.policy ?? 'on-verification-failure'}
reports:
  dry_run: ${DOCUMENTS.dryRun}
  execution: ${DOCUMENTS.execution}
non_scope:
  - statement: No row was written to app.log
    proved_by: [V-3]
  - statement: Nothing was deployed
    declared: outside the database; the operator says so
next:
  - Wait for the review of the report
`;
  const verify = (parts.verify ?? VERIFY).replaceAll('@database@', named.database);
  return `${header('command-package', DOCUMENTS.package, front)}# Package\n\n${fence('preflight', parts.preflight ?? PREFLIGHT)}\n${fence('verify', verify)}`;
}

function enrolment({ marker, ledger, targetLines = '' }: ChangeParts): string {
  if (marker !== undefined) return `  marker: ${marker}\n${targetLines}`;
  return ledger === 'required' ? targetLines : `  ledger: none\n${targetLines}`;
}

function review(path: string, subject: string, rest: string): string {
  return `${header('review', path, `subject:\n${pin(subject)}${rest}\n`)}# Review\n`;
}

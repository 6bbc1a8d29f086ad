import { sha256 } from '../../src/base/digest.js';
import { readEntry } from '../../src/model/entry.js';
import { buildModel } from '../../src/model/model.js';
import { parseDocument } from '../../src/parse/parse-document.js';
import { SourceText } from '../../src/parse/source-text.js';
import { buildPlan } from '../../src/plan/build-plan.js';
import type { Plan } from '../../src/plan/plan.js';
import type { SqlUnit } from '../../src/sql/facts.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readSql } from '../../src/sql/read-sql.js';
import { UnitText } from '../../src/sql/unit-text.js';

/** The built-in protocol, as a law's front matter writes it. */
export const COMMANDS = [
  'C-00 provenance',
  'GUARD identity',
  'C-01 backup',
  'C-02 backup-digest',
  'C-03 schema-snapshot',
  'C-04 row-counts',
  'C-05 preflight',
  'C-06 migration',
  'C-07 verification',
  'C-08 rollback',
];

/** What a test may change of the small corpus; the pins between its documents always hold. */
export interface Small {
  /** `ID step` each, in order. */
  readonly commands: readonly string[];
  /** `ID gate COMMAND [seconds]` each. */
  readonly gates: readonly string[];
  /** `ID seconds` each: the package's own limits. */
  readonly ownGates: readonly string[];
  readonly limits: string;
  readonly preflight: string;
  readonly verify: string;
}

const DEFAULTS: Small = {
  commands: COMMANDS,
  gates: ['G-02 backup-age C-06 3600', 'G-04 identity C-01'],
  ownGates: [],
  limits: '{ lock_timeout: 5s, statement_timeout: 2min }',
  preflight: '-- PF-1: one is one\n-- expect: 1\nSELECT 1;\n',
  verify: '-- V-01: one is one\n-- expect: 1\nSELECT 1;\n',
};

const MIGRATION = 'CREATE TABLE shop.parcel (parcel_id bigint NOT NULL);\n';
const ROLLBACK = 'DROP TABLE shop.parcel;\n';

/** The plan of a corpus of three documents in memory. @throws what `buildPlan` throws */
export async function planOf(changes: Partial<Small> = {}): Promise<Plan> {
  await loadGrammar();
  const small = { ...DEFAULTS, ...changes };
  const law = header('law', 'law.md', [
    'protocol:',
    '  commands:',
    ...small.commands.map((line) => flow(['id', 'step'], line)),
    '  gates:',
    ...small.gates.map((line) => flow(['id', 'gate', 'applies_to', 'max_age_seconds'], line)),
  ]);
  const ddl = `${header('ddl', 'ddl.sql.md', [
    'scope: { creates: [shop.parcel], alters: [], drops: [], writes_rows: [] }',
    'depends_on: []',
  ])}${fence('migration', MIGRATION)}${fence('rollback', ROLLBACK)}`;
  const pack = `${header('command-package', 'package.md', [
    `law: { document: knowledge/law.md, revision: r1, sha256: ${sha256(law)} }`,
    'ddl:',
    '  document: knowledge/ddl.sql.md',
    '  revision: r1',
    `  sha256: ${sha256(ddl)}`,
    `  migration_sha256: ${sha256(MIGRATION)}`,
    `  rollback_sha256: ${sha256(ROLLBACK)}`,
    "target: { name: shop, system_identifier: '1', database: shop, role: owner }",
    `limits: ${small.limits}`,
    ...(small.ownGates.length > 0 ? ['gates:'] : []),
    ...small.ownGates.map((line) => flow(['id', 'max_age_seconds'], line)),
    'rollback: by-hand',
    'reports: { dry_run: knowledge/dry-2026-02-01.md, execution: knowledge/run.md }',
  ])}${fence('preflight', small.preflight)}${fence('verify', small.verify)}`;
  const read = Object.entries({ 'law.md': law, 'ddl.sql.md': ddl, 'package.md': pack }).map(
    ([name, text]) => {
      const bytes = Buffer.from(text);
      const document = parseDocument(`knowledge/${name}`, bytes);
      return { ...readEntry(document, readSql(document, bytes)), bytes };
    },
  );
  const model = buildModel(read, ['knowledge/**/*.md'], () => true);
  const bytesOf = (path: string, unit: SqlUnit) => {
    const { bytes } = read.find(({ document }) => document.path === path)!;
    return new UnitText(new SourceText(bytes), unit.ranges).bytes;
  };
  return buildPlan(model, 'knowledge/package.md', ({ document }, unit) => bytesOf(document.path, unit));
}

function header(kind: string, name: string, lines: readonly string[]): string {
  const common = [`kind: ${kind}`, `document_path: knowledge/${name}`, 'change: parcel', 'revision: r1'];
  return `---\n${[...common, 'date: 2026-02-01', ...lines].join('\n')}\n---\n\n# ${name}\n\n`;
}

/** One item of a list as a YAML flow mapping; words that are left out have no key. */
function flow(keys: readonly string[], line: string): string {
  const words = line.split(' ');
  return `    - { ${words.map((word, index) => `${keys[index]}: ${word}`).join(', ')} }`;
}

function fence(role: string, sql: string): string {
  return `\`\`\`sql ${role}\n${sql}\`\`\`\n\n`;
}

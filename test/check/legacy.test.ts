import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { sha256 } from '../../src/base/digest.js';
import { defaultConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';

/*
 * A report as people wrote it before the format: a bare header, headings without marks, no blank lines, a table
 * header broken over lines, bars in cells. It must be read as it was meant, and what is wrong shown at its place.
 */

const MIGRATION = 'CREATE TABLE shop.parcel (\n    parcel_id bigint NOT NULL,\n    label text\n);\n';

const DDL = `---
kind: ddl
document_path: knowledge/parcel-ddl.sql.md
change: parcel
revision: r1
date: 2026-02-01
scope:
  creates: [shop.parcel]
  alters: []
  drops: []
  writes_rows: []
depends_on: []
---

\`\`\`sql migration
${MIGRATION}\`\`\`
`;

const REPORT = `Parcel change — Execution Report (2026-02-03)
Parcel change — Execution Report
document_path: knowledge/parcel-report.md
revision: r1
date: 2026-02-03
author: Agent
execution_status: success
One table added; nothing else touched.
§1 — Artefacts
| Artefact | Path |
Size | SHA256 |
|---|---|---|---|
| Backup | before.dump |
12 | ${'7a'.repeat(32)} |
ddl_sha256: ${'0'.repeat(64)} (as reviewed)
§2 — Commands
| Cmd | Action | Result |
|---|---|---|
| C-01 | backup | sha 7a7a7a7a… |
| C-06 | migration | rc=0 |
§3 — Verification (ALL PASS)
| ID | Check | Expected | Observed | Result |
|---|---|---|---|---|
| V-01 | shop.parcel exists | shop.parcel | same | PASS |
| V-02 | parcel column count | 3 | 3 | PASS |
| V-03 | parcel rows | 0 (== pre) | 0 | PASS |
| V-04 | parcel rows|newest | 0|none | identical | PASS |
| V-05 | other tables | 4 | 5 | PASS |
V-06 — satisfied by V-01 and V-05.
§4 — Objects
shop.parcel:
columns: 3 (counted; NOT 4)
primary_key: none
§5 — Cross-References
ddl (r2): knowledge/parcel-ddl.sql.md
backup log: knowledge/parcel-*-log.md
See §9 for the rest.
`;

let root: string;
let found: readonly Diagnostic[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'probatum-legacy-'));
  const files = { 'knowledge/parcel-ddl.sql.md': DDL, 'knowledge/parcel-report.md': REPORT };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  found = (await compile(defaultConfig(root))).diagnostics;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Findings of a rule, each with its severity and place; the place is found in the text, not counted by hand. */
function of(rule: string) {
  return found
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ severity, position: { start, end } }) => {
      const line = REPORT.split('\n')[start.line - 1]!;
      return { severity, line: start.line, text: line.slice(start.column - 1, end.column - 1) };
    });
}

describe('a report that was written before the format', () => {
  it('has findings in itself only', () => {
    expect(new Set(found.map(({ file }) => file))).toEqual(new Set(['knowledge/parcel-report.md']));
  });

  it('is warned of its bare header, at the header', () => {
    const [warning, ...more] = found.filter(({ ruleId }) => ruleId === 'front-matter-required');
    expect(warning).toMatchObject({
      severity: 'warning',
      position: { start: { line: 3, column: 1 }, end: { line: 7, column: 26 } },
    });
    expect(more).toEqual([]);
  });

  it('has its tables told apart, and the broken ones shown', () => {
    expect(of('malformed-table')).toEqual([
      { severity: 'error', line: 12, text: '|---|---|---|---|' },
      { severity: 'error', line: 27, text: 'identical | PASS' },
    ]);
  });

  it('is warned where a word stands for an observed value, and told where PASS is wrong', () => {
    expect(of('pass-means-equal')).toEqual([
      { severity: 'warning', line: 24, text: 'same' },
      { severity: 'error', line: 28, text: '5' },
    ]);
  });

  it('has its counts of columns compared with the SQL', () => {
    expect(of('column-count-claims')).toEqual([
      { severity: 'error', line: 25, text: '3' },
      { severity: 'error', line: 25, text: '3' },
      { severity: 'error', line: 32, text: '3' },
    ]);
  });

  it('has its digest, revision, ids, sections and paths compared with the corpus', () => {
    expect(of('sql-digest-matches')).toEqual([{ severity: 'error', line: 15, text: '0'.repeat(64) }]);
    expect(of('no-stale-revision')).toEqual([{ severity: 'error', line: 35, text: 'r2' }]);
    expect(of('no-undefined-id')).toEqual([
      { severity: 'error', line: 29, text: 'V-06' },
      { severity: 'error', line: 37, text: '§9' },
    ]);
    expect(of('no-empty-glob')).toEqual([{ severity: 'error', line: 36, text: 'knowledge/parcel-*-log.md' }]);
    expect(found.find(({ ruleId }) => ruleId === 'sql-digest-matches')?.expected).toBe(sha256(MIGRATION));
  });

  it('has no other findings', () => {
    expect(found).toHaveLength(1 + 2 + 2 + 3 + 1 + 1 + 2 + 1);
  });
});

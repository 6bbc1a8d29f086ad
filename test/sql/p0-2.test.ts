import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivedChecks } from '../../src/sql/derived-checks.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readText } from './read.js';

/* The SQL of the project's own change, read from its document. */

beforeAll(loadGrammar);

const folder = new URL('../../knowledge/dev/laws/dieu44-trien-khai/v0.2-ddl-authoring/', import.meta.url);
const documents = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith('.sql.md'));
const read = (name: string) => readText(readFileSync(new URL(name, folder), 'utf8'));
const NAME = 'dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md';

it.each(documents)('%s has no problem', (name) => {
  const { units, problems } = read(name);
  expect(problems).toEqual([]);
  expect(units.map(({ role }) => role)).toContain('migration');
});

describe('the P0-2 migration', () => {
  it('creates two tables inside of its pair, and locks nothing that is in use', () => {
    const [migration, rollback] = read(NAME).units;
    expect(
      migration!.statements.map(({ node, transaction, effects, locks }) => [
        node,
        transaction,
        effects,
        locks,
      ]),
    ).toEqual([
      ['TransactionStmt', 'begin', [], []],
      [
        'CreateStmt',
        null,
        [{ action: 'create', kind: 'table', name: 'cutter_governance.manifest_envelope' }],
        [],
      ],
      [
        'CreateStmt',
        null,
        [{ action: 'create', kind: 'table', name: 'cutter_governance.manifest_unit_block' }],
        [],
      ],
      ['TransactionStmt', 'commit', [], []],
    ]);
    expect(
      rollback!.statements.map(({ effects }) => effects.map(({ action, name }) => `${action} ${name}`)),
    ).toEqual([['drop cutter_governance.manifest_unit_block'], ['drop cutter_governance.manifest_envelope']]);
  });

  it('is proved by its derived checks', () => {
    const checks = derivedChecks(read(NAME).units[0]!.statements, []);
    expect(
      checks.map(({ id, table, subject, expected }) => [id, table, subject, expected]),
    ).toMatchInlineSnapshot(`
      [
        [
          "D-01",
          "cutter_governance.manifest_envelope",
          "columns",
          [
            "envelope_id uuid",
            "manifest_version text",
            "source_document_path text",
            "source_document_revision text",
            "source_document_sha256 text",
            "target_schema text",
            "target_table text",
            "identity_profile text",
            "unit_count bigint",
            "manifest_sha256 text",
            "prepared_by text",
            "prepared_at timestamp with time zone",
          ],
        ],
        [
          "D-02",
          "cutter_governance.manifest_envelope",
          "primary-key",
          [
            "PRIMARY KEY (envelope_id)",
          ],
        ],
        [
          "D-03",
          "cutter_governance.manifest_envelope",
          "foreign-keys",
          [],
        ],
        [
          "D-04",
          "cutter_governance.manifest_envelope",
          "check-constraints",
          [
            "0",
          ],
        ],
        [
          "D-05",
          "cutter_governance.manifest_envelope",
          "column-defaults",
          [
            "0",
          ],
        ],
        [
          "D-06",
          "cutter_governance.manifest_envelope",
          "triggers",
          [
            "0",
          ],
        ],
        [
          "D-07",
          "cutter_governance.manifest_unit_block",
          "columns",
          [
            "envelope_id uuid",
            "unit_local_id text",
            "block_ordinal bigint",
            "parent_local_id text",
            "unit_kind text",
            "section_path text",
            "canonical_address text",
            "title text",
            "body_text text",
            "content_sha256 text",
            "source_start_offset bigint",
            "source_end_offset bigint",
            "recorded_at timestamp with time zone",
          ],
        ],
        [
          "D-08",
          "cutter_governance.manifest_unit_block",
          "primary-key",
          [
            "PRIMARY KEY (envelope_id, unit_local_id)",
          ],
        ],
        [
          "D-09",
          "cutter_governance.manifest_unit_block",
          "foreign-keys",
          [
            "FOREIGN KEY (envelope_id) REFERENCES cutter_governance.manifest_envelope(envelope_id)",
          ],
        ],
        [
          "D-10",
          "cutter_governance.manifest_unit_block",
          "check-constraints",
          [
            "0",
          ],
        ],
        [
          "D-11",
          "cutter_governance.manifest_unit_block",
          "column-defaults",
          [
            "0",
          ],
        ],
        [
          "D-12",
          "cutter_governance.manifest_unit_block",
          "triggers",
          [
            "0",
          ],
        ],
        [
          "D-13",
          null,
          "catalogue-delta",
          [
            "+ table cutter_governance.manifest_envelope",
            "+ table cutter_governance.manifest_unit_block",
          ],
        ],
        [
          "D-14",
          null,
          "rows-written",
          [],
        ],
        [
          "D-15",
          null,
          "scope",
          [],
        ],
        [
          "D-16",
          null,
          "given-parts",
          [],
        ],
      ]
    `);
  });
});

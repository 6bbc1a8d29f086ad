import { afterEach, describe, expect, test } from 'vitest';
import { plan } from '../../src/commands/plan.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import { olderServers } from '../../src/plan/older-servers.js';
import { loadOlderGrammar } from '../../src/sql/older-grammars.js';
import { type ChangeParts, DOCUMENTS, removeChange, writeChange } from '../support/change.js';
import { environmentOf } from '../support/run-probatum.js';

const NAMED = { system_identifier: '7000000000000000001', database: 'd', role: 'r' };
/** A constraint of PostgreSQL 15, below a line with a character of four bytes. */
const PARTS: ChangeParts = {
  migration: `-- 😀
CREATE TABLE app.item (id integer, label text, UNIQUE NULLS NOT DISTINCT (label));
INSERT INTO app.base (id, label) VALUES (2, 'two');
`,
  scope: { writesRows: ['app.base'] },
};

describe('a plan for servers that are older than the grammar', () => {
  let root: string | undefined;
  afterEach(() => {
    if (root !== undefined) removeChange(root);
  });

  async function planned(parts: ChangeParts) {
    root = await writeChange(NAMED, parts);
    const { environment, printed } = environmentOf(root);
    const code = await plan(environment, DOCUMENTS.package, { format: 'pretty' });
    return { code, ...printed };
  }

  test.each(['{ min: 13, max: 15 }', '{ min: 13, max: 18 }', undefined])(
    'is refused where one of them would refuse it: %s',
    async (serverMajor) => {
      const { code, err, out } = await planned({ ...PARTS, ...(serverMajor ? { serverMajor } : {}) });
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).toContain(
        'error: PostgreSQL 13 refuses it: syntax error at or near "NULLS" [sql-syntax]\n',
      );
      expect(err).toMatch(
        /--> knowledge\/item\.sql\.md:\d+:55\n\d+ \| CREATE TABLE app\.item .*\n +\| +\^{5}\n/,
      );
      expect(err).toContain('from which server_major on it runs');
    },
  );

  test.each(['{ min: 15, max: 15 }', '{ min: 15, max: 18 }', '{ min: 18, max: 18 }'])(
    'is made where all take it: %s',
    async (serverMajor) => {
      const { code, err } = await planned({ ...PARTS, serverMajor });
      expect({ code, err }).toEqual({ code: 0, err: '' });
    },
  );

  test('says which grammars could not be asked, and asks the others', async () => {
    root = await writeChange(NAMED, { ...PARTS, serverMajor: '{ min: 13, max: 16 }' });
    const prepared = preparePlan(await compile(loadConfig(root)), DOCUMENTS.package);
    if (!('plan' in prepared)) throw new Error('no plan');
    const load = async (major: number) => (major === 13 ? loadOlderGrammar(13) : null);
    const { errors, missing } = await olderServers(prepared.plan, prepared.bytes, load);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^PostgreSQL 13 refuses it/),
    ]);
    expect(missing).toEqual([16, 15]);
  });

  test('says the newest that refuses, once for each statement, in checks and in the rollback', async () => {
    const { code, err } = await planned({
      migration:
        'CREATE TABLE app.item (id integer, twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL);\nINSERT INTO app.base (id) VALUES (2);\n',
      rollback: 'DELETE FROM app.base WHERE id = 2 RETURNING WITH (OLD AS o) o.id;\nDROP TABLE app.item;\n',
      verify: "-- V-3: json\n-- expect: t\nSELECT '{}' IS JSON;\n",
      scope: { writesRows: ['app.base'] },
    });
    expect(code).toBe(1);
    expect(err.match(/PostgreSQL \d+ refuses it: .*/g)).toEqual([
      'PostgreSQL 17 refuses it: syntax error at or near "VIRTUAL" [sql-syntax]',
      'PostgreSQL 17 refuses it: syntax error at or near "WITH" [sql-syntax]',
      'PostgreSQL 15 refuses it: syntax error at or near "JSON" [sql-syntax]',
    ]);
  });
});

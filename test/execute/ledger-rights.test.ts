import { describe, expect, test } from 'vitest';
import { enroll } from '../../src/commands/enroll.js';
import { removeChange, TARGET, URL_VARIABLE, writeChange } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, runQuick } from '../support/run-probatum.js';

let roles = 0;

describe.skipIf(requirePostgres() === null)(
  'a role without rights on the ledger of an enrolled target',
  () => {
    const lane = postgresLane();

    /** An enrolled target, and a package that means it as a role that may log in and what `grants` say. */
    async function asRole(grants: string) {
      const change = await enrolledChange(lane);
      const [row] = await change.query('SELECT marker::text AS marker FROM probatum.target');
      roles += 1;
      const role = `weak_${roles}`;
      await change.query(`CREATE ROLE ${role} LOGIN PASSWORD 'weak';${grants.replaceAll('@', role)}`);
      const root = await writeChange({ ...change.identity, role }, { marker: String(row!.marker) });
      lane.atEnd(() => removeChange(root));
      return { root, url: change.url.replace(/\/\/[^@]+@/, `//${role}:weak@`), role };
    }

    const SELECT = 'GRANT USAGE ON SCHEMA probatum TO @; GRANT SELECT ON ALL TABLES IN SCHEMA probatum TO @;';

    test.each<[string, string, string]>([
      ['write to it', SELECT, 'enrolled, but this role may not write to it'],
      [
        'read the ledger',
        'GRANT USAGE ON SCHEMA probatum TO @; GRANT SELECT ON probatum.target TO @; GRANT INSERT ON probatum.run TO @;',
        'enrolled, but this role may not read it',
      ],
      ['use its schema', '', 'enrolled, but this role may not read it'],
    ])('which may not %s: GUARD says so, before anything is done', async (_, grants, observed) => {
      const { root, url } = await asRole(grants);
      const { record } = await expectRun(root, await runQuick(root, url), {
        code: 1,
        status: 'aborted',
        outcome: 'none',
      });
      expect(record.steps.map(({ id }) => id)).toEqual(['C-00', 'GUARD']);
      expect(record.reason).toContain(`ledger is ${observed}, expected enrolled`);
    });

    test('does not take it for one that is not enrolled', async () => {
      const { root, url, role } = await asRole('');
      const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url });
      await expect(enroll(environment, TARGET, { write: true, format: 'pretty' })).rejects.toThrow(
        `target ${TARGET} is enrolled, but role ${role} may not read it`,
      );
      expect(printed.out).toBe('');
    });
  },
);

describe.skipIf(requirePostgres() === null)('a role that owns what it changes, and nothing else', () => {
  const lane = postgresLane();

  test('is told what it has to be able to read, and runs when it may', async () => {
    const change = await lane.make({}, 'CREATE SCHEMA other; CREATE TABLE other.t (id integer);');
    await change.query(`CREATE ROLE least LOGIN PASSWORD 'weak'; GRANT CREATE ON SCHEMA app TO least;
      ALTER SCHEMA app OWNER TO least; ALTER TABLE app.base OWNER TO least; ALTER TABLE app.log OWNER TO least;`);
    const url = change.url.replace(/\/\/[^@]+@/, '//least:weak@');
    const end = { code: 1, status: 'aborted', outcome: 'none' } as const;
    const root = await writeChange({ ...change.identity, role: 'least' });
    lane.atEnd(() => removeChange(root));
    const denied = await expectRun(root, await runQuick(root, url), end);
    expect(denied.record.reason).toMatch(/^C-01: .*permission denied for .*: GRANT pg_read_all_data TO it /);
    await change.query(
      'ALTER TABLE app.log ENABLE ROW LEVEL SECURITY; ALTER TABLE app.log OWNER TO CURRENT_USER;',
    );
    await change.query('GRANT pg_read_all_data TO least;');
    const { record } = await expectRun(root, await runQuick(root, url), end);
    expect(record.reason).toMatch(/^C-01: .*row-level security .*BYPASSRLS/);
    await change.query('ALTER ROLE least BYPASSRLS;');
    await expectRun(root, await runQuick(root, url), { code: 0, status: 'succeeded', outcome: 'committed' });
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { type ChangeParts, CREATE_ITEM, URL_VARIABLE, VERIFY } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { killedRun } from '../support/killed-run.js';
import { queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import {
  afterStep,
  environmentOf,
  newestRun,
  onceAt,
  psql,
  runHere,
  runQuick,
} from '../support/run-probatum.js';

const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;

/** Writes rows inside a subtransaction, as a trigger with an exception block does. */
const TRIGGER = `CREATE TABLE app.audit (note text);
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN BEGIN INSERT INTO app.audit VALUES (repeat('x', 10)); EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();`;

describe.skipIf(requirePostgres() === null)('the proofs of what a run wrote', () => {
  const lane = postgresLane();

  async function proofsOf(prepare: string, parts: ChangeParts = {}) {
    const change = await lane.make(parts, prepare);
    const { record, report } = await expectRun(
      change.root,
      await runQuick(change.root, change.url),
      SUCCEEDED,
    );
    const proofs = new Map<string, (typeof record.proofs)[number]>(
      record.proofs.map((one) => [one.name, one]),
    );
    return { proofs, report };
  }

  test('say what they saw, and which of them were not available', async () => {
    const { proofs, report } = await proofsOf('CREATE SEQUENCE app.still;');
    expect(proofs.get('row counters')?.observed).toEqual(['app.base: 1 inserted, 0 updated, 0 deleted']);
    expect(proofs.get('data files')?.observed).toEqual([]);
    expect(proofs.get('sequences')?.observed).toEqual([]);
    expect(proofs.get('unlogged tables')?.observed).toEqual([]);
    expect(proofs.get('write-ahead log')).toMatchObject({
      observed: null,
      reason: 'the extension pg_walinspect is not installed in this database',
    });
    expect(report).toMatch(/\| write-ahead log \| no \| nothing \|/);
    expect(report).toMatch(/\| row counters \| yes \|/);
  });

  test('show a sequence that a default moved, and what is written in an unlogged table', async () => {
    const { proofs } = await proofsOf(
      `CREATE SEQUENCE app.moved; CREATE UNLOGGED TABLE app.fast (n int);
       CREATE FUNCTION app.next() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM nextval('app.moved'); RETURN NEW; END $$;
       CREATE TRIGGER tr BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.next();`,
      {
        migration:
          "INSERT INTO app.base (id, label) VALUES (2, 'two');\n\nINSERT INTO app.fast (n) VALUES (1);\n",
        rollback: 'DELETE FROM app.fast;\n\nDELETE FROM app.base WHERE id = 2;\n',
        scope: {
          creates: [],
          writesRows: ['app.base', 'app.fast'],
          writesRowsIndirectly: ['app.moved'],
        },
        preflight: `-- PF-1: migration digest\n-- evidence: provenance.migration_sha256\n-- expect: ${'0'.repeat(64)}\n`,
        verify: '-- V-3: rows of app.log\n-- expect: baseline\nSELECT count(*) FROM app.log;\n',
      },
    );
    expect(proofs.get('sequences')?.observed).toEqual(['app.moved']);
    expect(proofs.get('unlogged tables')?.observed).toEqual(['app.fast']);
  });

  const DRAWS = `CREATE SEQUENCE app.moved START 5000;
    CREATE FUNCTION app.next() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_catalog.nextval('app.moved'); RETURN NEW; END $$;
    CREATE TRIGGER tr BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.next();`;
  const ABORTED = { code: 1, status: 'aborted', outcome: 'not-committed' } as const;

  test.each<[string, ChangeParts]>([
    ['a check says no', { verify: VERIFY.replace('-- expect: 0', '-- expect: 3') }],
    [
      'a statement is refused',
      {
        migration: `${CREATE_ITEM}\nINSERT INTO app.base (id, label) VALUES (2, 'two');\n\nINSERT INTO app.base (id, label) VALUES (1, 'one');\n`,
        scope: { writesRows: ['app.base'] },
      },
    ],
  ])('name the sequence that stays moved where %s', async (_, parts) => {
    const change = await lane.make(parts, DRAWS);
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, ABORTED);
    expect(await change.query('SELECT is_called FROM app.moved')).toEqual([{ is_called: true }]);
    expect(record.proofs.findLast(({ name }) => name === 'sequences after ROLLBACK')?.observed).toEqual([
      'app.moved',
    ]);
    expect(report).toContain(
      'the migration was not committed and nothing was changed but for sequences, which no ROLLBACK takes back: app.moved moved, by this run or by others.',
    );
    expect(report).not.toContain('nothing was changed.');
  });

  test('do not say that sequences stand where they could not be read any more', async () => {
    const change = await lane.make({}, DRAWS);
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(
        (line) => line.type === 'statement-executed' && line.number === 2,
        () =>
          psql(
            change.url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'probatum' AND datname = current_database()",
          ),
      ),
    });
    const { report } = await expectRun(change.root, printed, ABORTED);
    expect(report).toContain('but for sequences, which no ROLLBACK takes back and which could not be read: ');
  });

  test('see every column of an unlogged table, whatever their names are', async () => {
    const { proofs } = await proofsOf(
      `CREATE UNLOGGED TABLE app.fast (t int, n int); INSERT INTO app.fast VALUES (1, 1);
       CREATE FUNCTION app.next() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN UPDATE app.fast SET n = n + 1; RETURN NEW; END $$;
       CREATE TRIGGER tr BEFORE UPDATE ON app.base FOR EACH ROW EXECUTE FUNCTION app.next();`,
      {
        migration: "UPDATE app.base SET label = 'two';\n\nDELETE FROM app.fast WHERE n < 0;\n",
        rollback: "UPDATE app.base SET label = 'one';\n",
        scope: { creates: [], writesRows: ['app.base', 'app.fast'] },
        preflight: `-- PF-1: migration digest\n-- evidence: provenance.migration_sha256\n-- expect: ${'0'.repeat(64)}\n`,
        verify: '-- V-3: rows of app.log\n-- expect: baseline\nSELECT count(*) FROM app.log;\n',
      },
    );
    expect(proofs.get('unlogged tables')?.observed).toEqual(['app.fast']);
  });

  test('read the write-ahead log, with rows of subtransactions, where its extension is installed', async ({
    skip,
  }) => {
    const change = await lane.make(
      {
        migration:
          "CREATE TABLE app.item (\n    id    integer NOT NULL,\n    label text,\n    CONSTRAINT item_pkey PRIMARY KEY (id)\n);\n\nINSERT INTO app.base (id, label) VALUES (2, 'two');\n\nDELETE FROM app.audit WHERE note IS NULL;\n",
        scope: { writesRows: ['app.base', 'app.audit'] },
      },
      TRIGGER,
    );
    const offered = await change.query("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_walinspect'");
    skip(offered.length === 0, 'this server does not offer pg_walinspect');
    await change.query('CREATE SCHEMA "Wal"; CREATE EXTENSION pg_walinspect SCHEMA "Wal"');
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-05'), () =>
        psql(change.url, "INSERT INTO app.log VALUES ('by somebody else')"),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.proofs.find(({ name }) => name === 'row counters')?.observed).toEqual([
      'app.audit: 1 inserted, 0 updated, 0 deleted',
      'app.base: 1 inserted, 0 updated, 0 deleted',
    ]);
    await change.query('DELETE FROM app.log');
    const again = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    expect(again.record.proofs.find(({ name }) => name === 'write-ahead log')).toMatchObject({
      observed: ['app.audit', 'app.base'],
      reason: null,
    });
  });

  describe('from the write-ahead log', () => {
    const INSTALL = 'CREATE SCHEMA wal; CREATE EXTENSION pg_walinspect SCHEMA wal;';
    const ALL = 'row counters,data files,sequences,unlogged tables,write-ahead log'.split(',');
    let offered = false;
    beforeAll(async () => {
      const url = await lane.server.createDatabase('offers');
      const rows = await queryOnce(url, "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_walinspect'");
      offered = rows.length > 0;
    });
    const needsExtension = (skip: (condition: boolean, note: string) => void) =>
      skip(!offered, 'this server does not offer pg_walinspect');

    async function resumedAfter(event: string) {
      const change = await enrolledChange(lane);
      await change.query(INSTALL);
      await killedRun(change.root, change.url, event);
      const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
      const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
      const left = await expectRun(change.root, { code, ...printed }, SUCCEEDED);
      expect(left.record.proofs.map(({ name }) => name)).toEqual(ALL);
      return { ...left, log: left.record.proofs.at(-1)! };
    }

    test('is not there where the run was interrupted before it was read, and the report says why', async ({
      skip,
    }) => {
      needsExtension(skip);
      const { log, report } = await resumedAfter('transaction-ended');
      const reason = 'resumed after a crash: the position before BEGIN went with the process that died';
      expect(log).toMatchObject({ observed: null, reason });
      expect(report).toContain(`| write-ahead log | no | nothing |  | ${reason} |`);
    });

    test('is what it was where the run was interrupted after it was read', async ({ skip }) => {
      needsExtension(skip);
      const { log } = await resumedAfter('proof-read:write-ahead log');
      expect(log).toMatchObject({ observed: ['app.base', 'probatum.run'], reason: null });
    });

    // What the role lacks: the right to call the function, or the way to it.
    test.for([
      ['to call its function', '', 'this role may not use pg_walinspect'],
      [
        'to use its schema',
        'GRANT EXECUTE ON FUNCTION wal.pg_get_wal_records_info(pg_lsn, pg_lsn) TO migrator;',
        'SQLSTATE 42501: permission denied for schema wal',
      ],
    ])(
      'is not there for a role without the right %s, and the run goes on',
      async ([, grant, reason], { skip }) => {
        needsExtension(skip);
        const change = await lane.make({ identity: { role: 'migrator' } });
        const [found] = await change.query("SELECT 1 FROM pg_roles WHERE rolname = 'migrator'");
        if (!found) await change.query("CREATE ROLE migrator LOGIN PASSWORD 'migrates'");
        await change.query(`${INSTALL} ${grant}
        ALTER SCHEMA app OWNER TO migrator; ALTER TABLE app.base OWNER TO migrator;
        ALTER TABLE app.log OWNER TO migrator;`);
        const url = new URL(change.url);
        [url.username, url.password] = ['migrator', 'migrates'];
        const { record, report } = await expectRun(
          change.root,
          await runQuick(change.root, url.href),
          SUCCEEDED,
        );
        expect(record.proofs.at(-1)).toMatchObject({ name: 'write-ahead log', observed: null, reason });
        expect(report).toMatch(/\| write-ahead log \| no \| nothing \|/);
      },
    );
  });
});

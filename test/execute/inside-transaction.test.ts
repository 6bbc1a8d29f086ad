import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChangeParts, CREATE_ITEM, DOCUMENTS, VERIFY } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { afterStep, onceAt, psql, runHere, runQuick } from '../support/run-probatum.js';

/** No expectation about rows of `app.base`: for migrations that write none. */
const ONLY_DIGEST = `-- PF-1: migration digest
-- evidence: provenance.migration_sha256
-- expect: ${'0'.repeat(64)}
`;
/** A rollback for migrations that create nothing. */
const TAKE_BACK = 'DELETE FROM app.base WHERE id = 2;\n';
const ONE_CHECK = `-- V-3: rows of app.log
-- expect: baseline
SELECT count(*) FROM app.log;
`;
const plain = (migration: string, parts: ChangeParts = {}): ChangeParts => ({
  migration,
  preflight: ONLY_DIGEST,
  verify: ONE_CHECK,
  ...parts,
});

describe.skipIf(requirePostgres() === null)('a migration that is not committed', () => {
  const lane = postgresLane();

  /** The transaction ended without COMMIT, and nothing of it is in the database. */
  async function expectUndone(change: PostgresChange, act = () => runQuick(change.root, change.url)) {
    const before = await change.catalogue();
    const rows = await change.query('SELECT * FROM app.base ORDER BY id');
    const printed = await act();
    const left = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
      secret: lane.server.password,
    });
    const { record, report } = left;
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-06' });
    expect(report).toContain('the migration was not committed and nothing was changed.');
    expect(report).toContain('- migration_outcome: not-committed');
    expect(report).toContain('- data_mutation: none: nothing was committed\n');
    expect(await change.catalogue()).toEqual(before);
    expect(await change.query('SELECT * FROM app.base ORDER BY id')).toEqual(rows);
    expect(await change.query('SELECT * FROM app.log')).toEqual([]);
    return { ...left, printed };
  }

  describe('because a check in the transaction says no', () => {
    test('one that fails', async () => {
      const change = await lane.make({ verify: VERIFY.replace('-- expect: 0', '-- expect: 3') });
      const { record, report } = await expectUndone(change);
      expect(record.reason).toBe('C-06: verification in the transaction: 14 of 15 PASS, 1 FAIL');
      expect(record.migration).toMatchObject({
        tag: 'ROLLBACK',
        decidedBy: `${record.reason.slice('C-06: '.length)}; COMMIT was not sent`,
      });
      expect(report).toContain('| V-1 | rows of app.item | 3 | 0 | FAIL | SQL |');
      expect(report).toContain('## §7 — Verification (0 of 14 PASS after COMMIT, 14 NOT RUN)');
      expect(report).toContain('- server_answers: CREATE TABLE / INSERT 0 1 / ROLLBACK');
    });

    test('one whose statement is refused: it fails, and spoils no other', async () => {
      const change = await lane.make({
        verify: `-- V-0: a division
-- expect: 1
SELECT 1 / count(*) FROM app.item;

${VERIFY}`,
      });
      const { record } = await expectUndone(change);
      const inside = record.checks.filter(({ moment }) => moment === 'in-transaction');
      expect(inside[0]).toMatchObject({
        id: 'V-0',
        observed: null,
        verdict: 'FAIL',
        reason: 'SQLSTATE 22012 (division_by_zero)',
      });
      expect(inside.slice(1).every(({ verdict }) => verdict === 'PASS')).toBe(true);
      expect(record.reason).toBe('C-06: verification in the transaction: 15 of 16 PASS, 1 FAIL');
    });
  });

  describe('because the server refuses a statement', () => {
    /** Line and column (UTF-16 units) of a word in the ddl document. */
    const placeOf = (change: PostgresChange, word: string) => {
      const text = readFileSync(join(change.root, DOCUMENTS.ddl), 'utf8');
      const before = text.slice(0, text.indexOf(word)).split('\n');
      return { line: before.length, column: before.at(-1)!.length + 1 };
    };

    test('one that names what is not there: at its place behind multi-byte text', async () => {
      const change = await lane.make(
        plain(
          `-- Điều 44 — 😀 ghi chú
${CREATE_ITEM}
-- Bước hai: ‘é’ 😀
INSERT INTO app.base (id, label)
SELECT 2, 'Điều 😀 é 44' || no_such_column;
`,
          { scope: { writesRows: ['app.base'] }, prose: 'Tiếng Việt 😀 trước SQL.\n\n' },
        ),
      );
      const place = placeOf(change, 'no_such_column');
      const { record, report } = await expectUndone(change);
      expect(record.migration?.refused).toEqual({
        unit: 'migration',
        number: 2,
        ...place,
        message: 'SQLSTATE 42703: column "no_such_column" does not exist',
      });
      expect(record.reason).toBe(
        `C-06: ${DOCUMENTS.ddl}:${place.line}:${place.column}: SQLSTATE 42703: column "no_such_column" does not exist`,
      );
      expect(report).toContain(`- refused: line ${place.line}, column ${place.column}: SQLSTATE 42703`);
      expect(report).toContain('- server_answers: CREATE TABLE / ROLLBACK');
    });

    test('a table that exists', async () => {
      const change = await lane.make(
        plain(CREATE_ITEM, { rollback: 'DROP TABLE app.item;\n' }),
        'CREATE TABLE app.item (other text);',
      );
      const { record, report } = await expectUndone(change);
      expect(record.migration?.refused).toMatchObject({
        ...placeOf(change, 'CREATE TABLE app.item'),
        message: 'SQLSTATE 42P07: relation "item" already exists',
      });
      expect(report).toContain('SQLSTATE 42P07&#x3A; relation'.replace('&#x3A;', ':'));
    });

    test('words that only a newer server knows', async ({ skip }) => {
      const change = await lane.make(
        plain(
          `CREATE TABLE app.item (
    id integer NOT NULL,
    twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL
);
`,
          { rollback: 'DROP TABLE app.item;\n' },
        ),
      );
      skip(Number(change.identity.server_version_num) >= 180_000, 'this server knows virtual columns');
      const place = placeOf(change, 'VIRTUAL');
      const { code, err } = await runQuick(change.root, change.url);
      expect(code).toBe(1);
      expect(err).toContain(`${DOCUMENTS.ddl}:${place.line}:${place.column}\n`);
      expect(err).toContain('refuses it: syntax error at or near "VIRTUAL"');
      // What the plan says, the server would have said.
      const { record } = await expectUndone(change, () => runHere(change.root, change.url, {}));
      expect(record.migration?.refused).toMatchObject({
        ...place,
        message: 'SQLSTATE 42601: syntax error at or near "VIRTUAL"',
      });
    });

    test('rows of others stay out of messages, record and report', async () => {
      const change = await lane.make(
        plain('INSERT INTO app.base (id, label)\nSELECT id, label FROM app.base;\n', {
          rollback: TAKE_BACK,
          scope: { creates: [], writesRows: ['app.base'] },
        }),
        "INSERT INTO app.base VALUES (770123, 'private label');",
      );
      const { record, report, printed, folder } = await expectUndone(change);
      expect(record.migration?.refused?.message).toBe('SQLSTATE 23505 (unique_violation)');
      const journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
      for (const text of [report, printed.out, printed.err, JSON.stringify(record), journal]) {
        expect(text).not.toContain('770123');
        expect(text).not.toContain('private label');
      }
    });

    test('what a trigger raises with rows in it', async () => {
      const change = await lane.make(
        {},
        `CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'row % is private', NEW.label USING DETAIL = 'private detail'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.refuse();`,
      );
      const { record, report } = await expectUndone(change);
      expect(record.migration?.refused?.message).toBe('SQLSTATE P0001 (raise_exception)');
      expect(report).not.toContain('private');
    });

    test('a lock that somebody holds', async () => {
      const change = await lane.make({ lockTimeout: '200ms' });
      let release = () => {};
      const { record } = await expectUndone(change, async () => {
        try {
          return await runHere(change.root, change.url, {
            onEvent: onceAt(afterStep('C-05'), () => {
              release = holdLock(change.url, 'app.base');
            }),
          });
        } finally {
          release();
        }
      });
      expect(record.migration?.refused).toMatchObject({
        number: 2,
        ...placeOf(change, 'app.base (id, label) VALUES'),
        message: 'SQLSTATE 55P03: canceling statement due to lock timeout',
      });
    });
  });

  test('because of a bug of the tool: the record does not leave open what became of it', async () => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(
        ({ type }) => type === 'statement-executed',
        () => {
          throw new TypeError('not a function');
        },
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
      fault: true,
    });
    expect(record.migration).toMatchObject({
      tag: 'ROLLBACK',
      decidedBy: 'not a function; COMMIT was not sent',
    });
    expect(await change.query("SELECT to_regclass('app.item') AS item")).toEqual([{ item: null }]);
  });

  describe('because of a deferred constraint', () => {
    const CHILD = `CREATE TABLE app.child (
      base_id integer CONSTRAINT child_base_fkey REFERENCES app.base (id) DEFERRABLE INITIALLY DEFERRED);`;
    const INTO_CHILD = plain('INSERT INTO app.child (base_id) VALUES (99);\n', {
      rollback: 'DELETE FROM app.child;\n',
      scope: { creates: [], writesRows: ['app.child'] },
    });

    test('that the rows violate', async () => {
      const change = await lane.make(INTO_CHILD, CHILD);
      const { record } = await expectUndone(change);
      expect(record.reason).toContain('SQLSTATE 23503 (foreign_key_violation)');
      expect(await change.query('SELECT * FROM app.child')).toEqual([]);
    });

    test('that shows only at COMMIT, which the server refuses', async () => {
      // What becomes of temporary tables at COMMIT is no trigger's, and nothing short of COMMIT does it.
      const change = await lane.make(
        {},
        `CREATE FUNCTION app.late() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           CREATE TEMPORARY TABLE parent (id integer PRIMARY KEY) ON COMMIT DELETE ROWS;
           CREATE TEMPORARY TABLE child (id integer REFERENCES parent (id));
           RETURN NULL;
         END $$;
         CREATE TRIGGER late AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.late();`,
      );
      const { record, report } = await expectUndone(change);
      expect(record.migration).toMatchObject({
        outcome: 'not-committed',
        decidedBy: 'the server refused COMMIT: SQLSTATE 0A000 (feature_not_supported)',
      });
      expect(record.reason).toContain('SQLSTATE 0A000');
      expect(report).not.toContain('(no answer)');
    });

    const DEFERS_ITSELF = (body: string) => `CREATE FUNCTION app.late() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        ${body}
        SET CONSTRAINTS ALL DEFERRED;
        UPDATE app.base SET label = 'again' WHERE id = NEW.id;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON app.base DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION app.late();`;

    test.each([
      ['a row', "INSERT INTO app.log VALUES ('late');", 'app.log'],
      [
        'a role',
        "UPDATE pg_catalog.pg_authid SET rolcreatedb = rolcreatedb WHERE rolname = 'pg_monitor';",
        'system catalogue pg_authid',
      ],
    ])('%s that a trigger which defers itself anew would write at COMMIT', async (_, writes, seen) => {
      const change = await lane.make(
        plain("INSERT INTO app.base (id, label) VALUES (2, 'two');\n", {
          rollback: TAKE_BACK,
          scope: { creates: [], writesRows: ['app.base'] },
          verify: '-- V-3: one\n-- expect: 1\nSELECT 1;\n',
        }),
        DEFERS_ITSELF(`IF NEW.label = 'again' THEN ${writes} RETURN NULL; END IF;`),
      );
      const { record } = await expectUndone(change);
      const rows = record.checks.find(({ title }) => title.startsWith('rows written in tables'));
      expect(rows).toMatchObject({ moment: 'in-transaction', observed: [seen], verdict: 'FAIL' });
    });

    test('or a trigger that defers itself without end', async () => {
      const change = await lane.make({}, DEFERS_ITSELF(''));
      const { record } = await expectUndone(change);
      expect(record.reason).toMatch(
        /^C-06: deferred triggers still write rows after they were made to fire 10 times/,
      );
    });
  });

  describe('because of an effect that nobody reviewed', () => {
    const LOGGED = `CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO app.log VALUES ('from a trigger'); RETURN NULL; END $$;`;
    const WITHOUT_LOG = VERIFY.replace(/-- V-3[\s\S]*?\n\n/, '');
    const proved = (record: Awaited<ReturnType<typeof expectUndone>>['record'], title: RegExp) =>
      record.checks.find((check) => check.moment === 'in-transaction' && title.test(check.title));

    test('rows that a trigger writes', async () => {
      const change = await lane.make(
        {
          verify: VERIFY.replace(
            '-- V-3: rows of app.log\n-- expect: baseline',
            '-- V-3: rows of app.log\n-- expect: baseline + 1',
          ),
        },
        `${LOGGED} CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();`,
      );
      const { record } = await expectUndone(change);
      expect(record.reason).toBe('C-06: verification in the transaction: 14 of 15 PASS, 1 FAIL');
      expect(proved(record, /^rows written in tables other than app\.base/)).toMatchObject({
        expected: [],
        observed: ['app.log'],
        verdict: 'FAIL',
      });
    });

    test('rows that a deferred trigger would write at COMMIT', async () => {
      const change = await lane.make(
        { verify: WITHOUT_LOG.replace('-- V-1:', '-- V-3: one\n-- expect: 1\nSELECT 1;\n\n-- V-1:') },
        `${LOGGED} CREATE CONSTRAINT TRIGGER note AFTER INSERT ON app.base DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION app.note();`,
      );
      const { record } = await expectUndone(change);
      expect(proved(record, /^rows written/)).toMatchObject({ observed: ['app.log'], verdict: 'FAIL' });
    });

    test('a table that an event trigger creates', async () => {
      const change = await lane.make(
        {},
        `CREATE FUNCTION app.also() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF to_regclass('app.also') IS NULL THEN CREATE TABLE app.also (n integer); END IF;
         END $$;
         CREATE EVENT TRIGGER also ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION app.also();`,
      );
      const { record } = await expectUndone(change);
      expect(proved(record, /^objects added/)).toMatchObject({
        expected: ['+ table app.item'],
        observed: ['+ table app.also', '+ table app.item'],
        verdict: 'FAIL',
      });
    });
  });
});

/** Locks a table against writers in a process of its own; returns when it has the lock. @returns what gives it up */
function holdLock(url: string, table: string): () => void {
  const sql = `BEGIN; LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE; SELECT pg_sleep(30)`;
  const child = spawn('psql', ['-X', '-q', '-c', sql, url], { stdio: 'ignore' });
  const held = `SELECT count(*) FROM pg_locks WHERE relation = '${table}'::regclass AND mode = 'ShareRowExclusiveLock' AND granted`;
  for (let attempt = 0; psql(url, held) !== '1'; attempt++) if (attempt > 100) throw new Error('no lock');
  return () => {
    child.kill();
    psql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK TABLE%'");
  };
}

import { describe, expect, test } from 'vitest';
import { describeRefusal } from '../../src/target/sqlstate.js';

const SENT = 'INSERT INTO app."Base" (id, label) SELECT 1, app.f(label) FROM app.item AS i';

describe('a refusal of the server', () => {
  test.each<[string, string]>([
    ['42P01', 'relation "app.item" does not exist'],
    ['42703', 'column "label" of relation "Base" does not exist'],
    ['42703', 'column i does not exist'],
    ['42883', 'function app.f(label) does not exist'],
    ['42601', 'syntax error at or near ","'],
    ['42501', 'permission denied for table item'],
    ['55P03', 'canceling statement due to lock timeout'],
    ['25006', 'cannot execute INSERT in a read-only transaction'],
  ])('%s is told with its message, where all of it is known: %s', (sqlstate, message) => {
    expect(describeRefusal(sqlstate, message, SENT)).toBe(`SQLSTATE ${sqlstate}: ${message}`);
  });

  test.each<[string, string, string]>([
    ['42P01', 'undefined_table', 'relation "patient_4711_hiv" does not exist'],
    ['42P01', 'undefined_table', 'relation "ite" does not exist'],
    ['42P01', 'undefined_table', 'relation "item" does not exist: patient_4711_hiv'],
    ['42703', 'undefined_column', 'column "label" of relation "4711" does not exist'],
    ['42501', 'insufficient_privilege', 'patient 4711'],
    ['57P03', 'cannot_connect_now', 'the database system is positive'],
    ['25006', 'read_only_sql_transaction', 'cannot execute HIV in a read-only transaction'],
    ['42601', 'syntax_error', `syntax error at or near "${'x" "'.repeat(300)}"`],
    ['23505', 'unique_violation', 'duplicate key value violates unique constraint "item"'],
  ])('%s (%s) is told without: %s', (sqlstate, condition, message) => {
    expect(describeRefusal(sqlstate, message, SENT)).toBe(`SQLSTATE ${sqlstate} (${condition})`);
  });

  test('of a connection does not repeat the address that the server names', () => {
    const message = 'no pg_hba.conf entry for host "10.0.0.7", user "u", database "d", no encryption';
    expect(describeRefusal('28000', message, 'u\nd')).toBe(
      'SQLSTATE 28000: no pg_hba.conf entry from here, user "u", database "d", no encryption',
    );
  });
});

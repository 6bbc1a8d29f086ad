import { describe, expect, test } from 'vitest';
import { ReviewedOnly } from '../../src/execute/reviewed-only.js';
import { OWN } from '../../src/execute/statements.js';
import type { Plan } from '../../src/plan/plan.js';
import type { ReviewedBytes } from '../../src/plan/reviewed-bytes.js';
import type { Session, Target } from '../../src/target/engine.js';

const unit = (text: string) => ({ bytes: Buffer.from(text) });
const statement = (start: number, end: number, sent = true) => ({ start, end, sent });
const plan = {
  migration: { statements: [statement(0, 5, false), statement(7, 21)] },
  rollback: { statements: [statement(0, 14)] },
  preflight: { checks: [{ statement: statement(0, 8) }, { statement: null }] },
  verification: { checks: [{ statement: statement(0, 8) }] },
} as unknown as Plan;
const bytes = {
  migration: unit('BEGIN; DROP TABLE a.b; DROP TABLE a.c;'),
  rollback: unit('DROP TABLE a.d;'),
  preflight: unit('SELECT 1;'),
  verify: unit('SELECT 2;'),
} as unknown as ReviewedBytes;

async function guarded() {
  const sent: string[] = [];
  const session: Session = {
    run: async (sql) => {
      sent.push(sql);
      return { tag: '', columns: [], rows: [], notices: [] };
    },
    close: async () => {},
  };
  const target = { open: async () => session } as unknown as Target;
  return { session: await new ReviewedOnly(target, plan, bytes).open(), sent };
}

describe('a session of a run', () => {
  test('sends the reviewed statements, and its own with their values', async () => {
    const { session, sent } = await guarded();
    const texts = ['DROP TABLE a.b', 'DROP TABLE a.d', 'SELECT 1', 'SELECT 2', OWN.begin];
    for (const sql of texts) await session.run(sql);
    await session.run(OWN.limitLock, ['1000']);
    expect(sent).toEqual([...texts, OWN.limitLock]);
  });

  test.each<[string, string, readonly string[]]>([
    ['a statement of the document that is not part of the plan', 'DROP TABLE a.c', []],
    ['a reviewed one with a blank more', 'DROP TABLE a.b ', []],
    ['part of a reviewed one', 'DROP TABLE a', []],
    ['a reviewed one with values', 'SELECT 2', ['x']],
    ['one of its own without its value', OWN.limitLock, []],
    ['two at once', 'DROP TABLE a.b; DROP TABLE a.d', []],
    ['nothing', '', []],
  ])('sends nothing else: %s', async (_, sql, values) => {
    const { session, sent } = await guarded();
    await expect(session.run(sql, values)).rejects.toThrow('neither reviewed nor on the list');
    expect(sent).toEqual([]);
  });
});

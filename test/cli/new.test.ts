import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probatum, REPOSITORY, type Result, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const DATE = ['--date', '2026-05-16'];
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

/** The commands of the tutorial's first section, as a reader would type them. */
function commands(): string[][] {
  const section = read(REPOSITORY, 'docs/tutorial.md').split(/^## /m)[1]!;
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  return blocks.flatMap((block) => block.trim().split('\n')).map((line) => line.split(' '));
}

async function all(root: string, lines: readonly string[][]): Promise<Result[]> {
  const results: Result[] = [];
  for (const args of lines) results.push(await probatum(args, { cwd: root }));
  return results;
}

const LAW = ['new', 'law', ...DATE];
const DDL = ['new', 'ddl', '--change', 'order-notes', ...DATE];
const PACKAGE = ['new', 'command-package', '--change', 'order-notes', ...DATE];
const DDL_PATH = 'knowledge/order-notes-ddl-2026-05-16.sql.md';
const PACKAGE_PATH = 'knowledge/order-notes-command-package-2026-05-16.md';

describe('the first five minutes', () => {
  it('lead through every command of the tutorial to a rehearsed change', async () => {
    const lines = commands();
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.every(([npx, name]) => npx === 'npx' && name === 'probatum')).toBe(true);
    const root = folder();
    for (const [, , ...args] of lines) {
      const { code, out, err } = await probatum(args, { cwd: root });
      expect({ args, code, out, err }).toMatchObject({ args, code: 0 });
      if (args[0] === 'lint') expect(out).toMatch(/^\d documents, no findings\n$/);
      if (args[0] === 'new') expect(existsSync(join(root, out.trim()))).toBe(true);
      if (args[0] === 'rehearse') expect(out).toMatch(/^succeeded/);
    }
    expect(readdirSync(join(root, 'knowledge'))).toHaveLength(5);
  }, 120_000);
});

describe('probatum new', () => {
  it('makes a document of every kind that has no finding', async () => {
    const root = folder();
    const rest = [
      ['new', 'review', '--change', 'order-notes', '--subject', DDL_PATH, ...DATE],
      ['new', 'review', '--change', 'order-notes', ...DATE],
      ['new', 'authorization', '--change', 'order-notes', ...DATE],
      ['new', 'note', '--change', 'order-notes', ...DATE],
      ['new', 'ddl', '--change', 'v0.2--Next_2', '--after', DDL_PATH, ...DATE],
    ];
    const results = await all(root, [LAW, DDL, PACKAGE, ...rest, ['lint']]);
    expect(results.map(({ code }) => code)).toEqual(results.map(() => 0));
    expect(results.map(({ out }) => out)).toEqual([
      'knowledge/governed-migration-protocol-2026-05-16.md\n',
      `${DDL_PATH}\n`,
      `${PACKAGE_PATH}\n`,
      'knowledge/order-notes-ddl-review-2026-05-16.md\n',
      'knowledge/order-notes-command-package-review-2026-05-16.md\n',
      'knowledge/order-notes-authorization-2026-05-16.md\n',
      'knowledge/order-notes-note-2026-05-16.md\n',
      'knowledge/v0.2--Next_2-ddl-2026-05-16.sql.md\n',
      '8 documents, no findings\n',
    ]);
    const review = read(root, 'knowledge/order-notes-command-package-review-2026-05-16.md');
    expect(review).toContain(`  document: ${PACKAGE_PATH}\n`);
    // Nobody has read anything yet.
    expect(review).toContain('verdict: conditional\n');
    expect(review).toContain('allows: []\n');
    const authorization = read(root, 'knowledge/order-notes-authorization-2026-05-16.md');
    const times = [...authorization.matchAll(/^(?:not_before|expires): "?([^"\n]+)/gm)].map(
      ([, time]) => time,
    );
    expect(times).toEqual(['2000-01-01T00:00:00Z', '2000-01-01T00:01:00Z']);
  });

  it('begins an authorization for exactly the plan of its package, with a nonce of its own', async () => {
    const root = folder();
    const begin = ['new', 'authorization', '--change', 'order-notes', ...DATE];
    await all(root, [LAW, DDL, PACKAGE, begin, [...begin, '--path', 'knowledge/second.md']]);
    const plan = await probatum(['plan', PACKAGE_PATH, '--format', 'json'], { cwd: root });
    const { planSha256 } = JSON.parse(plan.out) as { readonly planSha256: string };
    const made = ['knowledge/order-notes-authorization-2026-05-16.md', 'knowledge/second.md'];
    const nonces = made.map((path) => {
      const text = read(root, path);
      expect(text).toMatch(new RegExp(`\\nplan_sha256: "?${planSha256}"?\\n`));
      return /\nnonce: "?([0-9a-f]{32})"?\n/.exec(text)?.[1];
    });
    expect(nonces).toEqual([expect.any(String), expect.any(String)]);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('begins no authorization of a package that gives no plan', async () => {
    const root = folder();
    await all(root, [LAW, DDL, PACKAGE]);
    const file = join(root, PACKAGE_PATH);
    writeFileSync(file, read(root, PACKAGE_PATH).replace('-- expect:', '-- expects:'));
    const made = await probatum(['new', 'authorization', '--change', 'order-notes', ...DATE], { cwd: root });
    expect(made).toMatchObject({ code: 1, out: '' });
    expect(made.err).toContain(
      `nothing was written: ${PACKAGE_PATH} gives no plan that could be authorized\n`,
    );
    expect(existsSync(join(root, 'knowledge/order-notes-authorization-2026-05-16.md'))).toBe(false);
  });

  it('takes the only target and the folder of the corpus from the configuration', async () => {
    const connection = '{ host: db, database: "shop: one", user: owner }';
    const root = folder({
      'probatum.config.yaml': `corpus: ["governance/**/*.md"]\ntargets:\n  main: { engine: postgres, connection: ${connection} }\n`,
    });
    const results = await all(root, [LAW, DDL, PACKAGE, ['lint']]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const text = read(root, PACKAGE_PATH.replace('knowledge', 'governance'));
    expect(text).toMatch(/ {2}name: main\n[\s\S]* {2}database: "shop: one"\n {2}role: owner\n/);
    expect(text).toContain('dry_run: governance/order-notes-dry-run-report-2026-05-16.md\n');
  });

  it('begins the checks from what the SQL does', async () => {
    const root = folder({ 'knowledge/deep/base.sql.md': BASE });
    await all(root, [LAW, ['new', 'command-package', '--change', 'base', ...DATE]]);
    const text = read(root, 'knowledge/base-command-package-2026-05-16.md');
    expect(text).toContain("SELECT coalesce(to_regclass('shop.\"Odd''s\"')::text, 'ABSENT');");
    expect(text).toContain(
      "-- PF-4: shop.log is there\n-- expect: t\nSELECT to_regclass('shop.log') IS NOT NULL;",
    );
    expect(text).toContain('-- V-1: rows of shop."Odd\'s"\n-- expect: 0\n');
    expect(text).not.toContain('-- V-2');
    const lint = await probatum(['lint', 'knowledge/base-command-package-2026-05-16.md'], { cwd: root });
    expect(lint).toMatchObject({ code: 0, out: '1 document, no findings\n' });
  });

  it('never replaces a file', async () => {
    const root = folder();
    await probatum(LAW, { cwd: root });
    const path = 'knowledge/governed-migration-protocol-2026-05-16.md';
    const before = read(root, path);
    const again = await probatum(LAW, { cwd: root });
    expect(again).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`${path} exists already`) });
    expect((await probatum([...LAW, '--force'], { cwd: root })).code).toBe(2);
    expect(read(root, path)).toBe(before);
    const elsewhere = await probatum([...LAW, '--path', 'knowledge/laws/first.md'], { cwd: root });
    expect(elsewhere).toMatchObject({ code: 0, out: 'knowledge/laws/first.md\n' });
  });

  it.each<[string, string[], string]>([
    ['a kind that is none', ['report', '--change', 'x'], 'no kind "report"'],
    ['a ddl of no change', ['ddl'], '--change is missing'],
    ['a change that is no name', ['ddl', '--change', '../x'], '"../x" is no name'],
    ['a date that is none', ['note', '--change', 'x', '--date', '2026-02-30'], 'no calendar date'],
    ['a package without a ddl', ['command-package', '--change', 'x'], 'no ddl document of the change x'],
    ['a review of nothing', ['review', '--change', 'x'], 'no document of the change x without a review'],
    ['a place outside the corpus', ['note', '--change', 'x', '--path', 'x.md'], 'no document of the corpus'],
    [
      'a place that is no document',
      ['note', '--change', 'x', '--path', 'knowledge/.x.md'],
      'no document of the',
    ],
    ['a place outside the root', ['note', '--change', 'x', '--path', '../x.md'], 'is outside'],
    [
      'a place with a blank',
      ['note', '--change', 'x', '--path', 'knowledge/a b.md'],
      'a blank or a backslash',
    ],
    ['an option of another kind', ['ddl', '--change', 'x', '--law', 'x.md'], '--law says nothing to a ddl'],
    [
      'a document that is not there',
      ['ddl', '--change', 'x', '--after', 'knowledge/x.md'],
      'no document knowledge/x.md',
    ],
  ])('ends with 2 at %s, and writes nothing', async (_, args, message) => {
    const root = folder();
    const { code, out, err } = await probatum(['new', ...args], { cwd: root });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(readdirSync(root)).toEqual([]);
  });

  it('asks where the corpus does not say which', async () => {
    const root = folder();
    const second = [...DDL, '--path', 'knowledge/second.sql.md'];
    const results = await all(root, [
      LAW,
      DDL,
      second,
      PACKAGE,
      ['new', 'review', '--change', 'order-notes'],
    ]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 2, 2]);
    expect(results[3]!.err).toContain(`? ${DDL_PATH}, knowledge/second.sql.md\n  name it with --ddl`);
    expect(results[4]!.err).toContain('name it with --subject');
    const wrong = [...PACKAGE, '--ddl', results[0]!.out.trim()];
    expect((await probatum(wrong, { cwd: root })).err).toContain('is not of kind ddl');
    const named = await probatum([...PACKAGE, '--ddl', DDL_PATH], { cwd: root });
    expect(named.code).toBe(0);
  });
});

const BASE = `---
kind: ddl
document_path: knowledge/deep/base.sql.md
change: base
revision: r1
date: 2026-05-01
scope:
  creates: [schema shop, 'shop."Odd''s"', shop.full]
  alters: []
  drops: []
  writes_rows: [shop.full, shop.log]
depends_on: []
---

\`\`\`sql migration
CREATE SCHEMA shop;
CREATE TABLE shop."Odd's" (id int);
CREATE TABLE shop.full (id int);
INSERT INTO shop.full VALUES (1);
INSERT INTO shop.log SELECT 1;
\`\`\`

\`\`\`sql rollback
DROP TABLE shop.full;
\`\`\`
`;

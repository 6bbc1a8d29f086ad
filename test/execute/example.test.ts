import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchSources } from '../../src/commands/rehearse.js';
import { report } from '../../src/commands/report.js';
import { addReviews, bindPackage, copyDraft, EXAMPLE } from '../../src/demo/example.js';
import { repinExample } from '../../src/demo/repin.js';
import { buildScratch } from '../../src/execute/scratch.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import { readIdentity } from '../../src/target/identity.js';
import { openTarget } from '../../src/target/open-target.js';
import { expectRun } from '../support/expect-run.js';
import { queryOnce } from '../support/postgres-change.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';
import { environmentOf, newestRun, probatum } from '../support/run-probatum.js';

const CHANGE = 'dot-iu-cutter-v0.2-p0-2';
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const DDL_REVIEW = `${FOLDER}/reviews/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`;

const CONFIG = `corpus:
  - knowledge/**/*.md
targets:
  production:
    engine: postgres
    connection:
      env: EXAMPLE_URL
`;

describe.skipIf(requirePostgres() === null)('the example change, from draft to report', () => {
  let server: PostgresServer;
  let root: string;
  let url: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    url = await server.createDatabase('directus');
    root = mkdtempSync(join(tmpdir(), 'probatum-example-'));
    copyDraft(root);
    writeFileSync(join(root, 'probatum.config.yaml'), CONFIG);
    const config = loadConfig(root);
    const compilation = await compile(config);
    const prepared = preparePlan(compilation, EXAMPLE.package);
    if (!('plan' in prepared)) throw new Error(JSON.stringify(prepared.errors));
    const target = await openTarget('production', config.targets, root, { EXAMPLE_URL: url });
    const session = await target.open();
    await buildScratch(session, scratchSources(compilation, prepared), () => {});
    bindPackage(root, await readIdentity(session));
    await target.close();
    await repinExample(root);
  });
  afterAll(async () => {
    await server?.stop();
    if (root) rmSync(root, { recursive: true, force: true });
  });

  const command = (...args: string[]) => probatum(root, args, { EXAMPLE_URL: url });
  const run = (at = url) =>
    probatum(root, ['run', EXAMPLE.package, '--target', 'production'], { EXAMPLE_URL: at });
  const newest = () => newestRun(root, CHANGE)!;
  const publish = async () => {
    const { environment } = environmentOf(root);
    expect(await report(environment, newest(), { publish: true, force: false })).toBe(0);
  };

  test('is rehearsed: what only production could answer was not run', async () => {
    const printed = await command('rehearse', EXAMPLE.package);
    const ending = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
    const { report: text } = await expectRun(root, printed, ending, newest());
    expect(text).toContain('## §5 — Preflight (9 of 10 PASS, 1 NOT RUN)');
    expect(text).toContain('## §7 — Verification (46 of 47 PASS after COMMIT, 1 NOT RUN)');
    expect(text).toContain('every check that a rehearsal can answer passed after COMMIT.');
    await publish();
  });

  test('may not run before its package is reviewed', async () => {
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain(
      `refused: package reviewed: no review of exactly these bytes of ${EXAMPLE.package}\n`,
    );
    expect(err).toContain('refused: rehearsal reviewed: ');
    expect(err).not.toContain('refused: rehearsed: ');
  });

  test('runs: 10 of 10 before, 47 of 47 after COMMIT', async () => {
    addReviews(root);
    await repinExample(root);
    const printed = await run();
    const ending = { code: 0, status: 'succeeded', outcome: 'committed', secret: server.password } as const;
    const { record, report: text } = await expectRun(root, printed, ending, newest());
    expect(text).toContain('## §5 — Preflight (10 of 10 PASS)');
    expect(text).toContain('## §7 — Verification (47 of 47 PASS after COMMIT)');
    expect(text).toContain('### Inside the transaction, before COMMIT (48 of 48 PASS)');
    expect(text).toContain('committed the migration, and every check passed after COMMIT.');
    expect(record.chain.map(({ verdict, subjectMatches }) => [verdict, subjectMatches])).toEqual([
      ['pass', true],
      ['pass', true],
      ['pass', true],
    ]);
    const tables = await queryOnce(
      url,
      `SELECT relname, relnatts, (SELECT count(*)::int FROM pg_constraint WHERE conrelid = c.oid) AS constraints
       FROM pg_class AS c WHERE relname LIKE 'manifest%' AND relkind = 'r' ORDER BY 1`,
    );
    expect(tables).toEqual([
      { relname: 'manifest_envelope', relnatts: 12, constraints: 1 },
      { relname: 'manifest_unit_block', relnatts: 13, constraints: 2 },
    ]);
    await publish();
  });

  test('is verified, and does not run a second time', async () => {
    expect(await command('lint')).toMatchObject({ code: 0 });
    const { code, out } = await command('verify');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('rendered 2 reports again') });
    const again = await run();
    const { record } = await expectAgain(again);
    expect(record.reason).toMatch(/^LOCK: run \S+ has committed this plan on this database/);
    expect(record.earlier.map(({ mode, status }) => [mode, status])).toEqual([
      ['rehearsal', 'succeeded'],
      ['run', 'succeeded'],
    ]);
  });

  /** The published report stays; the second attempt's is only looked at. */
  async function expectAgain(printed: Awaited<ReturnType<typeof run>>) {
    const saved = readFileSync(join(root, EXAMPLE.executionReport));
    try {
      return await expectRun(root, printed, { code: 1, status: 'aborted', outcome: 'none' }, newest());
    } finally {
      writeFileSync(join(root, EXAMPLE.executionReport), saved);
    }
  }

  test('is void when one byte of its SQL changes: every pin is found, and nothing is sent', async () => {
    const file = join(root, DDL);
    const text = readFileSync(file, 'utf8');
    const changed = text.replace('block_ordinal       bigint ', 'block_ordinal       bigins ');
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    const folder = newest();

    const digests = (key: RegExp, path: string) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((line, at) => (key.test(line) ? [`${path}:${at + 1}`] : []));
    const inDdlPin = (path: string, key: string) => {
      const lines = readFileSync(join(root, path), 'utf8').split('\n');
      const start = lines.findIndex((line) => line.endsWith(`document: ${DDL}`));
      return `${path}:${lines.findIndex((line, at) => at > start && line.startsWith(`  ${key}: `)) + 1}`;
    };
    const stale = /^-- expect: [0-9a-f]{64}$/;
    const expected = [
      inDdlPin(EXAMPLE.package, 'sha256'),
      inDdlPin(EXAMPLE.package, 'migration_sha256'),
      ...digests(stale, EXAMPLE.package),
      inDdlPin(DDL_REVIEW, 'sha256'),
      ...[EXAMPLE.dryRunReport, EXAMPLE.executionReport].flatMap((path) => [
        inDdlPin(path, 'sha256'),
        inDdlPin(path, 'migration_sha256'),
      ]),
    ];
    expect(expected).toHaveLength(8);
    for (const name of ['lint', 'verify']) {
      const { code, out } = await command(name, '--format', 'json');
      expect(code).toBe(1);
      const { diagnostics } = JSON.parse(out) as {
        diagnostics: { file: string; severity: string; position: { start: { line: number } } }[];
      };
      const places = diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ file: path, position }) => `${path}:${position.start.line}`);
      expect(places).toEqual(expect.arrayContaining(expected));
    }
    // With a connection it would be 2: nobody listens.
    const { code, err } = await run('postgres://u:p@127.0.0.1:1/d');
    expect(code).toBe(1);
    expect(err).toContain('nothing was sent to the database');
    expect(newest()).toBe(folder);
  });
});

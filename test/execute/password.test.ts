import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENTS, removeChange, TARGET, URL_VARIABLE, writeChange } from '../support/change.js';
import { killedRun } from '../support/killed-run.js';
import { type PostgresChange, postgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { watchProcesses } from '../support/process-watch.js';
import { newestRun, type Printed, probatum } from '../support/run-probatum.js';

/** Stands in the password however it is encoded, and nowhere else. */
const CORE = 'Zq7xSecretW3v';
const PASSWORD = `p@:/?#[]%41&=+ "'\\|$(x)é${CORE}`;
const ROLE = 'keeper';

/*
 * A URL with a password, through everything that a run can go through: neither its password nor a part of it is on a
 * command line, printed, or written anywhere.
 */
describe.skipIf(requirePostgres() === null || process.platform !== 'linux')('the password of a URL', () => {
  const lane = postgresLane({ fsync: 'off' });
  let change: PostgresChange;
  let url: string;
  let root: string;
  let temporary: string;
  beforeAll(async () => {
    change = await postgresChange(lane.server);
    const quoted = `'${PASSWORD.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
    await change.query(`CREATE ROLE ${ROLE} SUPERUSER LOGIN PASSWORD E${quoted}`);
    url = change.url.replace(/\/\/.*@/, `//${ROLE}:${encodeURIComponent(PASSWORD)}@`);
    // The folder in which a program may put what nobody should see.
    temporary = mkdtempSync(join(tmpdir(), 'probatum-tmp-'));
    // A scratch server runs as another user where this is root.
    chmodSync(temporary, 0o755);
  });
  afterAll(() => {
    change?.remove();
    rmSync(temporary, { recursive: true, force: true });
    if (root !== undefined) removeChange(root);
  });

  const identity = () => ({ ...change.identity, role: ROLE });
  const printed: Printed[] = [];
  async function command(code: number, words: readonly string[], variables: NodeJS.ProcessEnv = {}) {
    const at = { [URL_VARIABLE]: url, TMPDIR: temporary, HOME: temporary, ...variables };
    const one = await probatum(root, words, at);
    printed.push(one);
    expect({ words, code: one.code, err: one.err }).toEqual({ words, code, err: one.err });
    return one;
  }

  /** Every form in which it could have been put down. */
  const FORMS = [
    CORE,
    Buffer.from(CORE).toString('hex'),
    ...[0, 1, 2].map((shift) =>
      Buffer.from(`${' '.repeat(shift)}${CORE}`)
        .toString('base64')
        .slice(4, -4),
    ),
  ];
  const expectNone = (name: string, text: string) => {
    expect([name, FORMS.filter((form) => text.includes(form))]).toEqual([name, []]);
  };
  const filesBelow = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });

  // A dozen processes of ours, one after the other.
  test('is in no file, on no terminal and on no command line', { timeout: 300_000 }, async () => {
    root = await writeChange(identity());
    mkdirSync(join(root, '.probatum'), { recursive: true });
    const watch = await watchProcesses(CORE);
    await command(1, ['enroll', TARGET]);
    await command(0, ['enroll', TARGET, '--write']);
    const [row] = await change.query('SELECT marker::text AS marker FROM probatum.target');
    const enrolled = root;
    root = await writeChange(identity(), { marker: String(row?.marker) });
    printed.push({
      code: 0,
      out: filesBelow(enrolled)
        .map((file) => readFileSync(file, 'latin1'))
        .join(),
      err: '',
    });
    removeChange(enrolled);
    await command(0, ['rehearse', DOCUMENTS.package]);
    // Another password, which must not be shown either, a server that is not there, and a URL that is none.
    const wrong = { [URL_VARIABLE]: url.replace('@127', `${CORE}@127`) };
    await command(2, ['run', DOCUMENTS.package, '--target', TARGET], wrong);
    const closed = { [URL_VARIABLE]: url.replace(/@127\.0\.0\.1:\d+/, '@127.0.0.1:1') };
    await command(2, ['run', DOCUMENTS.package, '--target', TARGET], closed);
    // A password of which only a part was encoded.
    const cut = { [URL_VARIABLE]: url.replace(CORE, `?${CORE}`) };
    await command(2, ['run', DOCUMENTS.package, '--target', TARGET], cut);
    await killedRun(root, url, 'statement-executed');
    await command(1, ['runs']);
    await command(1, ['resume', newestRun(root) ?? '']);
    await command(0, ['run', DOCUMENTS.package, '--target', TARGET, '--prove-backup', '--format', 'json']);
    await command(0, ['runs', '--format', 'json']);
    await command(0, ['report', newestRun(root) ?? '', '--publish']);
    await command(0, ['verify']);
    const { seen, rounds } = await watch.stop();

    for (const { out, err } of printed) expectNone('printed', out + err);
    const files = [...filesBelow(root), ...filesBelow(temporary)];
    expect(files.length).toBeGreaterThan(40);
    for (const file of files) expectNone(relative(root, file), readFileSync(file, 'latin1'));

    // It was looked often enough to see the programs, each of which lives for tens of milliseconds.
    expect(rounds).toBeGreaterThan(100);
    const expected = new RegExp(
      `^(?:PGPASSWORD (?:pg_dump|perl)|${URL_VARIABLE} (?:node|MainThread|esbuild))$`,
    );
    // libpq takes a password from its environment or from a file; and the operator gave us the URL in ours
    // (esbuild belongs to the program by which this test has a run killed).
    expect(seen.filter((one) => !expected.test(one))).toEqual([]);
    expect(seen).toContain('PGPASSWORD pg_dump');
  });
});

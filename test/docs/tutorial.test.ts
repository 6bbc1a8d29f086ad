import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, REPOSITORY } from '../cli/probatum.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/*
 * The tutorial's second section as a reader would type it, with keys, git and a server of the test's own: a change is
 * written, reviewed with one key, authorized with another, run and verified; and what nobody can do is refused.
 */

const execute = promisify(execFile);
const SECTION = readFileSync(join(REPOSITORY, 'docs/tutorial.md'), 'utf8').split(/^## /m)[2]!;
const blocks = [...SECTION.matchAll(/^```sh( refused)?\n([\s\S]*?)^```$/gm)];
const steps = blocks.filter(([, refused]) => !refused).map(([, , text]) => text!);
const refused = blocks.filter(([, refused]) => refused).map(([, , text]) => text!);

describe.skipIf(requirePostgres() === null)('the tutorial with two keys and a server', () => {
  const base = mkdtempSync(join(tmpdir(), 'probatum-tutorial-'));
  const root = join(base, 'repository');
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    mkdirSync(root);
    server = await startPostgresServer();
    url = await server.createDatabase('shop');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(base, { recursive: true, force: true });
  });

  /** Runs commands as bash does, with the built tool in place of the installed one; ends at the first that fails. */
  async function bash(text: string): Promise<{ code: number; out: string; err: string }> {
    const program = `npx() { [ "$1" = probatum ] || exit 99; shift; "${process.execPath}" "${CLI}" "$@"; }`;
    const names = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Test'],
      [`GIT_${who}_EMAIL`, 'test@example.org'],
    ]);
    const env = { PATH: process.env.PATH, HOME: base, PRODUCTION_URL: url, ...Object.fromEntries(names) };
    const script = `set -o pipefail\n${program}\n${text}`;
    try {
      const { stdout, stderr } = await execute('bash', ['-e', '-c', script], { cwd: root, env });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  }

  it('is gone through from an empty folder to a change that is closed', async () => {
    expect(steps.length).toBeGreaterThan(8);
    const { code, out, err } = await bash(steps.join('\n'));
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^order-notes {2}●{9} {2}closed$/m);
    expect(out).toMatch(/^verified$/m);
    expect(existsSync(join(root, 'probatum.lock'))).toBe(true);
  }, 300_000);

  it('has something that nobody can do', () => expect(refused).toHaveLength(4));

  it.each(refused.map((text) => [text.split('\n')[0]!, text] as const))(
    'refuses %s',
    async (_, text) => {
      const names = 'package=$(ls knowledge/order-notes-command-package-*.md)';
      const found = await bash(`${names}\n${text}`);
      await bash('git checkout --quiet .');
      expect(found).toMatchObject({ code: 1 });
      expect(`${found.out}${found.err}`).toMatch(/^(?:refused|error): /m);
      expect((await bash('npx probatum verify')).code).toBe(0);
    },
    120_000,
  );
});

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { sha256 } from '../../src/base/digest.js';
import { report } from '../../src/commands/report.js';
import { verify } from '../../src/commands/verify.js';
import { readRun } from '../../src/record/store.js';
import { authorize, fromNow } from '../support/authorize.js';
import { DOCUMENTS } from '../support/change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';

/* What `verify` says of authorizations: those that may still be used, and those that records say were. */

describe.skipIf(requirePostgres() === null)('verify', () => {
  const lane = postgresLane();
  const OTHER_PLAN = '5d'.repeat(32);

  async function findings(root: string, ...paths: string[]) {
    const { environment, printed } = environmentOf(root);
    await verify(environment, paths, { format: 'json' });
    const { diagnostics } = JSON.parse(printed.out) as { readonly diagnostics: readonly Diagnostic[] };
    return diagnostics;
  }

  const ofAuthorizations = async (root: string, ...paths: string[]) =>
    (await findings(root, ...paths)).filter(({ ruleId }) => ruleId === 'authorization-matches');

  /** A run, its report and record in the corpus. @returns path of the record */
  async function published(root: string, url: string): Promise<string> {
    const { code } = await runQuick(root, url);
    expect(code).toBe(0);
    const folder = newestRun(root)!;
    expect(await report(environmentOf(root).environment, folder, { publish: true, force: false })).toBe(0);
    return join(root, dirname(DOCUMENTS.execution), 'records', readRun(folder).record.runId, 'record.json');
  }

  test('finds an authorization of another plan while it may be used, at its digest', async () => {
    const { root } = await lane.make();
    const { path } = await authorize(root, { planSha256: OTHER_PLAN });
    const [first, ...more] = await ofAuthorizations(root, path);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      file: path,
      message: expect.stringContaining(`is for plan ${OTHER_PLAN}`),
    });
    const line = readFileSync(join(root, path), 'utf8').split('\n')[first!.position.start.line - 1];
    expect(line).toBe(`plan_sha256: ${OTHER_PLAN}`);
    await authorize(root, { planSha256: OTHER_PLAN, expires: fromNow(-1) });
    expect(await findings(root)).toEqual([]);
  });

  test('holds a run for authorized by what its record says, and by nothing else', async () => {
    const { root, url } = await lane.make();
    const { path, nonce } = await authorize(root);
    const record = await published(root, url);
    expect(existsSync(record)).toBe(true);
    expect(await findings(root)).toEqual([]);

    // Other bytes are found where the report has their digest.
    const file = join(root, path);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(nonce, '0f'.repeat(16)));
    const [before, after] = [sha256(text), sha256(readFileSync(file))];
    expect(await findings(root)).toContainEqual(
      expect.objectContaining({ ruleId: 'document-digest-matches', file: DOCUMENTS.execution }),
    );
    // A record that follows the change is found all the same.
    writeFileSync(record, readFileSync(record, 'utf8').replaceAll(before, after));
    expect(await ofAuthorizations(root)).toMatchObject([
      { file: DOCUMENTS.execution, message: expect.stringContaining('says another plan, nonce or window') },
    ]);
  });

  test('finds a run without one where the policy asks for it, whatever was configured when it ran', async () => {
    const { root, url } = await lane.make();
    await published(root, url);
    expect(await ofAuthorizations(root)).toEqual([]);
    const policy =
      'signatures:\n  allowed_signers: allowed_signers\n  roles: {sovereign: [sam@example.org]}\n';
    const config = join(root, 'probatum.config.yaml');
    writeFileSync(join(root, 'allowed_signers'), '');
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}${policy}  required: {authorization: {role: sovereign}}\n`,
    );
    expect(await ofAuthorizations(root)).toMatchObject([
      {
        file: DOCUMENTS.execution,
        message: expect.stringContaining('had no authorization, and the policy asks for one'),
      },
    ]);
  });

  test('finds two records of commits with one nonce', async () => {
    const { root, url, query } = await lane.make();
    const { nonce } = await authorize(root);
    const first = await published(root, url);
    await query('DELETE FROM app.base WHERE id = 2; DROP TABLE app.item');
    // Somebody hides what shows that it was used.
    rmSync(join(root, '.probatum'), { recursive: true });
    const hidden = join(root, 'hidden');
    mkdirSync(hidden);
    renameSync(dirname(first), join(hidden, 'first'));
    renameSync(join(root, DOCUMENTS.execution), join(hidden, 'report.md'));
    await new Promise((later) => setTimeout(later, 1000));
    await published(root, url);
    expect(await ofAuthorizations(root)).toEqual([]);
    renameSync(join(hidden, 'first'), dirname(first));
    const again = DOCUMENTS.execution.replace('.md', '-first.md');
    renameSync(join(hidden, 'report.md'), join(root, again));
    expect(await ofAuthorizations(root)).toMatchObject([
      { message: expect.stringMatching(new RegExp(`have both committed with the nonce ${nonce}$`)) },
    ]);
  });
});

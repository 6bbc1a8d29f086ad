import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { UsageError } from '../../src/base/usage-error.js';
import { report } from '../../src/commands/report.js';
import { verify } from '../../src/commands/verify.js';
import { recordPath } from '../../src/render/report-view.js';
import { URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { afterStep, environmentOf, onceAt, runHere, runQuick } from '../support/run-probatum.js';

const SUCCESS = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const STOPPED = { code: 1, status: 'aborted', outcome: 'none' } as const;

const targetWith = (more: string) =>
  `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n${more}`;

describe.skipIf(requirePostgres() === null)('backup providers', () => {
  const lane = postgresLane();

  describe('directory', () => {
    const target = targetWith("    backup:\n      provider: directory\n      jobs: '2'\n");

    test('has a manifest with the digest of each file, which is the digest of the backup', async () => {
      const change = await lane.make({ target });
      const printed = await runQuick(change.root, change.url);
      const { record, folder } = await expectRun(change.root, printed, SUCCESS);
      const artefacts = join(folder, 'artefacts');
      expect(readdirSync(join(artefacts, 'backup'))).toContain('toc.dat');
      // Another program agrees.
      execFileSync('sha256sum', ['--check', '--strict', '../backup.manifest'], {
        cwd: join(artefacts, 'backup'),
      });
      const [manifest = ''] = execFileSync('sha256sum', [join(artefacts, 'backup.manifest')], {
        encoding: 'utf8',
      }).split(' ');
      expect(record.backup).toMatchObject({
        sha256: manifest,
        method: expect.stringContaining('read in full'),
      });
      expect(record.artefacts.find(({ step }) => step === 'backup')).toMatchObject({
        path: 'artefacts/backup.manifest',
        sha256: manifest,
        producer: expect.stringMatching(/^pg_dump directory, 2 jobs, \d+ files of \d+ bytes/),
      });
    });

    test('is hashed file by file by verify, where it is kept beside a published record', async () => {
      const change = await lane.make({ target });
      const { record, folder } = await expectRun(
        change.root,
        await runQuick(change.root, change.url),
        SUCCESS,
      );
      const { environment } = environmentOf(change.root);
      expect(await report(environment, folder, { publish: true, force: true })).toBe(0);
      const kept = join(change.root, dirname(recordPath(record)), 'artefacts');
      cpSync(join(folder, 'artefacts'), kept, { recursive: true });
      const verified = async () => {
        const { environment: here, printed } = environmentOf(change.root);
        const code = await verify(here, [], { format: 'json' });
        const { diagnostics, compared } = JSON.parse(printed.out) as {
          diagnostics: { ruleId: string; message: string }[];
          compared: { artefacts: number; absent: string[] };
        };
        return { code, compared, found: diagnostics.map(({ message }) => message) };
      };
      const whole = await verified();
      expect(whole).toMatchObject({ code: 0, found: [] });
      const files = readdirSync(join(kept, 'backup'));
      expect(whole.compared.artefacts).toBe(record.artefacts.length + files.length);

      const [data = ''] = files.filter((name) => name !== 'toc.dat');
      appendFileSync(join(kept, 'backup', data), 'x');
      rmSync(join(kept, 'backup', 'toc.dat'));
      writeFileSync(join(kept, 'backup', 'more.dat'), 'x');
      const of = 'backup of artefacts/backup.manifest: ';
      const harmed = await verified();
      expect(harmed.code).toBe(1);
      expect(harmed.found.sort()).toEqual(
        [
          `${of}${data} is not what the manifest says`,
          `${of}more.dat is not in the manifest`,
          `${of}toc.dat is missing`,
        ].sort(),
      );
      rmSync(join(kept, 'backup'), { recursive: true });
      const gone = await verified();
      expect(gone).toMatchObject({ code: 0, found: [] });
      expect(gone.compared.absent).toContain(`${record.runId}/artefacts/backup/`);
    });

    test.each<[string, (folder: string, data: string) => void]>([
      ['a changed', (folder, data) => appendFileSync(join(folder, data), 'x')],
      ['a removed', (folder, data) => rmSync(join(folder, data))],
      ['one more', (folder) => writeFileSync(join(folder, 'more.dat'), 'x')],
    ])('%s file denies right before BEGIN', async (_, harm) => {
      const change = await lane.make({ target });
      const printed = await runHere(change.root, change.url, {
        onEvent: onceAt(
          (line) => line.type === 'gate-evaluated' && line.id === 'G-03',
          (folder) => {
            const backup = join(folder, 'artefacts', 'backup');
            harm(backup, readdirSync(backup).find((name) => name !== 'toc.dat')!);
          },
        ),
      });
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toMatch(/^C-06: the backup is not what its manifest says: \S+\.dat/);
      expect(record.migration).toBeNull();
    });

    test('is refused behind a prefix: the folder would be written elsewhere', async () => {
      const change = await lane.make({ target: `${target}    tools:\n      prefix: [env]\n` });
      const { code, err } = await runQuick(change.root, change.url);
      expect(code).toBe(2);
      expect(err).toContain('pg_dump behind tools.prefix cannot write a directory here');
    });
  });

  describe('command', () => {
    const manifest = (changes: Record<string, unknown> = {}) =>
      JSON.stringify({
        id: '20260516-093000F',
        size: 1234,
        sha256: 'a'.repeat(64),
        taken_at: '@now@',
        entries: 7,
        ...changes,
      });

    /** A command that prints a manifest, after it has looked at the snapshot as a backup would. */
    function commandThat(prints: string, ends = 0): string {
      const folder = mkdtempSync(join(tmpdir(), 'backup-command-'));
      lane.atEnd(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'take-backup');
      const now = '$(date -u +%Y-%m-%dT%H:%M:%SZ)';
      writeFileSync(
        file,
        `#!/bin/sh\nset -e\npsql -X -q -o /dev/null -v ON_ERROR_STOP=1 -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SET TRANSACTION SNAPSHOT '$PROBATUM_SNAPSHOT'"\ncat <<END\n${prints.replace('@now@', now)}\nEND\necho "complaint with $PGPASSWORD" >&2\nexit ${ends}\n`,
      );
      chmodSync(file, 0o755);
      return targetWith(`    backup:\n      provider: command\n      command: [${file}]\n`);
    }

    test('what it says is declared, in the report and at the gate', async () => {
      const change = await lane.make({ target: commandThat(manifest()) });
      const printed = await runQuick(change.root, change.url);
      const { record, report } = await expectRun(change.root, printed, {
        ...SUCCESS,
        secret: lane.server.password,
      });
      expect(record.backup).toMatchObject({
        entries: '7',
        method: 'declared by the command take-backup, not read by probatum; size and digest too',
      });
      expect(report).toContain(
        '- backup_read: 7 entries, declared by the command take-backup, not read by probatum; size and digest too',
      );
      expect(report).toContain('probatum has not read it');
      expect(record.gates.find(({ gate }) => gate === 'backup-restorable')?.observed).toMatch(
        /^declared by the command/,
      );
    });

    test('one that was taken long ago is too old', async () => {
      const old = manifest({ taken_at: '2026-01-01T00:00:00Z' });
      const change = await lane.make({ target: commandThat(old) });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toMatch(/^C-06: gate G-02 \(backup-age\) denies: \d{6,}\.\d+ s old/);
    });

    test('one that was taken during the step is as old as the step', async () => {
      const change = await lane.make({ target: commandThat(manifest()), maxAgeSeconds: 0 });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toMatch(/^C-06: gate G-02 \(backup-age\) denies: \d+\.\d+ s old/);
    });

    test('one that says it is of the future is refused', async () => {
      const change = await lane.make({ target: commandThat(manifest({ taken_at: '2099-01-01T00:00:00Z' })) });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toBe(
        'C-01: the backup is declared to be taken in the future: 2099-01-01T00:00:00Z',
      );
    });

    describe('that names its files', () => {
      const digest = (text: string) => createHash('sha256').update(text).digest('hex');

      /** Files of a backup, and the manifest of them. */
      function stored(texts: readonly string[]) {
        const folder = mkdtempSync(join(tmpdir(), 'site-backup-'));
        lane.atEnd(() => rmSync(folder, { recursive: true }));
        const files = texts.map((text, index) => {
          const path = join(folder, `part-${index}`);
          writeFileSync(path, text);
          return { path, size: text.length, sha256: digest(text) };
        });
        const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
        const whole = {
          size: texts.join('').length,
          sha256: files.length === 1 ? files[0]!.sha256 : digest(lines),
          files,
        };
        return { files, whole };
      }

      test.each([[['one']], [['one', 'another']]])('has them hashed (%j)', async (texts) => {
        const change = await lane.make({ target: commandThat(manifest(stored(texts).whole)) });
        const printed = await runQuick(change.root, change.url);
        const { record } = await expectRun(change.root, printed, SUCCESS);
        const files = texts.length === 1 ? '1 file' : '2 files';
        expect(record.backup?.method).toBe(
          `declared by the command take-backup, not read by probatum; ${files} of it hashed`,
        );
      });

      test.each<[string, (backup: ReturnType<typeof stored>) => object, string]>([
        [
          'is not there',
          ({ files }) => ({ files: [{ ...files[0], path: '/nowhere/at-all' }] }),
          'at-all cannot be read (ENOENT)',
        ],
        [
          'is shorter',
          ({ files }) => ({ files: [{ ...files[0], size: 4 }] }),
          'part-0 has 3 bytes, declared are 4',
        ],
        [
          'has another digest',
          ({ files }) => ({ files: [{ ...files[0], sha256: digest('x') }] }),
          'part-0 does not have the declared sha256',
        ],
        ['is not the backup', () => ({ sha256: digest('x') }), 'its sha256 is not that of its files'],
        ['is not all of the backup', () => ({ size: 9 }), 'its files have 3 bytes, declared are 9'],
      ])('is refused where one %s', async (_, changes, why) => {
        const backup = stored(['one']);
        const change = await lane.make({
          target: commandThat(manifest({ ...backup.whole, ...changes(backup) })),
        });
        const printed = await runQuick(change.root, change.url);
        const { record } = await expectRun(change.root, printed, STOPPED);
        expect(record.reason).toBe(`C-01: the manifest of the command take-backup is not true: ${why}`);
      });

      test('denies right before BEGIN where one was harmed since', async () => {
        const { files, whole } = stored(['one']);
        const change = await lane.make({ target: commandThat(manifest(whole)) });
        const harm = () => appendFileSync(files[0]!.path, 'x');
        const printed = await runHere(change.root, change.url, {
          onEvent: onceAt((line) => line.type === 'gate-evaluated' && line.id === 'G-03', harm),
        });
        const { record } = await expectRun(change.root, printed, STOPPED);
        expect(record.reason).toMatch(/^C-06: .*part-0 has 4 bytes, declared are 3/);
        expect(record.migration).toBeNull();
      });
    });

    test.each([
      ['no JSON', 'done', 'printed no JSON'],
      ['a list', '[]', 'printed no manifest'],
      ['a key too many', manifest({ more: 1 }), 'has an unknown key "more"'],
      ['no digest', manifest({ sha256: undefined }), 'has no valid sha256'],
      ['no size', manifest({ size: 0 }), 'has no valid size'],
      ['a size with digits lost', manifest({ size: 2 ** 60 }), 'has no valid size'],
      ['no entries', manifest({ entries: 0 }), 'has no valid entries'],
      ['a day without time', manifest({ taken_at: '2026-05-16' }), 'has no valid taken_at'],
      ['files that are no list', manifest({ files: 'all' }), 'has no valid files'],
      ['no file', manifest({ files: [] }), 'has no valid files'],
      [
        'a file without its place',
        manifest({ files: [{ path: 'a', size: 1, sha256: 'a'.repeat(64) }] }),
        'has no valid files',
      ],
      ['an id with a line end', manifest({ id: 'a\nb' }), 'has no valid id'],
    ])('%s is refused', async (_, prints, why) => {
      const change = await lane.make({ target: commandThat(prints) });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toMatch(/^C-01: /);
      expect(record.reason).toContain(why);
    });

    test('one that fails stops the run, and its complaint has no password', async () => {
      const change = await lane.make({ target: commandThat(manifest(), 3) });
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, { ...STOPPED, secret: lane.server.password });
      expect(record.reason).toBe('C-01: take-backup failed: complaint with ***');
    });

    test('cannot be proved by restoring it', async () => {
      const change = await lane.make({ target: commandThat(manifest()) });
      const printed = await runHere(change.root, change.url, { proveBackup: true });
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toBe(
        'PROOF: a backup that is declared by the command take-backup cannot be restored from here',
      );
    });
  });

  test.each([
    ['an unknown provider', '    backup:\n      provider: tape\n'],
    ['a command of no words', '    backup:\n      provider: command\n      command: []\n'],
    ['no jobs', "    backup:\n      provider: directory\n      jobs: '0'\n"],
    ['a time without a unit', "    query_timeout: '20'\n"],
    ['a transport of no words', '    transport: []\n'],
  ])('the configuration is refused with %s', async (_, more) => {
    await expect(lane.make({ target: targetWith(more) })).rejects.toMatchObject({
      code: 'bad-configuration',
    } satisfies Partial<UsageError>);
  });

  test('a backup that was damaged before C-02 is found there', async () => {
    const change = await lane.make({ target: targetWith('    backup:\n      provider: directory\n') });
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-01'), (folder) =>
        appendFileSync(join(folder, 'artefacts', 'backup', 'toc.dat'), 'x'),
      ),
    });
    const { record } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toBe('C-02: the backup is not what its manifest says: toc.dat');
  });
});

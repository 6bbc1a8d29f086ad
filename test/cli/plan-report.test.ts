import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE } from '../../src/demo/example.js';
import { schemaErrors } from '../../src/load/schemas.js';
import type { RunEvent } from '../../src/record/events.js';
import { Journal } from '../../src/record/journal.js';
import { writeRecord } from '../../src/record/store.js';
import { COMMITTED, journalLines } from '../record/committed.js';
import { COLOUR, copyExample, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const [REHEARSAL, RUN] = [COMMITTED[0]!, COMMITTED[1]!];

describe('probatum plan', () => {
  it('prints what will be sent, in order, and what must hold', async () => {
    const { code, out, err } = await probatum(['plan', EXAMPLE.package]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toMatch(COLOUR);
    const order = [
      'plan ',
      'C-00 ',
      'G-11 ddl-provenance',
      'GUARD ',
      'C-06 ',
      'G-02 backup-age <= 3600 s',
      '1. BEGIN',
      '2. CREATE TABLE',
      '4. COMMIT',
      'Rollback',
      'PF-10 ',
      'V-17 ',
      'baseline + 2',
      'V-23 ',
      'D-01 ',
    ];
    const places = order.map((text) => out.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('prints JSON with the digest of the plan in it, whole and without colours', async () => {
    const options = { env: { FORCE_COLOR: '1' }, slow: 2500 };
    const { code, out, err } = await probatum(['plan', EXAMPLE.package, '--format', 'json'], options);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toMatch(COLOUR);
    const { plan, planSha256 } = JSON.parse(out) as { plan: object; planSha256: string };
    expect(schemaErrors('plan', plan)).toEqual([]);
    // The plan is the first member of the one line, and canonical as it stands there.
    const canonical = out.slice('{"plan":'.length, out.lastIndexOf(',"planSha256":'));
    const digest = execFileSync('sha256sum', { input: canonical, encoding: 'utf8' }).slice(0, 64);
    expect(planSha256).toBe(digest);
  });

  it('ends with 1 and names the documents where they have errors', async () => {
    const root = folder();
    copyExample(root);
    const ddl = readdirSync(join(root, dirname(EXAMPLE.package), '../v0.2-ddl-authoring')).find((name) =>
      name.includes('p0-2'),
    )!;
    appendFileSync(join(root, dirname(EXAMPLE.package), '../v0.2-ddl-authoring', ddl), '\nOne more line.\n');
    const { code, out, err } = await probatum(['plan', EXAMPLE.package], { cwd: root });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('[document-digest-matches]');
    expect(err).toMatch(/no plan: \d+ errors? in the documents that it is made from\n$/);
  });

  it.each([
    ['a document of another kind', 'a.md', 'knowledge/a.md is of kind note, not command-package'],
    ['a document that does not exist', 'b.md', 'no such file or folder: knowledge/b.md'],
  ])('ends with 2 at %s', async (_, name, message) => {
    const cwd = folder({ 'knowledge/a.md': '---\nkind: note\n---\n' });
    const { code, out, err } = await probatum(['plan', `knowledge/${name}`], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('probatum report', () => {
  let text: string;
  beforeAll(async () => {
    text = (await probatum(['report', RUN.record])).out;
  });

  it('prints the same each time, for the record and for its folder, from anywhere', async () => {
    expect(text).toMatch(/^---\nkind: execution-report\n/);
    for (const path of [RUN.record, dirname(RUN.record)]) {
      const { code, out, err } = await probatum(['report', path]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toBe(text);
    }
    const elsewhere = await probatum(['report', join(REPOSITORY, RUN.record)], {
      cwd: folder(),
      env: { FORCE_COLOR: '1', LANG: 'de_DE', TZ: 'Asia/Ho_Chi_Minh' },
    });
    expect(elsewhere.out).toBe(text);
  });

  it('writes to a file, and replaces nothing unasked', async () => {
    const cwd = folder();
    const run = (...more: string[]) =>
      probatum(['report', join(REPOSITORY, RUN.record), '--output', 'new/r.md', ...more], { cwd });
    expect(await run()).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(join(cwd, 'new/r.md'), 'utf8')).toBe(text);
    writeFileSync(join(cwd, 'new/r.md'), 'mine');
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('exists already') });
    expect(readFileSync(join(cwd, 'new/r.md'), 'utf8')).toBe('mine');
    expect((await run('--force')).code).toBe(0);
    expect(readFileSync(join(cwd, 'new/r.md'), 'utf8')).toBe(text);
  });

  it.each([
    ['no JSON', 'text', 'is not JSON'],
    ['another JSON', '{"format":"probatum-record/1"}', 'is not a run record'],
  ])('ends with 2 where the record is %s', async (_, content, message) => {
    const { code, out, err } = await probatum(['report', 'record.json'], {
      cwd: folder({ 'record.json': content }),
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  describe('--publish', () => {
    /** The example before its reports, and a run's folder beside it. */
    const draft = () => {
      const root = folder();
      copyExample(root);
      for (const { report, record } of COMMITTED) {
        rmSync(join(root, report));
        rmSync(join(root, dirname(record)), { recursive: true });
      }
      cpSync(join(REPOSITORY, dirname(REHEARSAL.record)), join(root, '.probatum/run'), { recursive: true });
      writeFileSync(join(root, '.probatum/run/artefacts/backup.tar.gz'), 'not for a repository');
      return root;
    };
    const publish = (cwd: string, ...more: string[]) =>
      probatum(['report', '.probatum/run', '--publish', ...more], { cwd });
    const files = (root: string, path: string) =>
      readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort();

    it('files report, record, journal and the small artefacts where the package says', async () => {
      const root = draft();
      const { code, out, err } = await publish(root);
      expect({ code, out }).toEqual({ code: 0, out: '' });
      expect(err).toBe(`report  ${REHEARSAL.report}\nrecord  ${REHEARSAL.record}\n`);
      expect(files(root, dirname(REHEARSAL.record))).toEqual(files(REPOSITORY, dirname(REHEARSAL.record)));
      for (const name of ['record.json', 'journal.jsonl', 'artefacts/migration.sql'])
        expect(readFileSync(join(root, dirname(REHEARSAL.record), name))).toEqual(
          readFileSync(join(REPOSITORY, dirname(REHEARSAL.record), name)),
        );
      const printed = await probatum(['report', '.probatum/run'], { cwd: root });
      expect(readFileSync(join(root, REHEARSAL.report), 'utf8')).toBe(printed.out);

      expect(await publish(root)).toMatchObject({ code: 2, err: expect.stringContaining('exists already') });
      expect((await publish(root, '--force')).code).toBe(0);
      const verified = await probatum(['verify', REHEARSAL.report], { cwd: root });
      expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/rendered 1 report/) });
    });

    it('refuses a record that does not follow from its journal, and files nothing', async () => {
      const root = draft();
      const journal = join(root, '.probatum/run/journal.jsonl');
      writeFileSync(journal, readFileSync(journal, 'utf8').replace('"verdict":"PASS"', '"verdict":"FAIL"'));
      const { code, err } = await publish(root);
      expect(code).toBe(2);
      expect(err).toContain('is not published');
      expect(existsSync(join(root, REHEARSAL.report))).toBe(false);
      expect(existsSync(join(root, dirname(REHEARSAL.record)))).toBe(false);
    });

    it.each([
      ['the folder of the report', dirname(REHEARSAL.report)],
      ['the folder of the record', dirname(REHEARSAL.record)],
      ['the report', REHEARSAL.report],
    ])('writes nothing where %s is a symbolic link', async (_, path) => {
      const [root, elsewhere] = [draft(), folder()];
      rmSync(join(root, path), { recursive: true, force: true });
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(path === REHEARSAL.report ? join(elsewhere, 'report.md') : elsewhere, join(root, path));
      const { code, err } = await publish(root, '--force');
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining(`${path} is a symbolic link, and those are not followed`),
      });
      expect(readdirSync(elsewhere)).toEqual([]);
    });

    it('refuses a path that leads out of the root, and writes nothing there', async () => {
      const outer = folder();
      const root = join(outer, 'inner');
      const run = join(root, '.probatum/run');
      mkdirSync(run, { recursive: true });
      const journal = Journal.create(join(run, 'journal.jsonl'), () => new Date(0));
      const [started] = journalLines(RUN);
      const {
        seq: _seq,
        at: _at,
        prev: _prev,
        ...event
      } = JSON.parse(started!.replaceAll(RUN.report, '../outside/report.md'));
      journal.append(event as RunEvent);
      journal.append({ type: 'run-finished', status: 'aborted', reason: 'test' });
      journal.close();
      writeRecord(run);
      // The schema of a record lets no such path through; the command would not follow it either.
      const { code, err } = await publish(root);
      expect(code).toBe(2);
      expect(err).toMatch(/plan\.reports\.execution\.path|is outside/);
      expect(readdirSync(outer)).toEqual(['inner']);
    });
  });
});

import { cpSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { COMMITTED } from '../record/committed.js';
import { copyExample, probatum, temporaryFolders } from './probatum.js';

/*
 * Everything that can be changed after a run, changed by hand: verify says so, at the place in the report. The copy's
 * reports are rendered anew first, so that only the change of each test is found.
 */

const folder = temporaryFolders();
const [REHEARSAL, RUN] = [COMMITTED[0]!, COMMITTED[1]!];
const [RECORD, JOURNAL] = [RUN.record, RUN.journal];

let clean: string;

beforeAll(async () => {
  clean = folder({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n' });
  copyExample(clean);
  for (const { record } of COMMITTED) {
    const { code, err } = await probatum(['report', record, '--publish', '--force'], { cwd: clean });
    if (code !== 0) throw new Error(err);
  }
});

/** A copy of the clean corpus after a change. */
function changed(change: (root: string) => void): string {
  const root = folder();
  cpSync(clean, root, { recursive: true });
  change(root);
  return root;
}

/** Replaces the one place of a text in a file. */
function replace(root: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  writeFileSync(join(root, path), text.replace(from, to));
}

interface Output {
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: { readonly documents: number; readonly errors: number };
  readonly compared: {
    readonly pins: number;
    readonly reports: number;
    readonly journals: number;
    readonly artefacts: number;
    readonly absent: readonly string[];
  };
}

async function verify(root: string, ...paths: string[]): Promise<Output & { code: number }> {
  const { code, out, err } = await probatum(['verify', ...paths, '--format', 'json'], { cwd: root });
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as Output) };
}

/** Rule and text of the place, and message, of each finding; what the seal shows besides is tested in seal.test.ts. */
function shown(root: string, all: readonly Diagnostic[]) {
  const lines = readFileSync(join(root, RUN.report), 'utf8').split('\n');
  const diagnostics = all.filter(({ ruleId }) => ruleId !== 'seal-signature');
  return diagnostics.map(({ ruleId, severity, file, position: { start, end }, message }) => {
    expect({ severity, file }).toEqual({ severity: 'error', file: RUN.report });
    expect(end.line).toBe(start.line);
    return { ruleId, at: lines[start.line - 1]!.slice(start.column - 1, end.column - 1), message };
  });
}

/** The example was made outside of git. */
const OUTSIDE = expect.stringMatching(/^plan of \S+ \(it was made outside of git\)$/) as string;

const digestIn = (root: string) =>
  /^ {2}sha256: (.*)$/m.exec(readFileSync(join(root, RUN.report), 'utf8'))![1]!;

describe('probatum verify', () => {
  it("holds this repository's own documents for true, and says what it compared", async () => {
    const { code, out, err } = await probatum(['verify']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^compared \d\d digest pins in \d+ documents\nrendered 2 reports again from the record, folded 2 journals\nhashed 14 artefacts of the records\nread 2 seals, 0 of them signed; planned 0 packages again at the commit of the record\naccepted 0 signatures\nnot here, not compared: plan of \S+ \(it was made outside of git\), \S+backup\.tar\.gz, plan of \S+ \(it was made outside of git\), \S+backup\.dump\nverified\n$/,
    );
  });

  it('holds a clean copy for true', async () => {
    const { code, diagnostics, compared } = await verify(clean, RUN.report);
    expect({ code, diagnostics }).toEqual({ code: 0, diagnostics: [] });
    expect(compared).toMatchObject({ reports: 1, journals: 1, artefacts: 7 });
    expect(compared.pins).toBe(5);
    expect(compared.absent).toEqual([OUTSIDE, expect.stringMatching(/\/artefacts\/backup\.dump$/)]);
  });

  it('holds nothing for true whose pins lead to documents that are not read', async () => {
    const root = changed((at) => writeFileSync(join(at, 'probatum.config.yaml'), 'corpus: [none/**/*.md]\n'));
    const { code, diagnostics, compared } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(diagnostics.map(({ ruleId }) => ruleId)).toEqual(Array(3).fill('no-broken-reference'));
    expect(compared.pins).toBe(0);
    expect(compared.absent).toEqual([
      expect.stringMatching(/governed-migration-protocol/),
      expect.stringMatching(/ddl-draft/),
      EXAMPLE.package,
      OUTSIDE,
      expect.stringMatching(/\/artefacts\/backup\.dump$/),
    ]);
  });

  it('finds a line of a report that was edited by hand, exactly', async () => {
    const before = '| V-04 | manifest_envelope rows | 0 | 0 | PASS | SQL |';
    const after = '| V-04 | manifest_envelope rows | 0 | 3 | PASS | SQL |';
    const root = changed((at) => replace(at, RUN.report, before, after));
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'report-matches-record', at: after, message: 'the report is not what its record renders to' },
    ]);
    expect(diagnostics.find(({ ruleId }) => ruleId === 'report-matches-record')).toMatchObject({
      expected: before,
      observed: after,
      help: expect.stringContaining('--publish --force'),
    });
  });

  it.each([
    ['a line more', (text: string) => `${text}\nApproved.\n`],
    ['a line less', (text: string) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`],
    ['line ends of another kind', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('finds a report with %s', async (_, edit) => {
    const root = changed((at) => {
      const file = join(at, RUN.report);
      writeFileSync(file, edit(readFileSync(file, 'utf8')));
    });
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(diagnostics.map(({ ruleId }) => ruleId)).toContain('report-matches-record');
  });

  it('finds an edited record: its digest, its journal, and the report of it', async () => {
    const root = changed((at) =>
      replace(at, RECORD, '"reason":"every step was done', '"reason":"every step was well done'),
    );
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    const digest = digestIn(root);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'record-chain', at: RECORD, message: expect.stringContaining('folds to another record') },
      {
        ruleId: 'report-matches-record',
        at: `  sha256: ${digest}`,
        message: 'the report is not what its record renders to',
      },
      { ruleId: 'report-matches-record', at: digest, message: 'the record has another digest' },
    ]);
  });

  it('finds an edited record whose report was rendered again, by its journal', async () => {
    const root = changed((at) =>
      replace(at, RECORD, '"reason":"every step was done', '"reason":"every step was well done'),
    );
    const forged = await probatum(['report', RECORD], { cwd: root });
    writeFileSync(join(root, RUN.report), forged.out);
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'record-chain', at: RECORD, message: expect.stringContaining('folds to another record') },
    ]);
  });

  it('finds a record that is none any more', async () => {
    const root = changed((at) => replace(at, RECORD, '"status":"succeeded"', '"status":"splendid"'));
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'record-chain', at: RECORD, message: expect.stringContaining('is not a run record') },
    ]);
  });

  it.each<[string, (root: string) => void, string]>([
    [
      'an edited',
      (at) => replace(at, JOURNAL, '"observed":["0"]', '"observed":["7"]'),
      'the digest of the line before does not match',
    ],
    [
      'a cut',
      (at) => {
        const file = join(at, JOURNAL);
        writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1).join('\n')}\n`);
      },
      'folds to another record',
    ],
    [
      'a torn',
      (at) => {
        const file = join(at, JOURNAL);
        writeFileSync(file, readFileSync(file).subarray(0, -20));
      },
      'the last line is not complete',
    ],
    [
      "another run's",
      (at) => cpSync(join(at, REHEARSAL.journal), join(at, JOURNAL)),
      'folds to another record',
    ],
    ['a missing', (at) => rmSync(join(at, JOURNAL)), 'cannot read'],
  ])('finds %s journal', async (_, change, message) => {
    const root = changed(change);
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'record-chain', at: RECORD, message: expect.stringContaining(message) },
    ]);
  });

  it('finds an artefact that was exchanged, and says what is not here', async () => {
    const artefact = `${dirname(RECORD)}/artefacts/migration.sql`;
    const root = changed((at) => {
      replace(at, artefact, 'CREATE TABLE', 'CREATE UNLOGGED TABLE');
      renameSync(join(at, dirname(RECORD), 'artefacts/rows-before.txt'), join(at, 'moved.txt'));
    });
    const { code, diagnostics, compared } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(shown(root, diagnostics)).toEqual([
      { ruleId: 'record-chain', at: RECORD, message: 'artefact artefacts/migration.sql has another digest' },
    ]);
    expect(compared).toMatchObject({
      artefacts: 6,
      absent: expect.arrayContaining([expect.stringMatching(/rows-before\.txt$/)]),
    });
  });

  it.each<[string, string, string]>([
    ['its record', 'record.json', 'it is no plain file'],
    ['its journal', 'journal.jsonl', 'it is no plain file'],
    ['its seal', 'seal.json', 'it is no plain file'],
    ['an artefact', 'artefacts/migration.sql', 'migration.sql is no plain file'],
  ])('does not read a device in place of %s', async (_, name, why) => {
    const root = changed((at) => {
      const file = join(at, dirname(RECORD), name);
      rmSync(file);
      symlinkSync('/dev/zero', file);
    });
    const { code, out } = await probatum(['verify', RUN.report], { cwd: root });
    expect(code).toBe(1);
    expect(out).toContain(why);
    expect(out).not.toContain(root);
  });

  it.each<[string, (root: string) => void, string, string]>([
    ['whose record is gone', (at) => rmSync(join(at, RECORD)), RECORD, `no record at ${RECORD}`],
    [
      'that names no record',
      (at) => replace(at, RUN.report, `record:\n  path: ${RECORD}\n`, 'record:\n'),
      '',
      'the report names no record',
    ],
  ])('finds a report %s', async (_, change, place, message) => {
    const root = changed(change);
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    const found = shown(root, diagnostics).filter(({ ruleId }) => ruleId === 'report-matches-record');
    expect(found).toEqual([
      { ruleId: 'report-matches-record', at: place === '' ? expect.any(String) : place, message },
    ]);
  });

  it('finds a report that says nothing of its record any more, by the package that names it', async () => {
    const root = changed((at) => {
      rmSync(join(at, 'probatum.config.yaml'));
      writeFileSync(join(at, RUN.report), '---\nkind: note\n---\n\nAll went well.\n');
    });
    const { code, diagnostics } = await verify(root);
    expect(code).toBe(1);
    expect(diagnostics.map(({ ruleId, file }) => [ruleId, file])).toContainEqual([
      'reference-kind',
      EXAMPLE.package,
    ]);
  });

  it('finds a report that calls itself something else', async () => {
    const root = changed((at) => replace(at, RUN.report, 'kind: execution-report', 'kind: note'));
    const { code, diagnostics } = await verify(root, RUN.report);
    expect(code).toBe(1);
    expect(diagnostics[0]).toMatchObject({ expected: 'kind: execution-report', observed: 'kind: note' });
    expect(shown(root, diagnostics)[0]).toMatchObject({ ruleId: 'report-matches-record', at: 'kind: note' });
  });

  it('shows findings to people with the line, and ends with 2 where it could not start', async () => {
    const root = changed((at) => replace(at, RUN.report, '- data_mutation: ', '- data_mutation: surely '));
    const { code, out } = await probatum(['verify', RUN.report], { cwd: root });
    expect(code).toBe(1);
    expect(out).toMatch(/^error: the report is not what its record renders to \[report-matches-record\]\n/m);
    expect(out).toContain('| - data_mutation: surely ');
    expect(out).toMatch(/\n2 findings\n$/);
    expect(await probatum(['verify', 'nothing.md'], { cwd: root })).toMatchObject({ code: 2, out: '' });
  });
});

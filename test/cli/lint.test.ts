import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COLOUR, copyExample, probatum, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();

const NOTE = '---\nkind: note\n---\n';
/** A row with a cell too few. */
const TORN = `${NOTE}\n| Name | Value |\n| --- | --- |\n| a |\n`;

const corpus = () =>
  folder({ 'knowledge/good.md': NOTE, 'knowledge/one.md': TORN, 'knowledge/sub/two.md': TORN });

describe('probatum lint', () => {
  it("finds nothing in this repository's own documents", async () => {
    const { code, out, err } = await probatum(['lint']);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ documents, no findings\n$/),
      err: '',
    });
  });

  it('ends with 1 where it finds something, and shows where', async () => {
    const { code, out, err } = await probatum(['lint'], { cwd: corpus() });
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toContain(
      'error: row has 1 cell, expected 2 [malformed-table]\n --> knowledge/one.md:7:1\n7 | | a |\n',
    );
    expect(out).toMatch(/3 documents, 2 errors, 0 warnings\n$/);
  });

  it('judges no file that is named and no document, and says so', async () => {
    const root = corpus();
    writeFileSync(join(root, 'README.md'), '# A project\n');
    symlinkSync('one.md', join(root, 'knowledge/link.md'));
    const one = await probatum(['lint', 'README.md', 'knowledge/good.md'], { cwd: root });
    expect([one.code, one.out]).toEqual([0, '1 document, no findings\n']);
    expect(one.err).toContain('note: README.md is not judged');
    const link = await probatum(['lint', 'knowledge/link.md'], { cwd: root });
    expect(link.out).toMatch(/^warning: a symbolic link, [\s\S]*0 documents, 0 errors, 1 warning\n$/);
    expect(link.code).toBe(0);
    expect(link.err).toContain('knowledge/link.md is a symbolic link');
  });

  it('finds the corpus from a folder of it, and from another one of the repository', async () => {
    const root = corpus();
    const whole = (cwd: string) => probatum(['lint', '--no-cache'], { cwd });
    for (const from of ['knowledge', 'knowledge/sub'])
      expect((await whole(join(root, from))).out).toMatch(/3 documents, 2 errors, 0 warnings\n$/);
    mkdirSync(join(root, 'src/deep'), { recursive: true });
    expect((await whole(join(root, 'src/deep'))).err).toContain('no document was found');
    mkdirSync(join(root, '.git'));
    expect((await whole(join(root, 'src/deep'))).out).toMatch(/3 documents, 2 errors, 0 warnings\n$/);
  });

  it.runIf(process.platform === 'linux')('says which names are no UTF-8, and goes on', async () => {
    const root = corpus();
    const paths = ['\xff.md', '\xfe.md', 'a\xff/b.md', '\xff.txt', '\xef\xbf\xbd.md', '.\xff.md'];
    for (const name of paths) {
      const path = Buffer.from(`${root}/knowledge/${name}`, 'latin1');
      if (name.includes('/')) mkdirSync(path.subarray(0, path.lastIndexOf('/')));
      writeFileSync(path, NOTE);
    }
    // Folders that begin with a dot are never looked into; a link in place of a folder is left out like the folder.
    mkdirSync(Buffer.from(`${root}/knowledge/.a\xff`, 'latin1'));
    symlinkSync('sub', Buffer.from(`${root}/knowledge/l\xff`, 'latin1'));
    symlinkSync('one.md', Buffer.from(`${root}/knowledge/m\xff`, 'latin1'));
    for (const more of [['--no-cache'], [], []]) {
      const { code, out } = await probatum(['lint', '--format', 'json', ...more], { cwd: root });
      const { diagnostics, summary } = JSON.parse(out);
      const named = diagnostics.filter(({ message }: { message: string }) => message.includes('no UTF-8'));
      expect(named.map(({ file }: { file: string }) => file)).toEqual([
        'knowledge/\\xfe.md',
        'knowledge/\\xff.md',
        'knowledge/a\\xff',
        'knowledge/l\\xff',
      ]);
      // The documents of the corpus, and the one whose name really has that character.
      expect(summary).toEqual({ documents: 4, errors: 6, warnings: 0, suppressed: 0 });
      expect(code).toBe(1);
    }
    for (const format of ['pretty', 'sarif', 'junit', 'github']) {
      const { code, out } = await probatum(['lint', '--format', format], { cwd: root });
      expect(code).toBe(1);
      expect(out).toContain(format === 'sarif' ? 'knowledge/a%5Cxff' : 'knowledge/a\\xff');
    }
  });

  it.each([
    ['one file', ['knowledge/one.md'], ['knowledge/one.md'], 1],
    ['a folder', ['knowledge/sub'], ['knowledge/sub/two.md'], 1],
    ['a folder with a slash', ['knowledge/sub/'], ['knowledge/sub/two.md'], 1],
    ['two of them', ['knowledge/one.md', 'knowledge/sub'], ['knowledge/one.md', 'knowledge/sub/two.md'], 2],
    ['everything', ['.'], ['knowledge/one.md', 'knowledge/sub/two.md'], 3],
    ['a file without findings', ['knowledge/good.md'], [], 1],
  ])('of %s shows its findings only', async (_, paths, files, documents) => {
    const { code, out } = await probatum(['lint', ...paths, '--format', 'json'], { cwd: corpus() });
    const { diagnostics, summary } = JSON.parse(out) as { diagnostics: { file: string }[]; summary: unknown };
    expect(diagnostics.map(({ file }) => file)).toEqual(files);
    expect(summary).toEqual({ documents, errors: files.length, warnings: 0, suppressed: 0 });
    expect(code).toBe(files.length > 0 ? 1 : 0);
  });

  it('names paths from the root, wherever it is run', async () => {
    const root = folder({
      'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n',
      'knowledge/sub/two.md': TORN,
    });
    const inside = await probatum(['lint', 'two.md'], { cwd: join(root, 'knowledge/sub') });
    expect(inside.code).toBe(1);
    expect(inside.out).toContain('knowledge/sub/two.md:7:1');
    const outside = await probatum(['--root', root, 'lint'], { cwd: folder() });
    expect(outside.out).toBe(inside.out);
  });

  it('reads a document that the configuration does not name, if it is named here', async () => {
    const root = folder({ 'probatum.config.yaml': 'corpus: [documents/**/*.md]\n', 'draft.md': TORN });
    const nothing = await probatum(['lint'], { cwd: root });
    expect({ code: nothing.code, out: nothing.out }).toEqual({ code: 2, out: '' });
    expect(nothing.err).toMatch(/^error: no document was found\n {2}globs of the corpus: documents/);
    expect((await probatum(['lint', 'draft.md'], { cwd: root })).code).toBe(1);
  });

  it.each<[string, string[], RegExp]>([
    ['a path that does not exist', ['lint', 'nothing.md'], /^error: no such file or folder: nothing\.md\n$/],
    ['a path outside the root', ['lint', '..'], /^error: \.\. is outside .*\n {2}run it in the folder/],
    ['an option that does not exist', ['lint', '--fast'], /unknown option '--fast'/],
    ['a format that does not exist', ['lint', '--format', 'xml'], /Allowed choices are pretty, json, sarif/],
    ['a number that is none', ['lint', '--max-warnings', '-1'], /--max-warnings <number>.*not a number/],
    ['two selections', ['lint', '--staged', '--since', 'HEAD'], /cannot be used with option '--since/],
    ['standard input without a name', ['lint', '--stdin'], /--stdin and --stdin-filename go together/],
    [
      'a name without standard input',
      ['lint', '--stdin-filename', 'a.md'],
      /--stdin and --stdin-filename go/,
    ],
    [
      'standard input and a path',
      ['lint', '--stdin', '--stdin-filename', 'a.md', '.'],
      /--stdin takes no paths/,
    ],
    [
      'standard input outside',
      ['lint', '--stdin', '--stdin-filename', '../a.md'],
      /^error: \.\.\/a\.md is outside/,
    ],
    [
      'standard input of the root',
      ['lint', '--stdin', '--stdin-filename', '.'],
      /^error: \. is no name of a document/,
    ],
    ['watching for machines', ['lint', '--watch', '--format', 'json'], /--watch writes for people/],
    [
      'results in place of a document',
      ['lint', '--output', 'knowledge/one.md'],
      /one\.md is a document, no place/,
    ],
    ['a root that does not exist', ['--root', 'nowhere/at/all', 'lint'], /^error: no such folder: .*all\n$/],
  ])('ends with 2 at %s', async (_, args, message) => {
    const { code, out, err } = await probatum(args, { cwd: corpus() });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('this is a fault of probatum');
  });

  it.each([
    ['a key that does not exist', 'corpora: [a.md]\n', 'corpora: unknown key "corpora"'],
    ['a value of another kind', 'corpus: a.md\n', 'corpus: must be a list'],
    ['no YAML', 'corpus: [\n', 'probatum.config.yaml:2:1 Flow sequence'],
    ['a target without an engine', 'targets: { a: { directory: b } }\n', 'targets.a'],
    ['something else altogether', '- a\n- b\n', 'must be a mapping'],
  ])('ends with 2 where the configuration has %s', async (_, config, message) => {
    const { code, out, err } = await probatum(['lint'], { cwd: folder({ 'probatum.config.yaml': config }) });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('this is a fault of probatum');
  });
});

/** A header of the older form is a warning. */
const OLD = 'Title\ndocument_path: knowledge/old.md\nrevision: r1\n';

describe('warnings', () => {
  const made = (files = {}) =>
    folder({ 'knowledge/old.md': OLD, 'knowledge/new.md': OLD.replace('old', 'new'), ...files });

  it.each<[string[], number, boolean]>([
    [[], 0, true],
    [['--max-warnings', '2'], 0, true],
    [['--max-warnings', '1'], 1, true],
    [['--max-warnings', '0'], 1, true],
    [['--quiet'], 0, false],
    [['--quiet', '--max-warnings', '1'], 1, false],
  ])('with %j end with %i', async (args, code, shown) => {
    const result = await probatum(['lint', ...args], { cwd: made() });
    expect(result.code).toBe(code);
    expect(result.out.includes('[front-matter-required]')).toBe(shown);
    expect(result.out).toMatch(/2 documents, 0 errors, 2 warnings\n$/);
    expect(result.err).toBe(code === 0 ? '' : `error: 2 warnings, more than --max-warnings ${args.at(-1)}\n`);
  });

  it('are left out of every format by --quiet, and still counted', async () => {
    const cwd = made({ 'knowledge/one.md': TORN });
    const { code, out } = await probatum(['lint', '--quiet', '--format', 'json'], { cwd });
    expect(code).toBe(1);
    const { diagnostics, summary } = JSON.parse(out) as {
      diagnostics: { severity: string }[];
      summary: unknown;
    };
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['error']);
    expect(summary).toEqual({ documents: 3, errors: 1, warnings: 2, suppressed: 0 });
    const { out: commands } = await probatum(['lint', '--quiet', '--format', 'github'], { cwd });
    expect(commands).toMatch(/^::error file=knowledge\/one\.md[^\n]*\n$/);
  });
});

describe('probatum lint --stdin', () => {
  const judged = (root: string, filename: string, input: string | Uint8Array, cwd = root) =>
    probatum(['--root', root, 'lint', '--stdin', '--stdin-filename', filename], { cwd, input });

  it('judges what it reads in place of the file, and nothing else', async () => {
    const root = corpus();
    const { code, out } = await judged(root, 'knowledge/one.md', NOTE);
    expect({ code, out }).toEqual({ code: 0, out: '1 document, no findings\n' });
    const torn = await judged(root, 'good.md', TORN, join(root, 'knowledge'));
    expect(torn.code).toBe(1);
    expect(torn.out).toContain('knowledge/good.md:7:1\n7 | | a |');
    expect(torn.out).toMatch(/1 document, 1 error, 0 warnings\n$/);
  });

  it('says of a file that is no document that it is not judged', async () => {
    const { code, out, err } = await judged(corpus(), 'README.md', '# A project\n');
    expect([code, out]).toEqual([0, '0 documents, no findings\n']);
    expect(err).toBe(
      'note: README.md is not judged: it is no document of the corpus (knowledge/**/*.md), and has no front matter\n',
    );
  });

  it('judges a file that is not there yet beside the others, and one outside of the globs', async () => {
    const root = corpus();
    expect((await judged(root, 'knowledge/new.md', `${NOTE}knowledge/good.md\n`)).code).toBe(0);
    expect((await judged(root, 'knowledge/new.md', `${NOTE}knowledge/bad.md\n`)).out).toContain(
      'no-broken-reference',
    );
    expect((await judged(root, 'elsewhere.md', TORN)).out).toContain('elsewhere.md:7:1');
  });

  it('judges exact bytes', async () => {
    expect((await judged(corpus(), 'knowledge/new.md', Buffer.from([0x61, 0xff]))).out).toContain(
      '[encoding]',
    );
    expect((await judged(corpus(), 'knowledge/new.md', '')).out).toContain('[front-matter-required]');
  });
});

describe('the formats of probatum lint and verify', () => {
  it.each(['lint', 'verify'])(
    '%s writes every one, with paths from the root of the repository',
    async (command) => {
      const cwd = folder({
        '.git/HEAD': 'ref: refs/heads/main\n',
        'docs/knowledge/a.md': `${NOTE}See knowledge/gone.md.\n`,
      });
      const run = (format: string) => probatum(['--root', 'docs', command, '--format', format], { cwd });
      const place = 'docs/knowledge/a.md';
      const results = await Promise.all(['sarif', 'junit', 'github', 'gitlab', 'rdjson'].map(run));
      for (const { code, err } of results) expect({ code, err }).toEqual({ code: 1, err: '' });
      const [sarif, junit, github, gitlab, rdjson] = results.map(({ out }) => out) as [
        string,
        string,
        string,
        string,
        string,
      ];
      expect(JSON.parse(sarif).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
        place,
      );
      expect(junit).toContain(`<testsuite name="${place}" tests="1" failures="1" errors="0">`);
      expect(github).toMatch(
        /^::error file=docs\/knowledge\/a\.md,line=4,endLine=4,col=5,endColumn=22,title=no-broken/,
      );
      expect(JSON.parse(gitlab)).toMatchObject([
        { check_name: 'no-broken-reference', location: { path: place } },
      ]);
      expect(JSON.parse(rdjson)).toMatchObject({ diagnostics: [{ location: { path: place } }] });
      // reviewdog counts from where it is run.
      const inside = await probatum([command, '--format', 'rdjson'], { cwd: join(cwd, 'docs') });
      expect(JSON.parse(inside.out)).toMatchObject({
        diagnostics: [{ location: { path: 'knowledge/a.md' } }],
      });
    },
  );

  it('are written to a file, again and again, and never coloured there', async () => {
    const cwd = corpus();
    const env = { FORCE_COLOR: '1' };
    for (const format of ['pretty', 'json', 'sarif']) {
      const { out, code } = await probatum(['lint', '--format', format, '--output', 'results/a.txt'], {
        cwd,
        env,
      });
      expect({ out, code }).toEqual({ out: '', code: 1 });
      const plain = await probatum(['lint', '--format', format], { cwd });
      expect(readFileSync(join(cwd, 'results/a.txt'), 'utf8')).toBe(plain.out);
    }
  });
});

describe('the output of probatum lint', () => {
  it('for machines is JSON of a known shape, and never coloured', async () => {
    const { out } = await probatum(['lint', '--format', 'json'], {
      cwd: corpus(),
      env: { FORCE_COLOR: '1' },
    });
    expect(out).not.toMatch(COLOUR);
    expect(JSON.parse(out)).toEqual({
      diagnostics: ['knowledge/one.md', 'knowledge/sub/two.md'].map((file) => ({
        ruleId: 'malformed-table',
        severity: 'error',
        message: 'row has 1 cell, expected 2',
        file,
        position: { start: { line: 7, column: 1 }, end: { line: 7, column: 6 } },
        expected: expect.any(String),
        observed: expect.any(String),
        related: [{ file, position: expect.any(Object), message: 'the header has 2 cells' }],
        help: expect.any(String),
      })),
      summary: { documents: 3, errors: 2, warnings: 0, suppressed: 0 },
    });
  });

  it.each<[string, NodeJS.ProcessEnv, boolean]>([
    ['is plain where nobody watches', {}, false],
    ['is coloured where it is asked for', { FORCE_COLOR: '1' }, true],
    ['is plain where colours are not wanted', { NO_COLOR: '1' }, false],
    ['is plain where both are said', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['is plain where no colours are forced', { FORCE_COLOR: '0' }, false],
  ])('%s', async (_, env, coloured) => {
    const { out } = await probatum(['lint'], { cwd: corpus(), env });
    expect(COLOUR.test(out)).toBe(coloured);
    expect(out.replace(/\u001b\[\d+m/g, '')).toContain('error: row has 1 cell, expected 2 [malformed-table]');
  });

  it('is whole where the reader is slow', async () => {
    const rows = Array.from({ length: 800 }, (_, index) => `| ${index} |`).join('\n');
    const cwd = folder({ 'knowledge/a.md': `${NOTE}\n| Name | Value |\n| --- | --- |\n${rows}\n` });
    const { code, bytes, out } = await probatum(['lint', '--format', 'json'], { cwd, slow: 1500 });
    expect(code).toBe(1);
    expect(bytes.length).toBeGreaterThan(200_000);
    expect((JSON.parse(out) as { diagnostics: unknown[] }).diagnostics).toHaveLength(800);
  });
});

/*
 * A report as people wrote it before there was a format: a bare header, headings without marks, tables broken over lines,
 * results in words. Names and numbers are made up.
 */
const LEGACY = `Ledger P1-7 — Production Execution Report
document_path: knowledge/old/ledger-p1-7-production-execution-report-2025-03-04.md
revision: r2
date: 2025-03-04
author: Agent
execution_status: success
next_step: STOP — await review

EXECUTED. Two tables added, nothing else touched. Verification 6/6 PASS.
§1 — Authorization chain
| Artefact | Path | Verdict |
|---|---|---|
| DDL review (r2) | knowledge/old/ledger-p1-7-ddl-review-2025-03-01.md | PASS |
| Package | knowledge/old/ledger-*-package-*.md | APPROVED |
§2 — Artefacts
| Artefact | Path | Size |
SHA256 |
|---|---|---|---|
| Backup | /backups/ledger_p1_7.dump | 40,111,222 | 3f2a91c0…77de01 |
| Script | /tmp/ledger_p1_7.sql | 1,234 |
0011223344556677889900aabbccddeeff00112233445566778899aabbccddeeff |
§3 — Commands (C-01..C-08)
| Cmd | Action | Result |
|---|---|---|
| C-01 | fresh backup | PASS rc=0 |
| C-06 | one BEGIN..COMMIT, server said: BEGIN / CREATE TABLE / COMMIT | PASS |
| C-08 | conditional rollback | NOT TRIGGERED |
§4 — Verification (ALL PASS)
| ID | Check | Expected | Observed | Result |
|---|---|---|---|---|
| V-01 | ledger.page exists | ledger.page | same | PASS |
| V-02 | ledger.page rows | 0 | 3 | PASS |
| V-03 | rows|newest | 86|2025-03-03 | identical | PASS |
V-04: no trigger, no CHECK — counted by hand
\`\`\`
ledger.page
  primary_key: page_id
  columns: 12
\`\`\`
§5 — Non-scope
- no other schema; <no vector store>; [x] confirmed
§6 — Cross-references
ddl: knowledge/old/ledger-p1-7-ddl.sql.md @ sha 3f2a91c0…77de01
<!-- end of report -->
`;

describe('a report from before the format, dropped into a copy of the corpus', () => {
  it('gives findings in itself only, and no crash', async () => {
    const root = folder();
    copyExample(root);
    const path = 'knowledge/old/ledger-p1-7-production-execution-report-2025-03-04.md';
    mkdirSync(join(root, 'knowledge/old'));
    writeFileSync(join(root, path), LEGACY);
    const { code, out, err } = await probatum(['lint', '--format', 'json'], { cwd: root });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const { diagnostics } = JSON.parse(out) as {
      diagnostics: { file: string; ruleId: string; severity: string }[];
    };
    expect([...new Set(diagnostics.map(({ file }) => file))]).toEqual([path]);
    const rules = new Set(diagnostics.map(({ ruleId }) => ruleId));
    for (const rule of [
      'front-matter-required',
      'malformed-table',
      'no-broken-reference',
      'no-empty-glob',
      'abbreviated-digest',
      'pass-means-equal',
    ])
      expect(rules).toContain(rule);
    expect(diagnostics.find(({ ruleId }) => ruleId === 'front-matter-required')?.severity).toBe('warning');
  });
});

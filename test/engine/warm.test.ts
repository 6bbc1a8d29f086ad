import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Cache } from '../../src/engine/cache.js';
import { Compiler } from '../../src/engine/compiler.js';
import { type Config, defaultConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';
import { teamRules } from '../../src/team-rules.js';

/*
 * What a run that finds a cache leaves out (SQL that the grammar took before, columns that are counted already, who else
 * names a document, facts that lie well where they are) makes no difference to what it says.
 */

const work = mkdtempSync(join(tmpdir(), 'probatum-warm-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let root: string;
let config: Config;
let cacheFolder: string;
let count = 0;

beforeEach(() => {
  root = join(work, String(count++));
  config = defaultConfig(root);
  cacheFolder = join(root, '.probatum', 'cache');
});

function write(name: string, header: string, text: string): void {
  const file = join(root, 'knowledge', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `---\n${header}\n---\n\n# A\n\n${text}\n`);
}

/** A run of its own, which has nothing but the cache. @returns places of what a rule found, and how many were judged */
async function found(ruleId: string): Promise<string[]> {
  const compiler = new Compiler(config, () => teamRules(config, false), new Cache(cacheFolder, 'test'));
  const { diagnostics } = await compiler.compile();
  expect(diagnostics).toEqual((await compile(config)).diagnostics);
  return diagnostics
    .filter((one) => one.ruleId === ruleId)
    .map(({ file, position }) => `${file.replace('knowledge/', '')}:${position.start.line}`);
}

describe('SQL that is only there to be read', () => {
  const fence = (sql: string) => `\`\`\`sql\n${sql}\n\`\`\``;
  const page = (...texts: string[]) => write('page.md', 'kind: note', texts.join('\n\n'));
  const problems = () => found('sql-syntax');

  it('is judged where it changed, and where it is new', async () => {
    page(fence('SELECT 1'), 'Text.');
    expect(await problems()).toEqual([]);
    page('More.', fence('SELECT 1'), 'Other text.');
    expect(await problems()).toEqual([]);
    page('More.', fence('SELEC 1'), 'Other text.');
    expect(await problems()).toEqual(['page.md:10']);
    page(fence('SELECT 1'), fence('SELEC 2'));
    expect(await problems()).toEqual(['page.md:12']);
  });

  it('is judged at its new place where the grammar refused it before', async () => {
    page(fence('SELECT 1'), fence('SELEC 1'));
    expect(await problems()).toEqual(['page.md:12']);
    page('Text.', fence('SELECT 1'), fence('SELEC 1'));
    expect(await problems()).toEqual(['page.md:14']);
    page('Text.', fence('SELECT 1'));
    expect(await problems()).toEqual([]);
  });

  it('is judged where it left a quote', async () => {
    page(`> ${fence('> SELEC 1').replaceAll('\n', '\n> ')}`);
    expect(await problems()).toEqual([]);
    page(fence('> > SELEC 1'));
    expect(await problems()).toEqual(['page.md:8']);
  });

  it('is judged as what runs where it becomes that', async () => {
    page(fence('SELECT 1 FROM item'));
    await problems();
    const header = 'kind: ddl\ndocument_path: knowledge/page.md\nchange: c\nrevision: r1\ndate: 2026-01-01';
    write('page.md', header, fence('SELECT 1 FROM item').replace('sql', 'sql preflight'));
    expect(await found('qualified-names')).toEqual(['page.md:12']);
  });
});

describe('the columns that tables have had', () => {
  const ddl = (name: string, sql: string, more = '') =>
    write(
      `${name}.sql.md`,
      `kind: ddl\ndocument_path: knowledge/${name}.sql.md\nchange: ${name}\nrevision: r1\ndate: 2026-01-0${name}${more}`,
      `\`\`\`sql migration\n${sql}\n\`\`\``,
    );
  const claim = (text: string) => write('claim.md', 'kind: command-package', text);
  const claims = () => found('column-count-claims');

  it('are counted again where a ddl document changed, came or went, and only there', async () => {
    ddl('1', 'CREATE TABLE app.item (id bigint, label text);');
    claim('The table app.item has 3 columns.');
    expect(await claims()).toEqual(['claim.md:7']);
    // The first run with something to judge has counted them.
    claim('The table app.item has 3 columns. So it is.');
    expect(await claims()).toEqual(['claim.md:7']);
    ddl('2', 'ALTER TABLE app.item ADD COLUMN size int;');
    expect(await claims()).toEqual([]);
    claim('The table app.item has 4 columns.');
    expect(await claims()).toEqual(['claim.md:7']);
    ddl('2', 'ALTER TABLE app.item ADD COLUMN size int, ADD COLUMN weight int;');
    expect(await claims()).toEqual([]);
    rmSync(join(root, 'knowledge/2.sql.md'));
    expect(await claims()).toEqual(['claim.md:7']);
    claim('The table app.item has 2 columns.');
    expect(await claims()).toEqual([]);
    rmSync(join(root, 'knowledge/1.sql.md'));
    expect(await claims()).toEqual([]);
    ddl('1', 'CREATE TABLE app.item (id bigint);');
    expect(await claims()).toEqual(['claim.md:7']);
  });
});

describe('a document that several name', () => {
  it('is an orphan when the last of them names it no more', async () => {
    const naming = (name: string, text: string) => write(name, 'kind: note', text);
    const orphans = () => found('no-orphan');
    const named = 'See `knowledge/left/behind.sql.md`.';
    write('left/behind.sql.md', 'kind: ddl\nchange: left', 'The SQL.');
    write('left/package.md', 'kind: command-package\nchange: left', 'The package.');
    naming('a.md', named);
    naming('b.md', named);
    expect(await orphans()).toEqual([]);
    naming('a.md', 'Nothing.');
    expect(await orphans()).toEqual([]);
    naming('b.md', 'Nothing.');
    expect(await orphans()).toEqual(['left/behind.sql.md:1']);
    naming('a.md', named);
    expect(await orphans()).toEqual([]);
    rmSync(join(root, 'knowledge/a.md'));
    expect(await orphans()).toEqual(['left/behind.sql.md:1']);
    // Nobody has to name it where the change did not go on.
    rmSync(join(root, 'knowledge/left/package.md'));
    expect(await orphans()).toEqual([]);
  });
});

describe('the segments of a cache', () => {
  const segments = () => {
    const index = readFileSync(join(cacheFolder, 'index'));
    return (JSON.parse(index.toString('utf8', 0, index.indexOf(10))) as { segments: string[] }).segments;
  };
  const note = (number: number, text: string) => write(`${number}.md`, 'kind: note', text);
  const broken = () => found('no-broken-reference');

  it('that many small changes leave are made one, beside the large one that stays', async () => {
    for (let number = 0; number < 10; number++) note(number, 'See [it](9.md).');
    await broken();
    const [large = ''] = segments();
    const { mtimeMs, ino } = statSync(join(cacheFolder, large));
    for (let turn = 0; turn < 40; turn++) {
      note(turn % 3, `See [it](9.md), for the ${turn}th time, and [gone](gone-${turn}.md).`);
      await broken();
      expect(segments().length).toBeLessThanOrEqual(17);
    }
    expect(segments()[0]).toBe(large);
    expect(statSync(join(cacheFolder, large))).toMatchObject({ mtimeMs, ino });
    expect(await broken()).toEqual(['0.md:7', '1.md:7', '2.md:7']);
  });

  it('are made one where no large one is left', async () => {
    for (let number = 0; number < 6; number++) note(number, 'Text.');
    await broken();
    const [first] = segments();
    for (let turn = 0; turn < 20; turn++) {
      note(turn % 6, `See [gone](gone-${turn}.md).`);
      await broken();
    }
    expect(segments()).not.toContain(first);
    expect(segments().length).toBeLessThan(17);
    expect((await broken()).length).toBe(6);
  });

  it('are rebuilt where the large one is damaged after that', async () => {
    for (let number = 0; number < 10; number++) note(number, 'See [gone](gone.md).');
    for (let turn = 0; turn < 20; turn++) {
      note(0, `See [gone](gone-${turn}.md).`);
      await broken();
    }
    for (const name of readdirSync(cacheFolder).filter((one) => one.endsWith('.facts')))
      writeFileSync(join(cacheFolder, name), 'damaged');
    note(1, 'See [it](2.md).');
    write('2.md', 'kind: note', '## Other\n\nSee [place](0.md#no-such-place).');
    expect(await broken()).toHaveLength(8);
  });
});

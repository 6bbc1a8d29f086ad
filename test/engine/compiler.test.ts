import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RULES } from '../../src/check/rules/index.js';
import { Cache } from '../../src/engine/cache.js';
import { Compiler } from '../../src/engine/compiler.js';
import { type Config, defaultConfig } from '../../src/load/config.js';
import { lockText, releasesOf } from '../../src/model/document-lock.js';
import { compile } from '../../src/pipeline.js';
import { teamRules } from '../../src/team-rules.js';

/*
 * The compiler that remembers says what the one says that reads everything: after any change, in the same process and
 * in another one that only finds the cache.
 */

const REPOSITORY = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'probatum-engine-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

let root: string;
let config: Config;
let cacheFolder: string;
let count = 0;

beforeEach(() => {
  root = join(work, String(count++));
  cpSync(join(REPOSITORY, 'knowledge'), join(root, 'knowledge'), { recursive: true });
  config = defaultConfig(root);
  cacheFolder = join(root, '.probatum', 'cache');
});

const cache = () => new Cache(cacheFolder, 'test');
const rules = () => teamRules(config, false);
const fresh = async () => new Compiler(config, rules, cache());

function documents(): string[] {
  return (readdirSync(join(root, 'knowledge'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'knowledge', name))
    .sort();
}

/** A small generator of numbers, the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Changes something as an author might: a line, a name, a file. */
function changeSomething(below: (limit: number) => number): string {
  const files = documents();
  const file = files[below(files.length)]!;
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const at = below(lines.length);
  switch (below(6)) {
    case 0:
      writeFileSync(
        file,
        text.replace(/revision: r\d/, (found) => `${found}1`),
      );
      return `revision of ${file}`;
    case 1:
      rmSync(file);
      return `removed ${file}`;
    case 2: {
      const to = join(dirname(file), `moved-${below(1000)}.md`);
      renameSync(file, to);
      return `moved ${file}`;
    }
    case 3:
      mkdirSync(join(root, 'knowledge', 'added'), { recursive: true });
      writeFileSync(join(root, 'knowledge', 'added', `${below(1000)}.md`), text);
      return `copied ${file}`;
    case 4:
      lines.splice(at, 1);
      writeFileSync(file, lines.join('\n'));
      return `line ${at} out of ${file}`;
    default:
      lines.splice(at, 0, lines[below(lines.length)]!);
      writeFileSync(file, lines.join('\n'));
      return `line into ${file}`;
  }
}

describe('the compiler that remembers', () => {
  it.each([1, 2, 3, 4])('agrees with the one that does not after any change (seed %i)', async (seed) => {
    const below = random(seed);
    const { model: first } = await compile(config);
    if (seed % 2 === 0)
      writeFileSync(join(root, 'probatum.lock'), lockText(releasesOf(first.entries.values())));
    const staying = new Compiler(config, rules);
    await staying.compile();
    await (await fresh()).compile();
    for (let step = 0; step < 6; step++) {
      const what = Array.from({ length: 1 + below(3) }, () => changeSomething(below)).join(', ');
      const { diagnostics: expected, model } = await compile(config);
      const { diagnostics, paths } = await staying.compile();
      expect(diagnostics, what).toEqual(expected);
      expect(paths).toEqual([...model.entries.keys()]);
      expect((await (await fresh()).compile()).diagnostics, `${what}, from the cache`).toEqual(expected);
    }
  });

  it('sees that a linked file which is no document came or went', async () => {
    const write = (name: string, text: string) => writeFileSync(join(root, 'knowledge', name), text);
    const compiled = async () => {
      const { diagnostics, read, judged } = await (await fresh()).compile();
      expect(diagnostics).toEqual((await compile(config)).diagnostics);
      return { read, judged, rules: diagnostics.map(({ ruleId }) => ruleId) };
    };
    write('naming.md', '---\nkind: note\n---\n\n# Naming\n\nSee [the list](list.txt).\n');
    write('list.txt', '1');
    await compiled();
    age();
    await compiled();
    expect(await compiled()).toEqual({ read: 0, judged: 0, rules: [] });
    rmSync(join(root, 'knowledge/list.txt'));
    expect(await compiled()).toEqual({ read: 0, judged: 1, rules: ['no-broken-reference'] });
    expect(await compiled()).toEqual({ read: 0, judged: 0, rules: ['no-broken-reference'] });
    write('list.txt', '2');
    expect(await compiled()).toEqual({ read: 0, judged: 1, rules: [] });
  });

  it('holds what did not change against a lock file that did', async () => {
    const { model } = await compile(config);
    const file = join(root, 'probatum.lock');
    const text = lockText(releasesOf(model.entries.values()));
    const rulesFound = async () => {
      const { diagnostics, read, judged } = await (await fresh()).compile();
      expect(diagnostics).toEqual((await compile(config)).diagnostics);
      return { read, judged, rules: diagnostics.map(({ ruleId }) => ruleId) };
    };
    writeFileSync(file, text);
    await rulesFound();
    age();
    await rulesFound();
    expect(await rulesFound()).toEqual({ read: 0, judged: 0, rules: [] });
    writeFileSync(
      file,
      text.replace(/^[0-9a-f]/m, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect(await rulesFound()).toEqual({ read: 0, judged: 0, rules: ['revision-bump'] });
    writeFileSync(file, text.replace(/^[0-9a-f].*\n/m, ''));
    expect(await rulesFound()).toEqual({ read: 0, judged: 0, rules: ['lock-drift'] });
    rmSync(file);
    expect(await rulesFound()).toEqual({ read: 0, judged: 0, rules: [] });
  });

  it('reads nothing and judges nothing where nothing changed', async () => {
    const first = await (await fresh()).compile();
    age();
    const settled = await (await fresh()).compile();
    const again = await (await fresh()).compile();
    expect(first.read).toBe(first.paths.length);
    expect(settled.read).toBe(0);
    expect({ ...again, diagnostics: [...again.diagnostics] }).toEqual({ ...first, read: 0, judged: 0 });
  });

  it('judges only what a change can have changed', async () => {
    await (await fresh()).compile();
    const note = documents().find((file) => /review/.test(file))!;
    writeFileSync(note, `${readFileSync(note, 'utf8')}\nOne more line.\n`);
    const { read, judged, paths } = await (await fresh()).compile();
    expect(read).toBe(1);
    expect(judged).toBeLessThan(paths.length);
  });

  it('judges what names or links to a document only where that makes a difference', async () => {
    const write = (name: string, text: string) =>
      writeFileSync(join(root, 'knowledge', name), `---\nkind: note\n---\n\n${text}\n`);
    const compiled = async () => {
      const { diagnostics, judged } = await (await fresh()).compile();
      expect(diagnostics).toEqual((await compile(config)).diagnostics);
      return { judged, rules: diagnostics.map(({ ruleId }) => ruleId) };
    };
    write('target.md', '# Place');
    write('naming.md', '# Naming\n\nSee `knowledge/target.md`.');
    write('linking.md', '# Linking\n\nSee [it](target.md#place).');
    await compiled();
    write('target.md', '# Place\n\nMore.');
    expect(await compiled()).toEqual({ judged: 1, rules: [] });
    write('target.md', '# Other\n\nMore.');
    expect(await compiled()).toEqual({ judged: 2, rules: ['no-broken-anchor'] });
    // What is said of the link shows the document as it is: it is judged again with it.
    write('target.md', '# Place');
    expect(await compiled()).toEqual({ judged: 2, rules: [] });
    rmSync(join(root, 'knowledge/target.md'));
    expect((await compiled()).rules).toContain('no-broken-reference');
    write('target.md', '# Place');
    expect((await compiled()).rules).toEqual([]);
  });

  it('sees that a pattern of the same folder names another document', async () => {
    const write = (name: string, header: string, text: string) =>
      writeFileSync(join(root, 'knowledge', name), `---\n${header}\n---\n\n# A\n\n${text}\n`);
    const naming = (pattern: string) => write('naming.md', 'kind: note', `See \`${pattern}\`.`);
    mkdirSync(join(root, 'knowledge/left'));
    write('left/behind.sql.md', 'kind: ddl\nchange: left', 'The SQL.');
    write('left/package.md', 'kind: command-package\nchange: left', 'The package.');
    naming('knowledge/left/b*.md');
    const orphans = ({ diagnostics }: { diagnostics: readonly { ruleId: string; file: string }[] }) =>
      diagnostics.filter(({ ruleId }) => ruleId === 'no-orphan').map(({ file }) => file);
    const compiler = await fresh();
    expect(orphans(await compiler.compile())).toEqual([]);
    naming('knowledge/left/p*.md');
    expect(orphans(await compiler.compile())).toEqual(['knowledge/left/behind.sql.md']);
    naming('knowledge/left/*.md');
    expect(orphans(await (await fresh()).compile())).toEqual([]);
  });

  it('sees that somebody else reviewed it, that nobody did, and that another change was begun', async () => {
    const compiler = await fresh();
    const authority = async () => {
      const { diagnostics } = await compiler.compile();
      expect(diagnostics).toEqual((await compile(config)).diagnostics);
      return new Set(
        diagnostics
          .map(({ ruleId }) => ruleId)
          .filter((id) => RULES.some((rule) => rule.id === id && rule.group === 'authority')),
      );
    };
    const file = (name: RegExp) => documents().find((one) => name.test(one))!;
    const replace = (path: string, from: RegExp, to: string) => {
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(from, to));
      return () => writeFileSync(path, text);
    };
    expect(await authority()).toEqual(new Set());
    const [ddlReview, pack] = [file(/p0-2-ddl-gpt-review/), file(/p0-2-production-command-review-package/)];
    let back = replace(ddlReview, /^verdict: pass$/m, 'verdict: conditional');
    expect(await authority()).toEqual(new Set(['review-required']));
    back();
    back = replace(ddlReview, /^author: .*$/m, 'author: migration agent');
    expect(await authority()).toEqual(new Set(['separation-of-duties']));
    back();
    back = replace(pack, /^-- V-14b: /m, '-- V-14c: ');
    expect(await authority()).toContain('binding-covered');
    back();
    const earlier = join(root, 'knowledge', 'earlier-package.md');
    writeFileSync(
      earlier,
      readFileSync(pack, 'utf8').replaceAll(/p0-2-ddl-draft-2026-05-16/g, 'phase-alpha-ddl-draft-2026-05-14'),
    );
    expect(await authority()).toContain('no-self-advance');
    rmSync(earlier);
    expect(await authority()).toEqual(new Set());
  });

  it('sees a change that keeps size and time of modification', async () => {
    await (await fresh()).compile();
    const file = documents().find((one) => /command-review-package/.test(one))!;
    const { atime, mtime } = statSync(file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/sha256: [0-9a-f]/, (start) => `${start.slice(0, -1)}${start.endsWith('0') ? 1 : 0}`),
    );
    utimesSync(file, atime, mtime);
    const { diagnostics } = await (await fresh()).compile();
    expect(diagnostics).toEqual((await compile(config)).diagnostics);
    expect(diagnostics.length).toBeGreaterThan(0);
  });

  it('an overlay stands in for files, and leaves nothing behind', async () => {
    const compiler = await fresh();
    const clean = await compiler.compile();
    const path = clean.paths.find((one) => /ddl-draft/.test(one))!;
    const bytes = Buffer.from(readFileSync(join(root, path), 'utf8').replace('CREATE', 'create'));
    const reading = { overlay: new Map([[path, bytes]]) };
    const { diagnostics } = await compiler.compile(reading);
    expect(diagnostics).toEqual((await compile(config, reading)).diagnostics);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect((await compiler.compile({ overlay: new Map([[path, null]]) })).paths).not.toContain(path);
    expect((await compiler.compile()).diagnostics).toEqual(clean.diagnostics);
    expect((await (await fresh()).compile()).diagnostics).toEqual(clean.diagnostics);
  });
});

describe('the cache', () => {
  const damage: readonly (readonly [string, (file: string) => void])[] = [
    ['cut', (file) => writeFileSync(file, readFileSync(file).subarray(0, 200))],
    ['empty', (file) => writeFileSync(file, '')],
    ['flipped', (file) => flip(file)],
    ['gone', (file) => rmSync(file)],
  ];

  it.each(damage)('is rebuilt when its files are %s', async (_, harm) => {
    const { diagnostics } = await (await fresh()).compile();
    for (const which of [/^index$/, /\.facts$/]) {
      for (const name of readdirSync(cacheFolder).filter((one) => which.test(one)))
        harm(join(cacheFolder, name));
      const file = documents()[0]!;
      writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
      const { diagnostics: expected } = await compile(config);
      expect((await (await fresh()).compile()).diagnostics).toEqual(expected);
      writeFileSync(file, readFileSync(file, 'utf8').slice(0, -1));
      expect((await (await fresh()).compile()).diagnostics).toEqual(diagnostics);
    }
  });

  it('of another basis is as good as none', async () => {
    await (await fresh()).compile();
    const other = new Compiler(config, rules, new Cache(cacheFolder, 'other'));
    const { read, paths } = await other.compile();
    expect(read).toBe(paths.length);
  });

  it('that cannot be written is no error', async () => {
    writeFileSync(join(root, '.probatum'), 'a file in its place');
    expect((await (await fresh()).compile()).diagnostics).toEqual([]);
  });

  it('is left out of git', async () => {
    await (await fresh()).compile();
    expect(readFileSync(join(cacheFolder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps few segments', async () => {
    const file = documents()[0]!;
    const text = readFileSync(file, 'utf8');
    for (let turn = 0; turn < 20; turn++) {
      writeFileSync(file, `${text}${'\n'.repeat(turn)}`);
      await (await fresh()).compile();
    }
    const index = readFileSync(join(cacheFolder, 'index'));
    const { segments } = JSON.parse(index.toString('utf8', 0, index.indexOf(10))) as { segments: string[] };
    expect(segments.length).toBeLessThanOrEqual(17);
    expect(segments.every((name) => existsSync(join(cacheFolder, name)))).toBe(true);
    expect((await (await fresh()).compile()).diagnostics).toEqual((await compile(config)).diagnostics);
  });

  it('survives writers at the same time', async () => {
    const file = documents()[0]!;
    await Promise.all(Array.from({ length: 6 }, async () => (await fresh()).compile()));
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
    const found = await Promise.all(Array.from({ length: 6 }, async () => (await fresh()).compile()));
    const { diagnostics } = await compile(config);
    for (const one of found) expect(one.diagnostics).toEqual(diagnostics);
  });
});

/** Flips a bit in the middle of a file. */
function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(file, bytes);
}

/** Lets time pass, so that stamps of files are older than what a coarse clock can hide. */
function age(): void {
  const index = join(cacheFolder, 'index');
  const bytes = readFileSync(index);
  const end = bytes.indexOf(10);
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as { listed: number };
  const line = JSON.stringify({ ...head, listed: head.listed + 10_000 });
  writeFileSync(index, Buffer.concat([Buffer.from(line.padEnd(end)), bytes.subarray(end)]));
}

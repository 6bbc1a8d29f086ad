import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COLOUR, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const COMMANDS = [
  'lint',
  'init',
  'new',
  'adopt',
  'pin',
  'lock',
  'sign',
  'extract',
  'plan',
  'rehearse',
  'run',
  'enroll',
  'resume',
  'runs',
  'status',
  'report',
  'attest',
  'verify',
  'explain',
  'lsp',
  'demo',
];

describe('probatum', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await probatum(['--version'])).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
  });

  it('lists its commands', async () => {
    const { code, out, err } = await probatum(['--help'], { env: { FORCE_COLOR: '1' } });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const listed = [...out.matchAll(/^ {2}([a-z]+) (?:\[options\]|\[|<| )/gm)].map(([, name]) => name);
    expect(listed.filter((name) => name !== 'help')).toEqual(COMMANDS);
    expect(out).not.toMatch(COLOUR);
  });

  it.each(COMMANDS)('explains %s', async (name) => {
    const { code, out, err } = await probatum([name, '--help'], { cwd: folder() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: probatum ${name}`));
  });

  it.each<[string, string[], string]>([
    ['a command that does not exist', ['lnt'], "unknown command 'lnt'"],
    ['no command', [], 'Usage: probatum'],
    ['an option that does not exist', ['--colour'], "unknown option '--colour'"],
    ['too many arguments', ['plan', 'a.md', 'b.md'], 'too many arguments'],
    ['a run without a target', ['run', 'a.md'], "required option '--target <name>' not specified"],
    [
      'a digest that is none',
      ['run', 'a.md', '--target', 'x', '--expect-plan', 'abc'],
      'not 64 lower-case hex digits',
    ],
    ['a rule that does not exist', ['explain', 'no-such-rule'], 'no rule no-such-rule'],
    ['a record that does not exist', ['report', 'nothing'], 'no such record'],
  ])('ends with 2 and writes no result at %s', async (_, args, message) => {
    const { code, out, err } = await probatum(args, { cwd: folder() });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('this is a fault of probatum');
  });
});

describe('explaining a rule', () => {
  it.each(['record-chain', 'report-matches-record', 'malformed-table'])(
    'says what to do at %s',
    async (id) => {
      const { code, out } = await probatum(['explain', id], { cwd: folder() });
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^${id} \\([a-z]+, error\\)`));
      expect(out).toContain('What to do: ');
      expect((await probatum(['explain'], { cwd: folder() })).out).toContain(`\n${id} `);
    },
  );
});

describe('starting probatum', () => {
  const hooks = folder({
    'loaded.cjs': `const { writeFileSync } = require('node:fs');
process.on('exit', () => writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')));
`,
  });
  const heavy = /node_modules\/(pg|@electric-sql\/pglite|libpg-query|liquidjs)\//;

  /** The packages among the files that a command loads: what is no part of the program itself. */
  const packages = async (args: readonly string[], text = '') => {
    const file = join(folder(), 'loaded.txt');
    const { code } = await probatum(args, {
      cwd: folder({ 'knowledge/a.md': `---\nkind: note\n---\n${text}` }),
      node: ['--require', join(hooks, 'loaded.cjs')],
      env: { LOADED: file },
    });
    expect(code).toBe(0);
    const files = readFileSync(file, 'utf8').replaceAll('\\', '/').split('\n');
    return [...new Set(files.flatMap((one) => heavy.exec(one)?.[1] ?? []))].sort();
  };

  it.each([['--version'], ['--help'], ['run', '--help']])(
    'for %s loads neither database nor grammar',
    async (...args) => {
      expect(await packages(args)).toEqual([]);
    },
  );

  it('for lint loads the grammar of SQL where a document holds some, and no database', async () => {
    expect(await packages(['lint'])).toEqual([]);
    const sql = '\n```sql check\nSELECT 1;\n```\n';
    expect(await packages(['lint'], sql)).toEqual(['libpg-query']);
  });
});

describe('what V8 made of the program', () => {
  const installed = folder({ 'knowledge/a.md': '---\nkind: note\n---\n' });
  cpSync(join(REPOSITORY, 'dist'), join(installed, 'dist'), { recursive: true, filter: isBuilt });
  for (const name of ['package.json', 'schemas'])
    cpSync(join(REPOSITORY, name), join(installed, name), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(installed, 'node_modules'));
  const lint = (args: readonly string[] = []) =>
    spawnSync(process.execPath, [join(installed, 'dist/cli.js'), 'lint', '--no-cache', ...args], {
      cwd: installed,
      encoding: 'utf8',
    });
  const kept = (of = 'lint') =>
    readdirSync(join(installed, 'dist'))
      .filter((name) => !isBuilt(name) && name.startsWith(`${of}-`))
      .map((name) => join(installed, 'dist', name));
  const flip = (bytes: Buffer) => {
    bytes[bytes.length >> 1]! ^= 4;
    return bytes;
  };

  it.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['cut', (bytes) => bytes.subarray(0, 1000)],
    ['empty', () => new Uint8Array()],
    ['flipped', flip],
    ['of another program', (bytes) => Buffer.concat([Buffer.from([0, 0, 0, 0]), bytes.subarray(8)])],
  ])('is kept beside it, and made anew where it is %s', (_, harm) => {
    const first = lint();
    expect(first).toMatchObject({ status: 0, stdout: '1 document, no findings\n', stderr: '' });
    const [file, ...more] = kept();
    expect(more).toEqual([]);
    const whole = readFileSync(file!);
    writeFileSync(file!, harm(Buffer.from(whole)));
    expect(lint()).toMatchObject({ status: 0, stdout: first.stdout, stderr: '' });
    expect(readFileSync(file!).length).toBeGreaterThan(whole.length / 2);
    expect(lint(['--format', 'json'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('is kept of a run apart from that of the linter, and made anew where it is harmed', () => {
    const run = () =>
      spawnSync(
        process.execPath,
        [join(installed, 'dist/cli.js'), 'run', 'knowledge/a.md', '--target', 't'],
        {
          cwd: installed,
          encoding: 'utf8',
        },
      );
    lint();
    const linter = kept();
    const first = run();
    expect(first).toMatchObject({ status: 2, stderr: expect.stringContaining('knowledge/a.md') });
    const [file, ...more] = kept('program');
    expect(more).toEqual([]);
    writeFileSync(file!, flip(readFileSync(file!)));
    expect(run()).toMatchObject({ status: first.status, stdout: first.stdout, stderr: first.stderr });
    expect(kept('program')).toEqual([file]);
    expect(kept()).toEqual(linter);
  });

  it('is not needed to say what lint can, nor where an option stands before it', async () => {
    const help = await probatum(['lint', '--help']);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('--max-warnings') });
    const root = folder({ 'knowledge/a.md': '---\nkind: note\n---\n' });
    for (const args of [
      ['--root', root, 'lint'],
      ['lint', '--root', root],
    ])
      expect(await probatum(args), args.join(' ')).toMatchObject({
        code: 0,
        out: '1 document, no findings\n',
      });
  });

  it('is kept of threads too, made anew where it is harmed, and theirs leaves that of the program as it is', () => {
    const notes = [...Array(1000).keys()].map((number) => [
      `knowledge/${number}.md`,
      '---\nkind: note\n---\n',
    ]);
    const cwd = folder(Object.fromEntries(notes));
    const lintAll = () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(installed, 'dist/cli.js'), 'lint'],
        { cwd, encoding: 'utf8' },
      );
      expect({ status, stdout, stderr }).toEqual({
        status: 0,
        stdout: '1000 documents, no findings\n',
        stderr: '',
      });
    };
    const forget = () => rmSync(join(cwd, '.probatum'), { recursive: true });
    lintAll();
    lintAll();
    const program = kept().map((file) => readFileSync(file));
    const [file, ...more] = kept('thread').filter((name) => name.endsWith('-read'));
    expect(more).toEqual([]);
    const whole = readFileSync(file!);
    writeFileSync(file!, flip(Buffer.from(whole)));
    forget();
    lintAll();
    expect(readFileSync(file!).length).toBeGreaterThan(whole.length / 2);
    expect(kept().map((name) => readFileSync(name))).toEqual(program);
  });
});

/** Whether a name in `dist` is of a file that the build makes. */
function isBuilt(name: string): boolean {
  return !/\.cjs\./.test(name);
}

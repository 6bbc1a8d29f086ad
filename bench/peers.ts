import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from './measure.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'peers');
const modules = join(folder, 'node_modules');

/** Installs the peers from their own lock file where they are missing. */
export function installPeers(): void {
  if (existsSync(join(modules, '.package-lock.json'))) return;
  console.error('installing the peers (bench/peers)');
  execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio: 'ignore' });
}

/** markdownlint-cli2 with its default rules. */
export function markdownlint(cwd: string): Contender {
  const bin = join(modules, 'markdownlint-cli2', 'markdownlint-cli2-bin.mjs');
  return { name: 'markdownlint-cli2', command: process.execPath, args: [bin, '**/*.md'], cwd };
}

/** rumdl with its default rules and no cache: the native program itself, without the script that starts it. */
export function rumdl(cwd: string): Contender | null {
  const bin = join(modules, '@rumdl', 'cli-linux-x64', 'rumdl');
  if (!existsSync(bin)) return null;
  return { name: 'rumdl --no-cache', command: bin, args: ['check', '--no-cache', '.'], cwd };
}

/** prettier, checking only. */
export function prettier(cwd: string): Contender {
  const bin = join(modules, 'prettier', 'bin', 'prettier.cjs');
  return { name: 'prettier --check', command: process.execPath, args: [bin, '--check', '**/*.md'], cwd };
}

/** remark-cli with GFM, front matter, the recommended lint rules and link checks; writes its configuration there. */
export function remark(cwd: string): Contender {
  const plugin = (name: string) => join(modules, name, 'index.js');
  const plugins = [
    plugin('remark-frontmatter'),
    plugin('remark-gfm'),
    plugin('remark-lint'),
    plugin('remark-preset-lint-recommended'),
    [plugin('remark-validate-links'), { repository: false }],
  ];
  writeFileSync(join(cwd, '.remarkrc.json'), JSON.stringify({ plugins }));
  const bin = join(modules, 'remark-cli', 'cli.js');
  return { name: 'remark-cli', command: process.execPath, args: [bin, '.', '--quiet', '--no-stdout'], cwd };
}

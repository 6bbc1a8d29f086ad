import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../base/package-root.js';
import { UsageError } from '../base/usage-error.js';
import { defaultConfig, loadConfig } from '../load/config.js';
import { CONFIG_FILE } from '../load/config-yaml.js';
import { linkOnWay } from '../load/link-on-way.js';
import { listFiles } from '../load/list-files.js';

/** Systems of continuous integration that there is a workflow for. */
export type CiSystem = 'github' | 'gitlab';

/** What `init` does about one file. `keep`: it is there, and stays. `explain`: it is there, and its owner adds to it. */
export type InitAction = 'create' | 'append' | 'replace' | 'keep' | 'explain';

export interface InitFile {
  /** Relative to the root. */
  readonly path: string;
  readonly action: InitAction;
  /** What it holds now; empty where it is not there. */
  readonly before: string;
  /** What it would hold; for `explain` what has to be added. */
  readonly text: string;
}

/** Where state and runs of one machine lie. */
const IGNORED = '.probatum/';

const WORKFLOWS = {
  github: { path: '.github/workflows/probatum.yml', template: 'github.yml', shared: false },
  gitlab: { path: '.gitlab-ci.yml', template: 'gitlab-ci.yml', shared: true },
} as const;

/**
 * What a repository lacks to have its documents checked. Files of others are never replaced.
 * @param force whether a file of this tool's own is written anew
 */
export function initFiles(root: string, ci: readonly CiSystem[], force: boolean): InitFile[] {
  const own = (path: string, template: string) => ownFile(root, path, template, force);
  const files = [
    own(CONFIG_FILE, 'probatum.config.yaml'),
    ...firstDocument(root, force),
    sharedFile(root, '.pre-commit-config.yaml', 'pre-commit-config.yaml'),
    ...ci.map((system) => {
      const { path, template, shared } = WORKFLOWS[system];
      return shared ? sharedFile(root, path, template) : own(path, template);
    }),
    ignored(root),
  ];
  return files.filter(({ before, text }) => before !== text);
}

function ownFile(root: string, path: string, name: string, force: boolean): InitFile {
  const before = read(root, path);
  const text = template(name);
  const action = before === null ? 'create' : force ? 'replace' : 'keep';
  return { path, action, before: before ?? '', text };
}

/** Others may have written it as well: what it lacks is said. */
function sharedFile(root: string, path: string, name: string): InitFile {
  const before = read(root, path);
  const text = template(name);
  const action = before === null ? 'create' : before.includes('probatum') ? 'keep' : 'explain';
  return { path, action, before: before ?? '', text };
}

/** Without any document `lint` refuses: nothing checked must not look like a clean corpus. */
function firstDocument(root: string, force: boolean): InitFile[] {
  // A configuration that is written anew need not be one that can be read.
  const { corpus, ...config } = force ? defaultConfig(root) : loadConfig(root);
  const isDefault = JSON.stringify(corpus) === JSON.stringify(defaultConfig(root).corpus);
  if (!isDefault || listFiles({ corpus, ...config }).length > 0) return [];
  return [{ path: 'knowledge/README.md', action: 'create', before: '', text: template('README.md') }];
}

function ignored(root: string): InitFile {
  const path = '.gitignore';
  const before = read(root, path);
  const lines = (before ?? '').split(/\r?\n/).map((line) => line.trim());
  const isThere = [IGNORED, `/${IGNORED}`, '.probatum', '/.probatum'].some((line) => lines.includes(line));
  const start = before === null || before === '' || before.endsWith('\n') ? '' : '\n';
  const text = isThere ? before! : `${before ?? ''}${start}${IGNORED}\n`;
  return { path, action: before === null ? 'create' : 'append', before: before ?? '', text };
}

function template(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'templates', 'init', name), 'utf8');
}

/** @throws UsageError for what is no plain file of this folder */
function read(root: string, path: string): string | null {
  const link = linkOnWay(root, path);
  if (link) throw new UsageError('cannot-read', `cannot use ${path}: ${link} is a symbolic link`);
  if (!existsSync(join(root, path))) return null;
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    throw new UsageError('cannot-read', `cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { unifiedDiff } from '../fix/unified-diff.js';
import { writeDocument } from '../fix/write-document.js';
import { Git } from '../load/git.js';
import { repositoryRoot } from '../load/repository.js';
import { encodeJson } from '../render/encode.js';
import { diffText } from './diff-text.js';
import { type CiSystem, type InitFile, initFiles } from './init-files.js';
import type { Environment } from './terminal.js';
import { createInside } from './write-file.js';

export interface InitOptions {
  /** Systems of continuous integration; undefined for those that the repository shows signs of. */
  readonly ci?: readonly (CiSystem | 'none')[];
  readonly write: boolean;
  /** Whether files of this tool's own are written anew. */
  readonly force: boolean;
  readonly format: 'pretty' | 'json';
}

/** `probatum init`: configuration, hooks and a workflow. @returns exit code, 1 where something was shown and not written */
export async function init(environment: Environment, options: InitOptions): Promise<number> {
  const { root } = environment;
  const top = existsSync(root) ? repositoryRoot(root) : root;
  if (!existsSync(root)) throw new UsageError('bad-argument', `no such folder: ${root}`);
  if (top !== null && top !== root) {
    const help = `hooks and workflows stand at its top: run it there, or with --root ${top}`;
    throw new UsageError('bad-argument', `${root} is inside of the repository ${top}`, help);
  }
  const ci = await ciSystems(environment, options.ci);
  const files = initFiles(root, ci, options.force);
  const changes = files.filter(isChange);
  if (options.write) for (const file of changes) await write(root, file);
  if (options.format === 'json') showJson(environment, files, ci, options.write);
  else showPretty(environment, files, ci, options.write);
  return changes.length > 0 && !options.write ? 1 : 0;
}

function isChange({ action }: InitFile): boolean {
  return action === 'create' || action === 'append' || action === 'replace';
}

/** @throws UsageError where "none" is named with others */
async function ciSystems(environment: Environment, named: InitOptions['ci']): Promise<CiSystem[]> {
  if (!named) return signsOfCi(environment);
  const systems = named.filter((one) => one !== 'none');
  if (systems.length > 0 && systems.length < named.length)
    throw new UsageError('bad-argument', '--ci none goes with no other system');
  return [...new Set(systems)];
}

/** What stands in the repository, else where it came from. */
async function signsOfCi(environment: Environment): Promise<CiSystem[]> {
  const has = (...paths: string[]) => paths.some((path) => existsSync(join(environment.root, path)));
  const found: CiSystem[] = [];
  if (has('.github')) found.push('github');
  if (has('.gitlab-ci.yml', '.gitlab')) found.push('gitlab');
  if (found.length > 0) return found;
  const url = await originOf(environment);
  return (['github', 'gitlab'] as const).filter((system) => url.includes(system));
}

/** The address that the repository was cloned from; empty where there is none. */
async function originOf(environment: Environment): Promise<string> {
  try {
    const git = await Git.open(environment.root, environment);
    return (await git.run(['config', '--get', 'remote.origin.url'])).toString('utf8');
  } catch (error) {
    if (error instanceof UsageError) return '';
    throw error;
  }
}

async function write(root: string, { path, action, before, text }: InitFile): Promise<void> {
  if (action === 'create') createInside(root, path, text);
  else await writeDocument(root, path, Buffer.from(before), Buffer.from(text));
}

function showJson(
  { terminal }: Environment,
  files: readonly InitFile[],
  ci: readonly CiSystem[],
  written: boolean,
): void {
  const shown = files.map(({ path, action, text }) => ({
    path,
    action,
    ...(action === 'keep' ? {} : { text }),
  }));
  terminal.out(`${encodeJson(JSON.stringify({ written, ci, files: shown }, null, 2))}\n`);
}

function showPretty(
  environment: Environment,
  files: readonly InitFile[],
  ci: readonly CiSystem[],
  written: boolean,
): void {
  const { out, err, colors } = environment.terminal;
  for (const file of files) {
    const { path, action, text } = file;
    if (isChange(file) && written) err(`written  ${path}\n`);
    else if (isChange(file)) out(diffText(difference(file), colors));
    else if (action === 'keep') err(`kept     ${path}: it is there already\n`);
    else err(`kept     ${path}: others use it too; add to it what is needed of this:\n\n${indented(text)}\n`);
  }
  const changes = files.filter(isChange);
  if (ci.length === 0) err('no workflow: name a system with --ci github or --ci gitlab\n');
  if (changes.length === 0) err('nothing to do\n');
  else if (!written) err('nothing was written; write it with --write\n');
  else for (const step of nextSteps(environment.root)) err(`next: ${step}\n`);
}

/** As `git apply` and `patch -p1` read it. */
function difference({ path, action, before, text }: InitFile): string {
  const diff = unifiedDiff(path, before, text);
  return action === 'create' ? diff.replace(/^--- .*$/m, '--- /dev/null') : diff;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function nextSteps(root: string): string[] {
  return [
    ...(installs(root)
      ? []
      : ['install probatum with "npm install --save-dev": hooks and workflows run that one']),
    'put the hooks into this clone with "pre-commit install"',
    'begin with "probatum new law"',
  ];
}

/** Whether the manifest of the repository names this package. */
function installs(root: string): boolean {
  const file = join(root, 'package.json');
  return existsSync(file) && readFileSync(file, 'utf8').includes('"probatum"');
}

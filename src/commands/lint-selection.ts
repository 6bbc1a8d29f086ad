import type { Diagnostic } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, loadConfig } from '../load/config.js';
import { type Reading, readBytes, type Selection, selectPaths, toRootPath } from '../load/corpus.js';
import type { Changes } from '../load/git-changes.js';
import { linkOnWay } from '../load/link-on-way.js';
import { corpusMatcher } from '../load/list-files.js';
import { mayBeSparse } from '../load/repository.js';
import type { Compiled } from '../pipeline.js';
import { encodeTerminal } from '../render/encode.js';
import { type CompileCorpus, requireDocuments } from './corpus.js';
import { type Environment, readStandardInput } from './terminal.js';

/** Which documents findings are shown of, and where their bytes come from. At most one of the three ways. */
export interface SelectionOptions {
  readonly staged?: boolean;
  /** A revision. */
  readonly since?: string;
  readonly stdin?: boolean;
  /** Path at which standard input is judged. */
  readonly stdinFilename?: string;
}

/** A compiled corpus with the part of its findings that was asked for. */
export interface Selected {
  readonly compilation: Compiled;
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that a comment has accepted. */
  readonly suppressed: readonly Diagnostic[];
  /** Paths of the documents that findings were asked of. */
  readonly documents: readonly string[];
}

/** Compiles the corpus and selects findings. @throws UsageError as its parts do */
export async function compileSelection(
  environment: Environment,
  paths: readonly string[],
  options: SelectionOptions,
  compileAll: CompileCorpus,
): Promise<Selected> {
  const config = loadConfig(environment.root);
  if (options.stdin) {
    const path = standardInputPath(config, environment, options.stdinFilename!);
    const bytes = await readStandardInput();
    const sparse = await sparseReading(config, environment);
    if (!isJudged(path, () => bytes, config, environment))
      return select(await compileAll(config, sparse), () => false);
    const overlay = new Map([...(sparse.overlay ?? []), [path, bytes]]);
    return select(await compileAll(config, { ...sparse, overlay }), (one) => one === path);
  }
  const selection = await selectPaths(config, environment.cwd, paths);
  const changes = await changesOf(config, environment, selection, options);
  const besides = selection.files.filter((path) =>
    isJudged(path, () => changes?.overlay.get(path) ?? readBytes(config.root, path), config, environment),
  );
  const { overlay, index, lock } = changes ?? {};
  // The index of git tells all there is; otherwise it tells what is not on disk.
  const reading = overlay && index ? { overlay, index } : await sparseReading(config, environment);
  const compilation = await compileAll(config, {
    besides,
    ...reading,
    ...(lock === undefined ? {} : { lock }),
  });
  requireDocuments(compilation, changes ? [] : selection.folders);
  return changes ? selectChanged(compilation, selection, changes) : select(compilation, selection.includes);
}

/** What a sparse checkout leaves out of the work tree, from git's index; nothing elsewhere. */
async function sparseReading(
  config: Config,
  environment: Environment,
): Promise<Pick<Reading, 'overlay' | 'skipped'>> {
  if (!mayBeSparse(config.root, environment)) return {};
  const { skippedFiles } = await import('../load/sparse-checkout.js');
  const { documents, paths } = await skippedFiles(config, environment);
  return documents.size + paths.size === 0 ? {} : { overlay: documents, skipped: paths };
}

/**
 * Whether a file that is named is judged: a document of the corpus is, and elsewhere what begins as one. Hooks name
 * every file that changed; of each that is not judged a note says so.
 */
function isJudged(
  path: string,
  read: () => Uint8Array,
  { root, corpus, ignore }: Config,
  { terminal }: Environment,
): boolean {
  const link = linkOnWay(root, path);
  if (!link && (corpusMatcher({ corpus, ignore })(path) || hasFrontMatter(read()))) return true;
  const why = link
    ? `${link} is a symbolic link, and those are not followed`
    : `it is no document of the corpus (${corpus.join(', ')}), and has no front matter`;
  terminal.err(`${encodeTerminal(`note: ${path} is not judged: ${why}`)}\n`);
  return false;
}

function hasFrontMatter(bytes: Uint8Array): boolean {
  return /^---\r?\n/.test(Buffer.from(bytes.subarray(0, 5)).toString('latin1'));
}

async function changesOf(
  config: Config,
  environment: Environment,
  { files }: Selection,
  { staged, since }: SelectionOptions,
): Promise<Changes | null> {
  if (!staged && since === undefined) return null;
  const { changesSince, stagedChanges } = await import('../load/git-changes.js');
  if (staged) return stagedChanges(config, environment, files);
  return changesSince(config, environment, since!);
}

function standardInputPath(config: Config, { cwd }: Environment, filename: string): string {
  const path = toRootPath(config.root, cwd, filename);
  if (path === '') throw new UsageError('bad-argument', `${filename} is no name of a document`);
  return path;
}

function select(compilation: Compiled, includes: (path: string) => boolean): Selected {
  return {
    compilation,
    diagnostics: compilation.diagnostics.filter(({ file }) => includes(file)),
    suppressed: compilation.suppressed.filter(({ file }) => includes(file)),
    documents: compilation.paths.filter(includes),
  };
}

async function selectChanged(
  compilation: Compiled,
  { includes }: Selection,
  { paths }: Changes,
): Promise<Selected> {
  const { affectedBy } = await import('./affected.js');
  const affected = await affectedBy(compilation, paths);
  const isMeant = (one: Diagnostic) => includes(one.file) && affected.finding(one);
  return {
    compilation,
    diagnostics: compilation.diagnostics.filter(isMeant),
    suppressed: compilation.suppressed.filter(isMeant),
    documents: compilation.paths.filter((path) => includes(path) && affected.document(path)),
  };
}

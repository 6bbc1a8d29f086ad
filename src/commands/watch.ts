import { join } from 'node:path';
import { type FSWatcher, watch as watchFiles } from 'chokidar';
import { LOCK_FILE } from '../base/lock-file.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, configRoot, configurationFiles, defaultConfig, loadConfig } from '../load/config.js';
import { corpusMatcher, startingFolders } from '../load/list-files.js';
import { encodeTerminal } from '../render/encode.js';
import type { Environment } from './terminal.js';

/** Milliseconds without a further change after which the work is done again: an editor writes a file in several steps. */
const QUIET = 100;

/**
 * Does the work now and after each change of a document, of the lock file or of the configuration, until the user interrupts it.
 * @returns exit code 0: what was found was shown, and the user has ended it
 */
export async function watch(environment: Environment, work: () => Promise<unknown>): Promise<number> {
  const changes = new Changes();
  const stop = () => changes.end();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let watcher: FSWatcher | null = null;
  do {
    if (changes.takeReconfigured()) {
      await watcher?.close();
      watcher = await watchCorpus(environment, changes);
    }
    await round(environment, work);
  } while (await changes.next());
  await watcher?.close();
  return 0;
}

/** One round; what is wrong with the configuration is shown, and may be put right while this goes on. */
async function round({ terminal }: Environment, work: () => Promise<unknown>): Promise<void> {
  if (terminal.interactive) terminal.err('\u001b[2J\u001b[3J\u001b[H');
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(
      `${terminal.errColors.red('error')}: ${error.message.split('\n').map(encodeTerminal).join('\n')}\n`,
    );
  }
  terminal.err('waiting for changes; Ctrl-C ends this\n');
}

/** Changes since the last round. */
class Changes {
  private reconfigured = true;
  private pending = false;
  private ended = false;
  private wake: (() => void) | null = null;
  private timer: NodeJS.Timeout | undefined;

  /** Something changed; the next round begins when nothing more does. */
  add(configuration: boolean): void {
    this.reconfigured ||= configuration;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pending = true;
      this.wake?.();
    }, QUIET);
  }

  end(): void {
    clearTimeout(this.timer);
    this.ended = true;
    this.wake?.();
  }

  takeReconfigured(): boolean {
    const taken = this.reconfigured;
    this.reconfigured = false;
    return taken;
  }

  /** Waits for changes. @returns false when the user has ended it */
  async next(): Promise<boolean> {
    if (!this.pending && !this.ended)
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    this.wake = null;
    this.pending = false;
    return !this.ended;
  }
}

async function watchCorpus({ root, terminal }: Environment, changes: Changes): Promise<FSWatcher> {
  const config = readableConfig(root);
  const configFiles = configurationFiles(config).map((path) => join(config.root, path));
  const beside = [...configFiles, join(config.root, LOCK_FILE)];
  const folders = startingFolders(config.corpus);
  const isDocument = corpusMatcher(config);
  const pathOf = (file: string) =>
    file
      .slice(config.root.length + 1)
      .replaceAll('\\', '/')
      .normalize('NFC');
  // A folder that is removed and made again is only seen from above.
  const watcher = watchFiles([config.root, ...beside], {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (file, stats) =>
      !beside.includes(file) &&
      (isLeftOut(pathOf(file)) ||
        !isOnWay(folders, pathOf(file)) ||
        (stats?.isFile() === true && !isDocument(pathOf(file)))),
  });
  watcher.on('all', (_, file) => changes.add(configFiles.includes(file)));
  watcher.on('error', (error) => terminal.err(`error: changes may go unseen: ${(error as Error).message}\n`));
  await new Promise<void>((ready) => watcher.once('ready', ready));
  return watcher;
}

/** Whether a path is one of some folders, leads to one or lies in one. */
function isOnWay(folders: readonly string[], path: string): boolean {
  return folders.some(
    (folder) =>
      path === '' || folder === '' || `${path}/`.startsWith(`${folder}/`) || folder.startsWith(`${path}/`),
  );
}

/** Whether no corpus reads it (see `listFiles`): then it need not be watched. */
function isLeftOut(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || name === 'node_modules');
}

/** The configuration; where it cannot be read, what leads to it being watched until it can. */
function readableConfig(root: string): Config {
  try {
    return loadConfig(root);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ...defaultConfig(configRoot(root)), corpus: [] };
  }
}

import { incrementalCompile } from '../incremental.js';
import { loadConfig } from '../load/config.js';
import { corpusMatcher } from '../load/list-files.js';
import type { Compiled } from '../pipeline.js';

/** Bytes in place of files, by path; null where a file counts as absent. */
export type Overlay = ReadonlyMap<string, Uint8Array | null>;

/** What the server needs of the compiler: the corpus of one folder, compiled again whenever something changes. */
export interface Engine {
  /** Absolute path of the folder that document paths are relative to. */
  readonly root: string;
  /** Whether a path is one of the corpus, wherever its bytes come from. */
  includes(path: string): boolean;
  /** Compiles the corpus with these bytes in place of files. */
  compile(overlay: Overlay): Promise<Compiled>;
}

/**
 * The engine of `lint` for the corpus around a folder. @throws UsageError `bad-configuration`
 * @param plugins whether rules of the corpus are loaded, which are code
 */
export function openEngine(folder: string, plugins: boolean): Engine {
  const config = loadConfig(folder);
  // What is only in an editor's buffers is no use to a later process: nothing is written down.
  const compile = incrementalCompile(config, false, plugins);
  return {
    root: config.root,
    includes: corpusMatcher(config),
    compile: (overlay) => compile({ overlay }),
  };
}

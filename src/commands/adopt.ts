import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { adopt } from '../fix/adopt/adopt.js';
import { unifiedDiff } from '../fix/unified-diff.js';
import { writeDocument } from '../fix/write-document.js';
import { loadConfig } from '../load/config.js';
import { toRootPath } from '../load/corpus.js';
import { KINDS } from '../model/kinds.js';
import { encodeTerminal } from '../render/encode.js';
import { diffText } from './diff-text.js';
import type { Environment } from './terminal.js';

export interface AdoptOptions {
  readonly kind?: string;
  readonly write: boolean;
}

/** `probatum adopt FILE…`: older documents in the present format. @returns exit code, 1 where a difference was shown only */
export async function adoptFiles(
  environment: Environment,
  files: readonly string[],
  options: AdoptOptions,
): Promise<number> {
  const { root } = loadConfig(environment.root);
  const { out, err, colors } = environment.terminal;
  const kind = KINDS.find((known) => known === options.kind);
  if (options.kind !== undefined && !kind)
    throw new UsageError('bad-argument', `no kind "${options.kind}"`, `kinds: ${KINDS.join(', ')}`);
  const adopted = [];
  for (const file of files) {
    const path = toRootPath(root, environment.cwd, file);
    const before = await readFile(join(root, path)).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError('cannot-read', `cannot read ${path}: ${error.code}`);
    });
    adopted.push({ path, before, after: await adopt(path, before, kind) });
  }
  const changed = adopted.filter(({ before, after }) => !before.equals(after));
  for (const { path, before, after } of changed) {
    if (options.write) {
      await writeDocument(root, path, before, after);
      err(`written  ${encodeTerminal(path)}\n`);
    } else out(diffText(unifiedDiff(path, before, after), colors));
  }
  if (changed.length === 0) err('nothing to do: front matter is there already\n');
  else if (options.write) err('fields with "# ?" are for somebody who knows: probatum lint shows them\n');
  else err('nothing was written; write it with --write\n');
  return changed.length > 0 && !options.write ? 1 : 0;
}

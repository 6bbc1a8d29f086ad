import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { unitOf } from '../model/entry.js';
import type { FenceRole } from '../parse/document.js';
import { textOf } from '../pipeline.js';
import { compileCorpus, documentPath, showErrors } from './corpus.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

export interface ExtractOptions {
  readonly role: FenceRole;
  readonly output?: string;
  readonly force: boolean;
}

/** `probatum extract DOC`: the exact bytes between the fence lines of one role. @returns exit code */
export async function extract(
  environment: Environment,
  path: string,
  options: ExtractOptions,
): Promise<number> {
  const { compilation } = await compileCorpus(environment, [path]);
  const file = documentPath(compilation, environment, path);
  const entry = compilation.model.entries.get(file);
  const unit = entry && unitOf(entry, options.role);
  if (!entry || !unit) {
    const problems = compilation.diagnostics.filter((one) => one.file === file && one.severity === 'error');
    showErrors(environment, compilation, problems);
    const help =
      'a fence that runs starts at column 0 of the document, is closed, and says its role: ```sql migration';
    throw new UsageError('no-such-document', `${file} has no "sql ${options.role}" fence`, help);
  }
  const { bytes } = textOf(compilation, entry, unit);
  const { terminal, cwd } = environment;
  if (options.output !== undefined) {
    writeResult(resolve(cwd, options.output), bytes, options.force);
    const lines = unit.ranges.map(({ firstLine, lastLine }) => `${firstLine}-${lastLine}`).join(', ');
    terminal.err(`${options.output}: ${bytes.length} bytes of lines ${lines}, sha256 ${unit.digest}\n`);
  } else terminal.out(bytes);
  return 0;
}

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hashFile } from '../base/hash-file.js';
import { UsageError } from '../base/usage-error.js';
import { encodeTerminal } from '../render/encode.js';
import { renderReport } from '../render/report.js';
import { findRecord } from './report.js';
import { sealText } from './seal.js';
import { namedSealKey } from './seal-key.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

export interface AttestOptions {
  /** File of the key that signs. */
  readonly sealKey?: string;
  readonly output?: string;
  readonly force: boolean;
}

/** `probatum attest RECORD`: the seal of a run again, of what is there now. @returns exit code */
export async function attest(
  environment: Environment,
  path: string,
  { sealKey, output, force }: AttestOptions,
): Promise<number> {
  const { terminal, cwd } = environment;
  const { file, stored } = findRecord(environment, path);
  if (!existsSync(file))
    throw new UsageError(
      'bad-record',
      `${path} has no record: the run was interrupted`,
      'settle it first: probatum resume',
    );
  const key = namedSealKey(environment, sealKey);
  for (const artefact of stored.record.artefacts) {
    const place = join(dirname(file), artefact.path);
    if (!existsSync(place))
      terminal.err(`${encodeTerminal(`note: ${artefact.path} is not here; its digest is the record's`)}\n`);
    else if ((await hashFile(place)) !== artefact.sha256)
      throw new UsageError('bad-record', `${path} is not sealed: ${artefact.path} has another digest`);
  }
  const report = renderReport(stored.record, stored.sha256);
  const { text, signedBy } = await sealText(file, stored, report, key);
  if (output === undefined) terminal.out(text);
  else writeResult(resolve(cwd, output), text, force);
  terminal.err(signedBy.length === 0 ? 'not signed\n' : `signed by ${signedBy.join(', ')}\n`);
  return 0;
}

import { join } from 'node:path';
import { writeAtomically } from '../target/atomic-file.js';
import type { RunContext } from './context.js';

/** Writes bytes into the run's folder, durably, and records path, size and digest. */
export async function writeArtefact(
  context: RunContext,
  step: string,
  name: string,
  file: string,
  data: Uint8Array,
  producer: string,
): Promise<string> {
  const path = `artefacts/${file}`;
  const { size, sha256 } = await writeAtomically(join(context.folder, path), once(data));
  context.emit({ type: 'artefact-written', step, name, path, size: String(size), sha256, producer });
  return sha256;
}

async function* once(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data;
}

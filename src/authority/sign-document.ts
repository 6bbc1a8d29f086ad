import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { SignableDocument } from './document-signatures.js';
import { NAMESPACES } from './judge-signature.js';
import { signBytes } from './ssh-keygen.js';

/** The signature of a document's bytes. @param keyFile private key, or public key of one that the agent holds; null for the one key of the agent */
export async function signDocument(
  { bytes, kind }: SignableDocument,
  keyFile: string | null,
): Promise<Buffer> {
  if (keyFile !== null) return signBytes(bytes, keyFile, NAMESPACES[kind]);
  const folder = mkdtempSync(join(tmpdir(), 'probatum-key-'));
  try {
    const file = join(folder, 'agent.pub');
    writeFileSync(file, agentKey());
    return await signBytes(bytes, file, NAMESPACES[kind]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The public key of the agent's only key. @throws UsageError where it has none, or several */
function agentKey(): string {
  const { status, stdout, error } = spawnSync('ssh-add', ['-L'], { encoding: 'utf8' });
  const help = 'name a key: --key FILE (a private key, or the public key of one that the agent holds)';
  if (error || status === 2) throw new UsageError('bad-argument', 'there is no SSH agent to sign with', help);
  const keys = status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
  if (keys.length === 1) return `${keys[0]}\n`;
  throw new UsageError('bad-argument', `the SSH agent holds ${keys.length} keys, and it takes one`, help);
}

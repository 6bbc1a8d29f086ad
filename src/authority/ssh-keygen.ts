import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';

interface Answer {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/**
 * The signature of exactly these bytes by a key of a file, or of an agent where the file holds the public key only.
 * OpenSSH does the signing, so hardware keys and agents work, and ask their owner.
 * @throws UsageError where it makes none
 */
export async function signBytes(bytes: Uint8Array, keyFile: string, namespace: string): Promise<Buffer> {
  // Not a pipe: a passphrase or a touch is asked for on the terminal, and what it says is for its user.
  const answer = await sshKeygen(['-Y', 'sign', '-f', keyFile, '-n', namespace, '-'], bytes, 'inherit');
  if (answer.code === 0) return answer.out;
  throw new UsageError('bad-argument', `no signature with ${keyFile}: ssh-keygen ended with ${answer.code}`);
}

/** Whether OpenSSH accepts a signature of these bytes by a principal, given one line of `allowed_signers`. */
export async function verifyBytes(
  bytes: Uint8Array,
  signature: Uint8Array,
  { signer, principal, namespace, at }: { signer: string; principal: string; namespace: string; at: Date },
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'probatum-signature-'));
  try {
    const [allowed, file] = [join(folder, 'allowed_signers'), join(folder, 'signature')];
    writeFileSync(allowed, `${signer}\n`);
    writeFileSync(file, signature);
    const time = `verify-time=${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
    const args = ['-Y', 'verify', '-f', allowed, '-I', principal, '-n', namespace, '-s', file, '-O', time];
    return (await sshKeygen(args, bytes, 'pipe')).code === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sshKeygen(args: readonly string[], input: Uint8Array, err: 'inherit' | 'pipe'): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'pipe', err] });
    const [out, said]: [Buffer[], Buffer[]] = [[], []];
    child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new UsageError(
          'missing-tool',
          `ssh-keygen could not be started (${error.code})`,
          'install the client programs of OpenSSH, 8.9 or newer',
        ),
      ),
    );
    child.once('close', (code) =>
      done({ code: code ?? -1, out: Buffer.concat(out), err: Buffer.concat(said).toString('utf8') }),
    );
    // It may end without having read everything; its exit code says so.
    child.stdin!.on('error', () => {});
    child.stdin!.end(input);
  });
}

import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signBytes } from '../../src/authority/ssh-keygen.js';
import { readSignature } from '../../src/authority/ssh-signature.js';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { type EnvelopeSignature, envelopeOf, envelopeText, preAuthEncoding } from '../../src/record/dsse.js';
import { CHAIN_START, readJournal } from '../../src/record/journal.js';
import { foldJournal } from '../../src/record/record.js';
import { readSeal } from '../../src/record/seal.js';
import { type Statement, statementBytes } from '../../src/record/statement.js';
import { recordText } from '../../src/record/store.js';
import { renderReport } from '../../src/render/report.js';
import type { Published } from './sealed-run.js';

/* What somebody can write who has the files and knows the forms, but not the key. */

type Line = { [key: string]: unknown };

/** Changes events, and makes chain, record and report anew, so that all of them agree with each other. */
export function forgeJournal(
  root: string,
  published: Published,
  change: (lines: Line[], digest: (value: unknown) => string) => void,
): void {
  const path = join(root, published.journal);
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  change(lines, (value) => sha256(canonicalJson(value)));
  let prev = CHAIN_START;
  const texts = lines.map((line, index) => {
    const text = canonicalJson({ ...line, seq: index + 1, prev });
    prev = sha256(text);
    return text;
  });
  writeFileSync(path, `${texts.join('\n')}\n`);
  const record = foldJournal(readJournal(path));
  const text = recordText(record);
  writeFileSync(join(root, published.record), text);
  writeFileSync(join(root, published.report), renderReport(record, sha256(text)));
}

/** Who signs a forged statement. */
export type Signer = (payload: Buffer) => Promise<EnvelopeSignature[]> | EnvelopeSignature[];

/** Writes a seal of a statement that was changed. */
export async function forgeSeal(
  root: string,
  published: Published,
  change: (statement: Statement) => Statement,
  by: Signer = () => [],
): Promise<void> {
  const payload = statementBytes(change(structuredClone(statementOf(root, published))));
  writeFileSync(join(root, published.seal), envelopeText(envelopeOf(payload, await by(payload))));
}

export function statementOf(root: string, { seal }: Published): Statement {
  const read = readSeal(join(root, seal));
  if (typeof read === 'string') throw new Error(read);
  return read.statement;
}

/** The signatures of a seal as it is. */
export function signaturesOf(root: string, { seal }: Published): EnvelopeSignature[] {
  return (JSON.parse(readFileSync(join(root, seal), 'utf8')) as { signatures: EnvelopeSignature[] })
    .signatures;
}

/** Signs as OpenSSH does, in any namespace. */
export function byOpenssh(key: string, namespace = 'probatum-run'): Signer {
  return async (payload) => {
    const made = await signBytes(preAuthEncoding(payload), key, namespace);
    return [{ keyid: readSignature(made)!.fingerprint, sig: made.toString('base64') }];
  };
}

/** A raw signature of Ed25519 that says which key made it. */
export function byEd25519(key: string, keyid: string): Signer {
  return (payload) => {
    const sig = sign(null, preAuthEncoding(payload), createPrivateKey(readFileSync(key)));
    return [{ keyid, sig: sig.toString('base64') }];
  };
}

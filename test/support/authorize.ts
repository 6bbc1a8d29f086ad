import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../src/base/digest.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import { CHANGE, DOCUMENTS, TARGET } from './change.js';

/** What an authorization says otherwise than one of the plan as it is now, open for an hour before and after now. */
export interface Grant {
  /** File name, which decides over its place among others. */
  readonly name?: string;
  readonly target?: string;
  readonly planSha256?: string;
  readonly notBefore?: Date;
  readonly expires?: Date;
  readonly nonce?: string;
  /** Its date, as it says. */
  readonly date?: string;
}

export const HOUR = 3_600_000;

/** The time now, moved. @param milliseconds by how much */
export function fromNow(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds);
}

/** Writes an authorization of the generated package. @returns its path and nonce */
export async function authorize(root: string, grant: Grant = {}) {
  const path = `knowledge/${grant.name ?? 'go'}.md`;
  const nonce = grant.nonce ?? randomBytes(16).toString('hex');
  const text = `---
kind: authorization
document_path: ${path}
change: ${CHANGE}
revision: r1
date: ${grant.date ?? '2026-05-16'}
author: change sovereign
subject:
  document: ${DOCUMENTS.package}
  revision: r1
  sha256: ${sha256(readFileSync(join(root, DOCUMENTS.package)))}
plan_sha256: ${grant.planSha256 ?? (await planSha256Of(root))}
target: ${grant.target ?? TARGET}
not_before: ${(grant.notBefore ?? fromNow(-HOUR)).toISOString()}
expires: ${(grant.expires ?? fromNow(HOUR)).toISOString()}
nonce: ${nonce}
---

# Authorization
`;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return { path, nonce };
}

/** Digest of the plan that the generated package gives. */
export async function planSha256Of(root: string): Promise<string> {
  const prepared = preparePlan(await compile(loadConfig(root)), DOCUMENTS.package);
  if (!('plan' in prepared)) throw new Error(JSON.stringify(prepared.errors, null, 2));
  return prepared.planSha256;
}

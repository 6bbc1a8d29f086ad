import { resolve } from 'node:path';
import { judgeRunSignature } from '../authority/judge-run-signature.js';
import { readSealKey, type SealKey } from '../authority/seal-key.js';
import { missingSigners } from '../authority/signing-policy.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from '../load/config.js';
import { readPolicy } from './signatures.js';
import type { Environment } from './terminal.js';

/** Variable that names the file of the key, where no option does. */
const VARIABLE = 'PROBATUM_SEAL_KEY';

/** What is signed to see whether a key can: no encoding of a payload begins like this. */
const TRIAL = Buffer.from('probatum: may this key sign a seal?\n');

const HELP = `name a key that may: --seal-key FILE, or ${VARIABLE}`;

/** The key that was named; null where none was. */
export function namedSealKey({ cwd, variables }: Environment, option: string | undefined): SealKey | null {
  const named = option ?? variables[VARIABLE] ?? '';
  return named === '' ? null : readSealKey(resolve(cwd, named));
}

/**
 * The key that will sign the seal of a run; it has signed once, so that nobody learns at the end that it cannot.
 * @param required whether the run may not begin without the key that the policy asks for
 * @throws UsageError where there is no such key
 */
export async function sealKeyFor(
  environment: Environment,
  config: Config,
  option: string | undefined,
  required: boolean,
): Promise<SealKey | null> {
  const key = namedSealKey(environment, option);
  const trial = key && (await key(TRIAL));
  const policy = required ? readPolicy(config) : null;
  const rule = policy?.required.run;
  if (!policy || !rule) return key;
  if (!trial)
    throw refusal(`it has to be signed by a person with the role ${rule.role}, and no key is named`);
  const verdict = await judgeRunSignature(TRIAL, trial, policy.allowed, environment.now());
  if (!verdict.accepted) throw refusal(verdict.reason);
  // One key is one of the signers that are asked for; the others sign what it has sealed.
  if (missingSigners({ role: rule.role }, policy, [{ verdict }]) !== null)
    throw refusal(
      `its key is that of ${verdict.principals.join(', ')}, who does not have the role ${rule.role}`,
    );
  return key;
}

function refusal(why: string): UsageError {
  return new UsageError(
    'bad-argument',
    `the run is not begun, because its seal would not count: ${why}`,
    HELP,
  );
}

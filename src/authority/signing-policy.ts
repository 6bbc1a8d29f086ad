import type { RequiredSigners, SignatureConfig } from '../load/config-types.js';
import { type AllowedSigners, readAllowedSigners } from './allowed-signers.js';
import type { AcceptedSignature, SignatureVerdict } from './judge-signature.js';
import { namesOfPerson } from './same-person.js';

/** Who may sign, as it was read from where it is trusted. */
export interface SigningPolicy {
  readonly required: NonNullable<SignatureConfig['required']>;
  readonly roles: NonNullable<SignatureConfig['roles']>;
  readonly allowed: AllowedSigners;
}

/** @param allowedSigners text of the `allowed_signers` file */
export function signingPolicy(
  { roles = {}, required = {} }: SignatureConfig,
  allowedSigners: string,
): SigningPolicy {
  return { roles, required, allowed: readAllowedSigners(allowedSigners) };
}

/**
 * What a policy still asks for; null where it is kept. One person with two keys is one, and so are two names with one
 * key.
 */
export function missingSigners(
  { role, signers = '1' }: RequiredSigners,
  { roles, allowed }: SigningPolicy,
  signatures: readonly { readonly verdict: SignatureVerdict }[],
): string | null {
  const members = roles[role] ?? [];
  const accepted = signatures.flatMap(({ verdict }) => (verdict.accepted ? [verdict] : []));
  const hasRole = ({ principals }: AcceptedSignature) => principals.some((name) => members.includes(name));
  const counted = accepted.filter(hasRole);
  const names = counted.flatMap(({ principals }) => principals.filter((name) => members.includes(name)));
  const people = byPerson(allowed, names);
  const keys = new Set(counted.map(({ fingerprint }) => fingerprint));
  if (Math.min(people.length, keys.size) >= Number(signers)) return null;
  const wanted =
    signers === '1'
      ? `a signature by a ${role}`
      : `signatures by ${signers} different people who are ${role}`;
  const valid = people.length === 0 ? 'none' : people.map(onePerson).join(', ');
  const others = accepted.filter((one) => !hasRole(one));
  return `it needs ${wanted}; valid ones: ${valid}${others.length === 0 ? '' : ` (${withoutRole(others, role)})`}`;
}

/** Names in groups, each those of one person. */
function byPerson(allowed: AllowedSigners, names: readonly string[]): string[][] {
  const people: { readonly all: ReadonlySet<string>; readonly names: string[] }[] = [];
  for (const name of new Set(names)) {
    const known = people.find(({ all }) => all.has(name));
    if (known) known.names.push(name);
    else people.push({ all: namesOfPerson(allowed, name), names: [name] });
  }
  return people.map((person) => person.names);
}

function onePerson([name, ...others]: readonly string[]): string {
  return others.length === 0 ? name! : `${name} (by a common key also ${others.join(', ')}: one person)`;
}

/** Whose signatures hold and do not count, with the lines of their keys that could have given another name. */
function withoutRole(accepted: readonly AcceptedSignature[], role: string): string {
  const names = [...new Set(accepted.flatMap(({ principals }) => principals))];
  const who =
    names.length === 1 ? `${names[0]} has signed it, and is` : `${names.join(', ')} have signed it, and are`;
  return [`${who} no ${role}`, ...new Set(accepted.flatMap(({ unused }) => unused))].join('; ');
}

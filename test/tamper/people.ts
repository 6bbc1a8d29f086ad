import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys of people: `ops` signs runs, `rita` reviews, `sam` authorizes, `eve` has no role, `mallory` stands nowhere. */
export type Person = 'ops' | 'rita' | 'sam' | 'eve' | 'old' | 'mallory';
const PEOPLE: readonly Person[] = ['ops', 'rita', 'sam', 'eve', 'old', 'mallory'];

/** What the configuration says of signatures. */
export const POLICY = `signatures:
  allowed_signers: allowed_signers
  roles:
    reviewer: [rita]
    sovereign: [sam]
    operator: [ops]
  # Rehearsals prove nothing about a target.
  required:
    review: {role: reviewer}
    authorization: {role: sovereign}
    run: {role: operator}
`;

/** File of a person's private key. */
export type KeyOf = (person: Person) => string;

/** Makes a key for each person. */
export function makeKeys(folder: string): KeyOf {
  const keyOf = (person: Person) => join(folder, person);
  for (const name of PEOPLE)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@test`, '-f', keyOf(name)]);
  return keyOf;
}

/** Who may sign. One key of `ops` has expired. */
export function allowedSigners(keyOf: KeyOf): string {
  const key = (person: Person) => readFileSync(`${keyOf(person)}.pub`, 'utf8').trim();
  return `# Who may sign what.
rita namespaces="probatum-review" ${key('rita')}
sam namespaces="probatum-authorization",valid-before="20991231Z" ${key('sam')}
ops namespaces="probatum-run" ${key('ops')}
ops namespaces="probatum-run",valid-before="20260101Z" ${key('old')}
eve namespaces="probatum-review" ${key('eve')}
`;
}

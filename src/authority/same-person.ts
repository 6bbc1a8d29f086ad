import { type AllowedSigners, PRINCIPAL_PATTERN } from './allowed-signers.js';

/**
 * All names of a person, the asked one first. A key is one person's: names that have a key in common are the same
 * person's, also over further keys, and whatever their lines let them sign or when.
 */
export function namesOfPerson({ signers, unreadable }: AllowedSigners, name: string): ReadonlySet<string> {
  // An authority's key is not that of whom it may certify.
  const owned = signers.filter(({ authority }) => !authority);
  const lines = [...owned.map(({ principals, key }) => ({ principals, keys: [key] })), ...unreadable];
  const [names, keys] = [new Set([name]), new Set<string>()];
  for (let known = 0; known < names.size + keys.size; ) {
    known = names.size + keys.size;
    for (const line of lines) {
      const own = line.principals.some((one) => names.has(one)) || line.keys.some((one) => keys.has(one));
      if (!own) continue;
      for (const one of line.principals) if (one !== '' && !PRINCIPAL_PATTERN.test(one)) names.add(one);
      for (const one of line.keys) keys.add(one);
    }
  }
  return names;
}

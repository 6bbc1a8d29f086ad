import { EVERYBODY } from '../sql/given-privileges.js';

/** Not granted, granted, granted with grant option. */
export type Level = 0 | 1 | 2;

/** One privilege of one role from one grantor. */
export interface Grant {
  /** Letter of the privilege, as the server prints it. */
  readonly letter: string;
  readonly role: string;
  readonly grantor: string;
  readonly level: Level;
  /** Where it stands in the server's list. */
  readonly item?: string;
}

export type Acl = readonly Grant[];

/** An item of a list; names may be quoted. */
const ITEM = /(?:"(?:[^"]|"")*"|[^\s"])+/g;
const PARTS = /^((?:"(?:[^"]|"")*")?|[^"=]*)=([A-Za-z*]*)\/(.*)$/s;

/** The privileges in a list as the snapshot has it: `app_user=r*w/owner =r/owner`. */
export function aclOf(text: string | null | undefined): Acl {
  return (text?.match(ITEM) ?? []).flatMap((item) => {
    const [, role = '', letters = '', grantor = ''] = PARTS.exec(item) ?? [];
    return (letters.match(/[A-Za-z]\*?/g) ?? []).map((one) => ({
      letter: one[0]!,
      role: role === '' ? EVERYBODY : unquoted(role),
      grantor: unquoted(grantor),
      level: one.length as Level,
      item,
    }));
  });
}

/** Each privilege once, with the most that there is of it. */
export function mergedAcl(acl: Acl): Acl {
  const found = new Map<string, Grant>();
  for (const grant of acl) {
    const key = JSON.stringify([grant.letter, grant.role, grant.grantor]);
    if ((found.get(key)?.level ?? 0) < grant.level) found.set(key, grant);
  }
  return [...found.values()];
}

export function levelIn(acl: Acl, grantor: string): Level {
  return acl.find((one) => one.grantor === grantor)?.level ?? 0;
}

/** A name without its quotes. */
export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

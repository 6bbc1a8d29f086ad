import { EVERYBODY } from '../sql/given-privileges.js';
import type { CatalogueObject } from '../target/catalogue.js';
import { type Acl, aclOf, mergedAcl, unquoted } from './acl.js';

/** Letters of all privileges that there are on a kind of object, which its owner has; without MAINTAIN, which is there since 17. */
export function privilegesOn(kind: string): string {
  return (KINDS[kind] ?? NOTHING).letters;
}

/**
 * What a new object has by itself: by the server, or by default privileges, which take the place of it.
 * @param after what it has now @param defaults all default privileges @param role who made it
 */
export function usualAcl(
  object: CatalogueObject,
  after: Acl,
  defaults: readonly CatalogueObject[],
  role: string,
): Acl {
  const { letter, letters, everybody } = KINDS[object.kind] ?? NOTHING;
  const newer = letters.includes('D') && after.some((one) => one.letter === 'm') ? 'm' : '';
  // Nobody has privileges on a column but by those on its table.
  const builtIn = object.kind === 'column' ? [] : builtInAcl(role, letters + newer, everybody);
  const byDefault = (place: string): Acl | undefined => {
    const [start, end] = [`${letter} of `, ` in ${place}`];
    const found = defaults.find(
      ({ name }) =>
        name.startsWith(start) &&
        name.endsWith(end) &&
        unquoted(name.slice(start.length, -end.length)) === role,
    );
    return letter !== '' && found ? aclOf(found.definition.acl) : undefined;
  };
  const here = byDefault(schemaOf(object.table ?? object.name));
  return mergedAcl([...(byDefault('any schema') ?? builtIn), ...(here ?? [])]);
}

/** What is on an object where nobody said anything. */
function builtInAcl(owner: string, letters: string, everybody: string): Acl {
  const each = (role: string, of: string) =>
    [...of].map((letter) => ({ letter, role, grantor: owner, level: 1 as const }));
  return [...each(owner, letters), ...each(EVERYBODY, everybody)];
}

/** Privileges on the row type of a table. */
export function typeAcl(table: CatalogueObject | undefined, owner: string): Acl {
  const acl = table?.definition.type_acl;
  return acl ? aclOf(acl) : builtInAcl(owner, 'U', 'U');
}

interface Kind {
  /** Of the kind in default privileges. */
  readonly letter: string;
  /** Of all privileges, which the owner has. */
  readonly letters: string;
  /** Of those that everybody has by the server's own. */
  readonly everybody: string;
}

const kindOf = (letter: string, letters: string, everybody = ''): Kind => ({ letter, letters, everybody });
const RELATION = kindOf('r', 'arwdDxt');
const ROUTINE = kindOf('f', 'X', 'X');
const TYPE = kindOf('T', 'U', 'U');
const NOTHING = kindOf('', '');

const KINDS: Readonly<Record<string, Kind>> = {
  table: RELATION,
  view: RELATION,
  'materialized view': RELATION,
  column: kindOf('', 'arwx'),
  sequence: kindOf('S', 'rwU'),
  function: ROUTINE,
  procedure: ROUTINE,
  aggregate: ROUTINE,
  type: TYPE,
  domain: TYPE,
  schema: kindOf('n', 'UC'),
};

/** First part of a qualified name. */
export function schemaOf(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^."]+)/.exec(name)?.[0] ?? '';
}

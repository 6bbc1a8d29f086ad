import { grantedObjects } from './effect-names.js';
import { columnName } from './given-columns.js';
import { givenLine, OWN_ROLE } from './given-line.js';
import type { Node } from './grammar.js';
import { granteesIn, isLargeGrant, privilegesIn } from './grants.js';

/** Stands for all privileges that there are on an object. */
export const ALL_PRIVILEGES = 'ALL';

/** Stands for everybody among roles; the server refuses a role of that name. */
export const EVERYBODY = 'public';

/** What is given and taken: on the row type of a table it is not what is on the table. */
export const PRIVILEGES = 'privileges';
export const TYPE_PRIVILEGES = 'type privileges';

/** A REVOKE that takes from others what a role has passed on. */
export const PASSED_ON = 'privileges passed on';

/** Letters of privileges as the server prints them. */
const LETTERS: Readonly<Record<string, string>> = {
  select: 'r',
  insert: 'a',
  update: 'w',
  delete: 'd',
  truncate: 'D',
  references: 'x',
  trigger: 't',
  maintain: 'm',
  execute: 'X',
  usage: 'U',
  create: 'C',
};

/**
 * What a GRANT or REVOKE gives to objects and columns, one privilege of one role a line: `privileges of app.item: r a` of
 * SELECT to `a`, with `*` behind the letter where the grant option is meant, and `-` before it where it is taken.
 */
export function givenByGrant(tree: Node): string[] {
  if (tree.targtype !== 'ACL_TARGET_OBJECT' || isLargeGrant(tree)) return [];
  const isType = tree.objtype === 'OBJECT_TYPE' || tree.objtype === 'OBJECT_DOMAIN';
  const what = isType ? TYPE_PRIVILEGES : PRIVILEGES;
  const sign = tree.is_grant ? '' : '-';
  const option = tree.grant_option ? '*' : '';
  const roles = granteesIn(tree).map(roleOf);
  return grantedObjects(tree).flatMap((name) => [
    ...(!tree.is_grant && tree.behavior === 'DROP_CASCADE' ? [givenLine(PASSED_ON, name)] : []),
    ...privilegesIn(tree).flatMap(({ name: privilege, columns }) =>
      (columns.length === 0 ? [name] : columns.map((column) => columnName(name, column))).flatMap((one) =>
        roles.map((role) => givenLine(what, one, `${sign}${letterOf(privilege)}${option} ${role}`)),
      ),
    ),
  ]);
}

function letterOf(privilege: string | null): string {
  return privilege === null ? ALL_PRIVILEGES : (LETTERS[privilege] ?? privilege);
}

function roleOf({ roletype, rolename }: Node): string {
  if (roletype === 'ROLESPEC_CSTRING') return String(rolename);
  return roletype === 'ROLESPEC_PUBLIC' ? EVERYBODY : OWN_ROLE;
}

/**
 * Line of what a statement gives to an object: `not null of app.item.id: yes`, or `type of app.item.note` where the
 * statement does not tell what it will be, and nothing is compared.
 */
export function givenLine(what: string, name: string, value?: string): string {
  return value === undefined ? `${what} of ${name}` : `${what} of ${name}: ${value}`;
}

/** Name under which the indexes of all keys of a table are given what stands at a key. */
export function keysOf(table: string): string {
  return `the keys of ${table}`;
}

/** Stands for the name of the role that runs a migration, which no statement says. */
export const OWN_ROLE = 'the role of the run';

/** What RESTART gives to an identity column: the value of its sequence, which is not compared. */
export const NEXT_VALUE = 'next value';

/** A constraint to which the server gives a name; of a table there may be several. */
export const UNNAMED = 'constraints without a name';

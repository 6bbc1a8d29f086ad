import { OWN_ROLE } from '../sql/given-line.js';
import {
  ALL_PRIVILEGES,
  EVERYBODY,
  PASSED_ON,
  PRIVILEGES,
  TYPE_PRIVILEGES,
} from '../sql/given-privileges.js';
import type { CatalogueObject } from '../target/catalogue.js';
import { type Acl, aclOf, type Grant, type Level, levelIn, mergedAcl } from './acl.js';
import type { GivenLines } from './given-lines.js';
import { privilegesOn, typeAcl, usualAcl } from './usual-acl.js';

/**
 * Privileges that differ from what was there, or from what a new object has by itself, and no GRANT, REVOKE or OWNER TO
 * tells of: one by one, by who has them from whom.
 */
export class GivenPrivileges {
  constructor(
    private readonly given: GivenLines,
    private readonly defaults: readonly CatalogueObject[],
    private readonly role: string,
  ) {}

  /** What nothing explains, in lines. @param owners owner of the object, or of the table that it is a column of, before and now */
  found(
    object: CatalogueObject,
    was: CatalogueObject | undefined,
    owners: { readonly was: string | undefined; readonly now: string | undefined },
  ): string[] {
    const { kind, name, table, definition } = object;
    const said = [...this.given.values('owner', table ?? name)].map((one) => this.#resolved(one));
    const former = new Set([owners.was ?? this.role, ...said]);
    const owner = owners.now ?? '';
    const place = {
      object,
      what: kind === 'type' || kind === 'domain' ? TYPE_PRIVILEGES : PRIVILEGES,
      title: `privileges of ${kind} ${name}`,
      letters: privilegesOn(kind),
      owner,
      formerOwners: owner !== '' && (former.size > 1 || !former.has(owner)) ? former : new Set<string>(),
    };
    const after = aclOf(definition.acl);
    const lines = this.#differences(
      place,
      was ? aclOf(was.definition.acl) : usualAcl(object, after, this.defaults, this.role),
      after,
    );
    if (kind !== 'table') return lines;
    // A table is a type as well.
    const ofType = {
      ...place,
      what: TYPE_PRIVILEGES,
      title: `privileges of the row type of table ${name}`,
      letters: 'U',
    };
    const [then, now] = [typeAcl(was, owners.was ?? this.role), typeAcl(object, owner)];
    return [...lines, ...this.#differences(ofType, then, now)];
  }

  #resolved(role: string): string {
    return role === OWN_ROLE ? this.role : role;
  }

  #differences(place: Place, before: Acl, after: Acl): string[] {
    const { owner, formerOwners } = place;
    const ownedNow = (role: string) => (formerOwners.has(role) ? owner : role);
    const mapped = mergedAcl(
      before.map((grant) => ({ ...grant, role: ownedNow(grant.role), grantor: ownedNow(grant.grantor) })),
    );
    const said = this.#said(place, [...mapped, ...after]);
    const pairs = new Map(
      [...mapped, ...after, ...said].map(({ letter, role }) => [
        JSON.stringify([letter, role]),
        { letter, role },
      ]),
    );
    const lines = [...pairs.values()].flatMap(({ letter, role }) => {
      const of = ({ letter: one, role: other }: Pair) => one === letter && other === role;
      const words = said.filter(of).map(({ word }) => word);
      return this.#wrong(place, words, mapped.filter(of), after.filter(of), { letter, role });
    });
    return [...new Set(lines)].map((line) => `${place.title}: ${line}`);
  }

  /** Of one privilege of one role. */
  #wrong(place: Place, said: readonly Word[], before: Acl, after: Acl, { letter, role }: Pair): string[] {
    const { owner, formerOwners, object } = place;
    const grantors = [...new Set([owner, ...[...before, ...after].map(({ grantor }) => grantor)])];
    const wrong = (grantor: string) => [describe(after, { letter, role, grantor })];
    const states = grantors.map((grantor) => ({
      grantor,
      was: levelIn(before, grantor),
      is: levelIn(after, grantor),
    }));
    const passedOn = [object.name, object.table ?? object.name].some((one) => this.given.has(PASSED_ON, one));
    // An owner of before or now has what belongs to the owner besides.
    if (formerOwners.has(role) || (formerOwners.size > 0 && role === owner)) {
      const kept = said.length > 0 ? [] : states.filter(({ was, is }) => is !== was);
      return kept.flatMap(({ grantor }) => wrong(grantor));
    }
    const changed = states.filter(({ was, is }) => was !== is);
    const unexplained = changed.filter(
      ({ grantor, was, is }) => !allowed(said, was).has(is) && !(passedOn && grantor !== owner && is < was),
    );
    if (unexplained.length > 0 || said.length === 0)
      return unexplained.flatMap(({ grantor }) => wrong(grantor));
    // Who has it from somebody else keeps it.
    const achieved = states.some(
      (state) =>
        allowed(said, state.was).has(state.is) &&
        (state.is > 0 || state.grantor === owner || changed.includes(state)),
    );
    return achieved ? [] : wrong(owner);
  }

  /** What statements say of the privileges of an object. A REVOKE on a table is one on its columns as well. */
  #said({ object, what, letters: all }: Place, known: Acl): Said[] {
    const { name, kind, table } = object;
    const own = [name, `${kind} ${name}`].flatMap((one) => [...this.given.values(what, one)]);
    const above = table === undefined ? [] : [...this.given.values(what, table)];
    const letters = [...all, ...(known.some(({ letter }) => letter === 'm') ? ['m'] : [])];
    return [...own, ...above.filter((one) => one.startsWith('-'))].flatMap((value) => {
      const [, minus = '', which = '', star = '', role = ''] = SAID.exec(value) ?? [];
      const meant = which === ALL_PRIVILEGES ? letters : letters.filter((one) => one === which);
      const word = `${minus}${star}` as Word;
      return meant.map((letter) => ({ letter, role: this.#resolved(role), word }));
    });
  }
}

interface Place {
  readonly object: CatalogueObject;
  readonly what: string;
  readonly title: string;
  /** Of all privileges that there are on such an object, but for MAINTAIN. */
  readonly letters: string;
  readonly owner: string;
  /** Where the owner changes: all that there were. */
  readonly formerOwners: ReadonlySet<string>;
}

interface Pair {
  readonly letter: string;
  readonly role: string;
}

/** GRANT, GRANT with grant option, REVOKE, REVOKE of the grant option. */
type Word = '' | '*' | '-' | '-*';

interface Said extends Pair {
  readonly word: Word;
}

const SAID = /^(-?)(\w+)(\*?) (.*)$/s;

/** What may become of a privilege, whatever the order of the statements. */
function allowed(said: readonly Word[], was: Level): ReadonlySet<Level> {
  const levels = new Set<Level>();
  for (const word of said) {
    if (word === '-') levels.add(0);
    if (word === '*' || (word === '' && was === 2)) levels.add(2);
    if (word === '') levels.add(1);
    if (word === '-*') levels.add(was === 0 && !said.includes('') && !said.includes('*') ? 0 : 1);
  }
  return levels;
}

/** The item of the server's list, or the privilege that is not there. */
function describe(after: Acl, { letter, role, grantor }: Omit<Grant, 'level' | 'item'>): string {
  const item = after.find(
    (one) => one.letter === letter && one.role === role && one.grantor === grantor,
  )?.item;
  return item ?? `without ${role === EVERYBODY ? '' : role}=${letter}/${grantor}`;
}

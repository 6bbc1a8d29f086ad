import type { CatalogueObject } from '../target/catalogue.js';

/** A property of a kind of object that statements give, in the words of their lines (sql/given-line.ts). */
export interface Property {
  readonly what: string;
  /** Its value in those words. */
  readonly of: (object: CatalogueObject) => string;
  /** What a new object has where no statement says otherwise; null where that is not known. */
  readonly usual: (object: CatalogueObject) => string | null;
  /** All that is to be equal where no statement is about it, if `of` tells less. */
  readonly exactly?: (object: CatalogueObject) => string | null;
  /** Of a text in the server's words: what is left of it where the server makes the object again for another type. */
  readonly rebuilt?: (object: CatalogueObject) => string | null;
  /** Whether partitions, children, indexes of partitions and domains of domains have it from what they come from. */
  readonly inherited?: true;
}

type Words = Readonly<Record<string, string>>;

/** A field of the catalogue's snapshot; what is not among the words is itself, and nothing is `none`. */
const field = (what: string, name: string, usual: string | null, words: Words = {}): Property => ({
  what,
  of: ({ definition }) => {
    const value = definition[name] || 'none';
    return words[value] ?? value;
  },
  usual: () => usual,
});
const inherited = (property: Property): Property => ({ ...property, inherited: true });

const YES: Words = { t: 'yes', f: 'no' };
const ON: Words = { t: 'on', f: 'off' };
const STORAGE: Words = { p: 'plain', e: 'external', m: 'main', x: 'extended' };

const OWNER = field('owner', 'owner', null);
const TABLESPACE = inherited(field('tablespace', 'tablespace', 'none'));
const PERSISTENCE = field('persistence', 'persistence', 'permanent', { p: 'permanent', u: 'unlogged' });
const SWITCHED: Words = { O: 'on', D: 'off', R: 'for replicas', A: 'always' };
const SWITCHING = inherited(field('switching', 'enabled', 'on', SWITCHED));

const ACCESS_METHOD: Property = {
  ...inherited(field('access method', 'access_method', null)),
  usual: ({ kind, definition }) =>
    definition.relkind === 'r' || kind === 'materialized view' ? 'heap' : 'none',
};

/** An index that is gone leaves the identity as it was, without the index. */
const REPLICA_IDENTITY: Property = {
  ...field('replica identity', 'replica_identity', 'default'),
  of: ({ definition: { replica_identity: identity, replica_identity_index: index } }) =>
    identity === 'i' ? (index ?? 'none') : (IDENTITIES[identity ?? ''] ?? 'none'),
};
const IDENTITIES: Words = { d: 'default', f: 'full', n: 'nothing' };

const STORAGE_OF_COLUMN: Property = {
  ...inherited(field('storage', 'storage', null, STORAGE)),
  usual: ({ definition }) => STORAGE[definition.type_storage ?? ''] ?? null,
};

const STATISTICS: Property = field('statistics target', 'statistics_target', 'none', { '-1': 'none' });

/** The server writes a default in its own words, so of one that is given only its presence is known. */
const DEFAULT: Property = {
  what: 'default',
  of: ({ definition }) => (definition.default === null ? 'none' : 'some'),
  usual: () => 'none',
  exactly: ({ definition }) => definition.default ?? null,
  inherited: true,
};

/** CHECK constraints of a domain are one text. */
const CONSTRAINTS_OF_DOMAIN: Property = {
  what: 'constraints',
  of: ({ definition }) => (definition.constraints === null ? 'none' : 'some'),
  usual: () => 'none',
  exactly: ({ definition }) => definition.constraints ?? null,
};

/** What an object is, of which no statement tells the server's words. */
const definition = (exactly: (object: CatalogueObject) => string | null): Property => ({
  what: 'definition',
  of: () => 'some',
  usual: () => null,
  exactly,
});
/** The same, in a text that may name what is renamed. */
const deparsed = (exactly: (object: CatalogueObject) => string): Property => ({
  ...definition(exactly),
  rebuilt: (object) =>
    exactly(object)
      .replace(CAST, '')
      .replace(/[()\s]/g, ''),
});
const TEXT = deparsed(({ definition: { definition: text } }) => text ?? '');

/** A cast to a type, as the server writes it. */
const CAST =
  /::(?:"(?:[^"]|"")*"|[\w.])+(?: varying| precision)?(?:\([\d,]+\))?(?: with(?:out)? time zone)?(?:\[\])*/g;

/** Without what is compared by itself. */
const CONSTRAINT = deparsed(
  ({ definition: { type, definition: text } }) =>
    `${type} ${(text ?? '').replace(/(?: DEFERRABLE| INITIALLY DEFERRED| NOT ENFORCED| NOT VALID)+$/, '')}`,
);
const INDEX = deparsed(({ definition: { definition: text } }) =>
  (text ?? '').replace(/ WITH \((?:'(?:[^']|'')*'|[^')])*\)/, ''),
);
const DEFERRAL: Property = {
  ...inherited(field('deferral', 'deferred', null)),
  of: ({ definition: { deferrable, deferred } }) =>
    deferred === 't' ? 'deferred' : deferrable === 't' ? 'immediate' : 'none',
};
const POLICY = definition(({ definition: { command, permissive, roles, using, check } }) =>
  JSON.stringify([command, permissive, roles, using, check]),
);

/** Properties by kind of object; others have their owner only. */
const BY_KIND: Readonly<Record<string, readonly Property[]>> = {
  table: [
    OWNER,
    PERSISTENCE,
    ACCESS_METHOD,
    TABLESPACE,
    field('row security', 'row_security', 'off', ON),
    field('forced row security', 'force_row_security', 'off', ON),
    REPLICA_IDENTITY,
    field('row type', 'of_type', 'none'),
    field('switching', 'switched_triggers', 'none'),
  ],
  column: [
    inherited(field('not null', 'not_null', 'no', YES)),
    DEFAULT,
    inherited(field('identity', 'identity', 'none', { a: 'always', d: 'by default' })),
    inherited(field('generated', 'generated', 'none', { s: 'stored', v: 'virtual' })),
    STORAGE_OF_COLUMN,
    inherited(field('compression', 'compression', 'none', { p: 'pglz', l: 'lz4' })),
    inherited(field('collation', 'collation', 'none')),
    inherited(STATISTICS),
    inherited(field('type', 'type', null)),
  ],
  index: [
    INDEX,
    TABLESPACE,
    field('clustering', 'clustered', 'off', ON),
    field('statistics target', 'statistics_targets', 'none'),
  ],
  view: [OWNER],
  'materialized view': [OWNER, ACCESS_METHOD, TABLESPACE],
  sequence: [OWNER, PERSISTENCE],
  domain: [OWNER, field('not null', 'not_null', 'no', YES), DEFAULT, CONSTRAINTS_OF_DOMAIN],
  trigger: [SWITCHING, inherited(TEXT)],
  rule: [SWITCHING, TEXT],
  policy: [POLICY],
  constraint: [
    CONSTRAINT,
    DEFERRAL,
    inherited(field('validation', 'validated', null, YES)),
    inherited(field('enforcement', 'enforced', null, YES)),
  ],
  statistics: [OWNER, TEXT, STATISTICS],
  'published table': [definition(({ definition: { columns } }) => columns ?? null)],
  'publication filter': [definition(({ definition: { where } }) => where ?? null)],
};

export function propertiesOf({ kind, definition }: CatalogueObject): readonly Property[] {
  return BY_KIND[kind] ?? (definition.owner === undefined ? [] : [OWNER]);
}

/** Storage options of a relation or column by name; those of the table for large values begin with `toast.`. */
export function optionsOf({ definition }: CatalogueObject): ReadonlyMap<string, string> {
  return new Map([...pairs(definition.options, ''), ...pairs(definition.toast_options, 'toast.')]);
}

/** Items of an array as the server prints it, each `name=value`. */
function pairs(array: string | null | undefined, prefix: string): [string, string][] {
  const items = (array ?? '').slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return items.map((item) => {
    const text = item.startsWith('"') ? item.slice(1, -1).replace(/\\(.)/g, '$1') : item;
    const [name = ''] = text.split('=', 1);
    return [prefix + name, text.slice(name.length + 1)];
  });
}

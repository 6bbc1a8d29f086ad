import type { SqlUnit } from '../../sql/facts.js';

/** A check of a package that is begun: the lines between its name and its end. */
export interface DraftCheck {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What can be asked before and after a migration, from its statements alone: a beginning, not a grid. */
export function draftChecks(migration: SqlUnit): { preflight: DraftCheck[]; verify: DraftCheck[] } {
  const effects = migration.statements.flatMap((one) => one.effects);
  const names = (action: string, kinds: readonly string[]) => [
    ...new Set(
      effects.filter((one) => one.action === action && kinds.includes(one.kind)).map(({ name }) => name),
    ),
  ];
  const made = names('create', ['table', 'view', 'sequence']);
  const tables = names('create', ['table']);
  const changed = [...names('alter', ['table']), ...names('write-rows', ['table'])].filter(
    (name) => !made.includes(name),
  );
  const written = names('write-rows', ['table']);
  const preflight = [
    check(
      'the SQL is the reviewed one',
      '-- evidence: provenance.migration_sha256',
      `-- expect: ${migration.digest}`,
    ),
    ...made.map((name) =>
      check(
        `${name} is not there yet`,
        '-- expect: ABSENT',
        `SELECT coalesce(to_regclass(${text(name)})::text, 'ABSENT');`,
      ),
    ),
    ...[...new Set(changed)].map((name) =>
      check(`${name} is there`, '-- expect: t', `SELECT to_regclass(${text(name)}) IS NOT NULL;`),
    ),
  ];
  const verify = tables
    .filter((name) => !written.includes(name))
    .map((name) => check(`rows of ${name}`, '-- expect: 0', `SELECT count(*) FROM ${name};`));
  return { preflight, verify: verify.length > 0 ? verify : preflight.slice(0, 1) };
}

function check(title: string, ...lines: string[]): DraftCheck {
  return { title, lines };
}

function text(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

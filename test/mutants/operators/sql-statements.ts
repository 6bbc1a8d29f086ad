import { changed, custom, edited, inserted, type Operator, planted, removed, without } from '../operator.js';
import { type Line, lineWith } from '../originals.js';
import { CHANGES, CHECKS, code, inFence, startOf, starts } from '../sql-lines.js';

/* Statements that may not run, and effects that the document does not declare. */

const TRANSACTION = 'single-transaction';
const between = (line: Line) => starts(line) && CHANGES.test(line.role);
const second = (line: Line) =>
  between(line) && line.document.lines[line.number - 2]?.region !== 'mark' && line.text !== 'BEGIN;';
const statement = (rule: string, name: string, sql: string, where = between, most = 3) =>
  inserted(rule, name, where, `${sql}\n`, { most });

export const TRANSACTIONS: readonly Operator[] = [
  statement(TRANSACTION, 'COMMIT in the middle', 'COMMIT;', second),
  statement(TRANSACTION, 'ROLLBACK in the middle', 'ROLLBACK;', second),
  statement(TRANSACTION, 'a savepoint', 'SAVEPOINT a;', second),
  statement(TRANSACTION, 'BEGIN in the middle', 'BEGIN;', second),
  statement(TRANSACTION, 'COMMIT behind a comment', '/* the end */ COMMIT;', second),
  statement(
    TRANSACTION,
    'COMMIT on the line of another statement',
    'DROP TABLE public.x; COMMIT AND CHAIN;',
    second,
  ),
  statement(TRANSACTION, 'END', 'END;', second),
  changed(
    TRANSACTION,
    'BEGIN with a level of isolation',
    ({ text, role }) => role === 'migration' && text === 'BEGIN;',
    () => 'BEGIN ISOLATION LEVEL SERIALIZABLE;',
  ),
  removed(
    TRANSACTION,
    'BEGIN without COMMIT',
    ({ text, role }) => role === 'migration' && text === 'COMMIT;',
    ({ document }) => lineWith(document, /^BEGIN;$/).number,
  ),
  removed(
    TRANSACTION,
    'COMMIT without BEGIN',
    ({ text, role }) => role === 'migration' && text === 'BEGIN;',
    ({ document }) => lineWith(document, /^COMMIT;$/).number - 1,
  ),
];

const ALLOWED = 'statement-allowed';
const REFUSED: readonly (readonly [string, string])[] = [
  ['a setting', "SET search_path = 'public';"],
  ['an anonymous block that puts SQL together', "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;"],
  ['a function', "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"],
  ['an event trigger', 'CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION public.f();'],
  ['a cursor', 'DECLARE c CURSOR FOR SELECT 1;'],
  ['a role', "CREATE ROLE intruder LOGIN PASSWORD 'x';"],
  ['an extension', 'CREATE EXTENSION dblink;'],
  ['a call', 'CALL public.p();'],
  ['a temporary table', 'CREATE TEMPORARY TABLE x (a int);'],
  ['a grant on everything', 'GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC;'],
  ['a schema with a table in it', 'CREATE SCHEMA s CREATE TABLE x (a int);'],
  ['a function that reaches outside', "INSERT INTO public.x SELECT pg_read_file('a');"],
  ['a table made from a query', 'CREATE TABLE public.x AS SELECT 1;'],
  ['a notification', 'NOTIFY channel;'],
  ['a copy to a program', "COPY public.tac_logical_unit TO PROGRAM 'sh';"],
];

export const STATEMENTS: readonly Operator[] = REFUSED.map(([name, sql]) =>
  statement(ALLOWED, name, sql, between, 2),
);

const NAMES = 'qualified-names';
const unqualified = (name: string, pattern: RegExp, where: (line: Line) => boolean = code) =>
  changed(NAMES, name, where, (text) => text.replace(pattern, '$1'), { at: startOf });

export const QUALIFIED: readonly Operator[] = [
  unqualified('a table that is created', /^(CREATE TABLE )\w+\./),
  unqualified('a table that is dropped', /^(DROP TABLE )\w+\./),
  unqualified('a table that is altered', /^(ALTER TABLE )\w+\./),
  unqualified('a table that is indexed', /^( +ON )\w+\./),
  unqualified('a table that a key refers to', /^( +REFERENCES )\w+\./),
  unqualified('a table whose rows are written', /^((?:UPDATE|INSERT INTO) )\w+\./),
  unqualified(
    'a table that a check reads',
    /^((?:FROM|JOIN|SELECT count\(\*\) FROM) )\w+\./,
    inFence(CHECKS),
  ),
];

const SCOPE = 'declared-scope';
const item = ({ region, text, document }: Line) =>
  document.kind === 'ddl' && region === 'front matter' && /^ {4}- [^:]+$/.test(text);
const listOf = ({ document, number }: Line) =>
  /^ {2}(\w+):/.exec(
    document.lines.slice(0, number).findLast(({ text }) => /^ {2}\w+:/.test(text))!.text,
  )![1]!;
const VERBS: Readonly<Record<string, RegExp>> = {
  creates: /^CREATE (?:TABLE|SCHEMA) /,
  alters: /^ALTER TABLE /,
  writes_rows: /^(?:UPDATE|INSERT INTO) /,
};

/** The statement that has the effect of an item of the scope. */
function statementOf(line: Line): Line {
  const name = line.text.replace(/^ *- (?:schema )?/, '');
  const verb = VERBS[listOf(line)]!;
  return line.document.lines.find(
    ({ role, text }) => role === 'migration' && verb.test(text) && text.includes(` ${name}`),
  )!;
}

const structural = (line: Line) => item(line) && listOf(line) !== 'writes_rows';

export const SCOPES: readonly Operator[] = [
  custom(
    SCOPE,
    'a name left out of the scope',
    function* ({ all }) {
      for (const line of all.flatMap(({ lines }) => lines.filter(structural))) {
        const only = !item(line.document.lines[line.number - 2]!) && !item(line.document.lines[line.number]!);
        const files = only
          ? edited(line.document, (lines) => lines.splice(line.number - 2, 2, `  ${listOf(line)}: []`))
          : without(line);
        yield planted(files, { file: line.document.path, line: statementOf(line).number - 1 });
      }
    },
    { most: 8 },
  ),
  changed(SCOPE, 'a name that nothing creates', item, (text) => `${text}\n    - public.more`, { at: 1 }),
  changed(SCOPE, 'a letter of a name', structural, (text) => `${text}s`),
  changed(SCOPE, 'a name in capitals', structural, (text) =>
    text.replace(/\w+$/, (name) => name.toUpperCase()),
  ),
  changed(
    SCOPE,
    'a created name under another verb as well',
    ({ region, text }) => region === 'front matter' && text === '  drops: []',
    (_, { document }) => `  drops:\n${document.lines.find(structural)!.text}`,
    { at: 1 },
  ),
  inserted(
    SCOPE,
    'a table that the scope does not name',
    (line) => second(line) && line.role === 'migration',
    'CREATE TABLE public.more (id bigint NOT NULL);\n',
  ),
  inserted(
    SCOPE,
    'a table dropped that the scope does not name',
    (line) => second(line) && line.role === 'migration',
    'DROP TABLE public.tac_logical_unit;\n',
  ),
  inserted(
    SCOPE,
    'a comment on a table of somebody else',
    (line) => second(line) && line.role === 'migration',
    "COMMENT ON TABLE public.other IS 'x';\n",
  ),
  inserted(
    SCOPE,
    'a grant on a table of somebody else',
    (line) => second(line) && line.role === 'migration',
    'GRANT SELECT ON public.other TO PUBLIC;\n',
  ),
];

import { sha256 } from '../base/digest.js';
import type { Document, Fence, FenceRole } from '../parse/document.js';
import { SourceText } from '../parse/source-text.js';
import { Allowances } from './allowances.js';
import { type Comment, readChecks } from './checks.js';
import { contradictions } from './contradictions.js';
import { effectsOf, isAllowed, locksOf } from './effects.js';
import type { ByteRange, Check, SqlFacts, SqlProblem, SqlRuleId, SqlUnit, Statement } from './facts.js';
import { isExample, isExecutable, NONE_KNOWN } from './fences.js';
import { steadyRoutines } from './filled-columns.js';
import { givenBy } from './given.js';
import { type Node, type ParsedStatement, syntaxProblem, type Token, tokensOf } from './grammar.js';
import { hiddenCharacters, hiddenNames, loneReturns } from './hidden-characters.js';
import { inversionProblems } from './inversion.js';
import type { ParsedUnit } from './inversion-state.js';
import { lockHazards } from './lock-hazards.js';
import { cascades } from './made.js';
import { nameProblems } from './name-problems.js';
import { readsInlineData } from './psql.js';
import { writesReason } from './read-only.js';
import { refusalOf } from './refused-kinds.js';
import { refusedPart } from './refused-parts.js';
import { changesWhatIsThere } from './rollback-reach.js';
import { routineProblems } from './routine-problems.js';
import { acrossFences, atToken, checkExecutableSyntax, inlineData } from './syntax.js';
import { readAlteration, readTable } from './tables.js';
import { nonTransactional } from './transactional.js';
import { UnitText } from './unit-text.js';

const ROLES: readonly FenceRole[] = ['migration', 'rollback', 'fixture', 'preflight', 'verify'];
const NOTHING: SqlFacts = { units: [], checks: [], problems: [] };

/**
 * Reads the SQL of a document. `loadGrammar` must have been awaited where `needsGrammar` says so.
 * @param sound digests of texts that are known to be SQL
 */
export function readSql(
  document: Document,
  bytes: Uint8Array,
  sound: ReadonlySet<string> = NONE_KNOWN,
): SqlFacts {
  if (document.fences.every(({ language }) => language !== 'sql')) return NOTHING;
  let lines: SourceText | undefined;
  const source = () => {
    lines ??= new SourceText(bytes);
    return lines;
  };
  const problems: SqlProblem[] = [];
  const units: SqlUnit[] = [];
  const checks: Check[] = [];
  const parsed = new Map<FenceRole, ParsedUnit>();
  const allowances = new Allowances(document);
  const executable = document.fences.filter(isExecutable);
  for (const role of executable.length > 0 ? ROLES : []) {
    const fences = executable.filter((fence) => fence.role === role);
    if (fences.length === 0) continue;
    const text = new UnitText(source(), fences.map(toRange));
    for (const range of text.ranges) problems.push(...hiddenCharacters(source(), range));
    const { statements, tokens, unit } = readUnit(role, text, problems, allowances);
    parsed.set(role, unit);
    units.push({
      role,
      digest: sha256(text.bytes),
      size: text.bytes.length,
      ranges: text.ranges,
      statements,
    });
    if (role === 'preflight' || role === 'verify') {
      const found = readChecks(role, readComments(text, tokens), statements);
      checks.push(...found.checks);
      problems.push(...found.problems);
    }
  }
  // What could not be read may be what a declaration is for.
  if (!problems.some(({ rule }) => UNREAD.includes(rule))) problems.push(...allowances.unused());
  problems.push(...judgeRollback(document, parsed, problems));
  if (units.length > 0) problems.push(...loneReturns(source()));
  for (const fence of document.fences.filter((one) => isExample(one) && !sound.has(one.digest))) {
    const text = bytes.subarray(fence.start, fence.end);
    // In a quote, the marks of the quote stand among the bytes.
    if (!fence.atRoot && /^[ \t]*>/m.test(Buffer.from(text).toString('utf8'))) continue;
    const problem = syntaxProblem(text);
    if (problem) problems.push(atToken(new UnitText(source(), [toRange(fence)]), problem));
  }
  return { units, checks, problems };
}

function toRange({ start, end, firstLine, lastLine }: Fence): ByteRange {
  return { start, end, firstLine, lastLine };
}

function readUnit(role: FenceRole, text: UnitText, problems: SqlProblem[], allowances: Allowances) {
  const { statements: parsed, tokens } = checkExecutableSyntax(text, problems);
  // A sign that only looks like one of SQL is often why the grammar refuses it.
  const seen = parsed.length > 0 ? tokens : tokensOf(text.bytes);
  problems.push(...hiddenNames(text, seen), ...acrossFences(text, [...tokens, ...parsed]));
  const changes = role === 'migration' || role === 'rollback' || role === 'fixture';
  const steady = steadyRoutines(parsed);
  const statements = parsed.map((raw, index) => {
    const position = text.range(raw.start, raw.end);
    const report = (rule: SqlProblem['rule'], message: string, help: string) =>
      problems.push({ rule, message, position: firstLine(position, text, raw), help });
    const transaction = changes ? readTransaction(raw, index, parsed, role, report) : null;
    problems.push(...nameProblems(raw, changes, text, firstLine(position, text, raw)));
    if (readsInlineData(raw)) problems.push(inlineData(text, tokens, raw));
    else if (changes) {
      judgeChange(raw, parsed, index, report);
      // Of a rollback, rollback-inverts says it.
      if (role !== 'rollback' && cascades(raw)) report('statement-allowed', CASCADED, ONE_BY_ONE);
      problems.push(...routineProblems(raw, text, tokens, allowances, parsed));
    } else {
      const reason = writesReason(raw.node, raw.tree);
      if (reason) report('check-read-only', reason.why, reason.help);
    }
    const given = role === 'migration' ? givenBy(raw.node, raw.tree) : [];
    return { ...toStatement(raw, text, changes, transaction, steady), given };
  });
  if (role === 'migration') problems.push(...lockHazards(text, parsed), ...contradictions(text, parsed));
  const unit: ParsedUnit = {
    statements: parsed,
    place: (raw) => firstLine(text.range(raw.start, raw.end), text, raw),
  };
  return { statements: changes ? withTables(withoutOwnLocks(statements)) : statements, tokens, unit };
}

/** SQL that could not be read, or that may not run, has been reported; what it does is not known. */
const UNREAD: readonly SqlRuleId[] = ['sql-syntax', 'no-meta-command'];
const UNKNOWN: readonly SqlRuleId[] = [...UNREAD, 'no-non-transactional', 'statement-allowed'];

function judgeRollback(
  { fences, header }: Document,
  parsed: ReadonlyMap<FenceRole, ParsedUnit>,
  problems: readonly SqlProblem[],
): SqlProblem[] {
  const migration = parsed.get('migration');
  const rollback = parsed.get('rollback');
  const fence = fences.find(({ role }) => role === 'rollback');
  if (!migration || !rollback || !fence || problems.some(({ rule }) => UNKNOWN.includes(rule))) return [];
  const isEmpty = rollback.statements.length === 0 && changesWhatIsThere(migration);
  if (isEmpty) return [emptyRollback(fence)];
  const indirect = (header?.values ?? []).flatMap(({ path, value }) =>
    /^scope\.writes_rows_indirectly\.\d+$/.test(path) ? [value] : [],
  );
  return inversionProblems(migration, rollback, fence.position, new Set(indirect));
}

function emptyRollback({ position }: Fence): SqlProblem {
  return {
    rule: 'rollback-inverts',
    message: 'the rollback is empty, and takes nothing of the migration back',
    position,
    help: 'write the statements that take back what the migration does',
  };
}

/** A table that the unit itself creates is seen by nobody else yet: its locks make nobody wait. */
function withoutOwnLocks(statements: readonly Statement[]): Statement[] {
  const created = new Set<string>();
  return statements.map((statement) => {
    for (const { action, name, table } of statement.effects)
      if (action === 'create' && table === undefined) created.add(name);
    const locks = statement.locks.filter((lock) => !created.has(lock.replace(/^[A-Z ]+ on /, '')));
    return { ...statement, locks };
  });
}

/** What is done to an index that the unit itself makes is done to a part of its table. */
function withTables(statements: readonly Statement[]): Statement[] {
  const tables = new Map<string, string>();
  return statements.map((statement) => {
    for (const { action, kind, name, table } of statement.effects)
      if (action === 'create' && kind === 'index' && table !== undefined) tables.set(name, table);
    const effects = statement.effects.map((effect) => {
      const table = effect.action === 'alter' ? tables.get(effect.name) : undefined;
      return table !== undefined && statement.node !== 'RenameStmt' ? { ...effect, table } : effect;
    });
    return { ...statement, effects };
  });
}

const CASCADED = 'CASCADE may not stand in executable SQL';
const ONE_BY_ONE =
  'it takes along whatever stands there by then: drop or empty that by statements of its own, and declare it';

type Report = (rule: SqlProblem['rule'], message: string, help: string) => void;

function judgeChange(
  raw: ParsedStatement,
  all: readonly ParsedStatement[],
  index: number,
  report: Report,
): void {
  const outside = nonTransactional(raw, all, index);
  if (outside) {
    report(
      'no-non-transactional',
      `${outside} cannot run inside a transaction`,
      'the executor runs the whole change in one; write a form that can, or make this change outside of this tool',
    );
    return;
  }
  if (!isAllowed(raw.node, raw.tree)) {
    const { what, why } = refusalOf(raw.node, raw.tree);
    report('statement-allowed', `${what} may not stand in executable SQL`, why);
    return;
  }
  const part = refusedPart(raw.node, raw.tree);
  if (part) report('statement-allowed', `${part.what} may not stand in executable SQL`, part.why);
}

function readTransaction(
  raw: ParsedStatement,
  index: number,
  all: readonly ParsedStatement[],
  role: FenceRole,
  report: Report,
): Statement['transaction'] {
  if (raw.node !== 'TransactionStmt') return null;
  const kind = String(raw.tree.kind);
  const plain = !raw.tree.options && !raw.tree.chain;
  const opens = (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') && index === 0;
  const closes = kind === 'TRANS_STMT_COMMIT' && index === all.length - 1;
  const paired =
    transactionKind(all[0]) !== null && transactionKind(all.at(-1)) === 'TRANS_STMT_COMMIT' && all.length > 1;
  if (role !== 'fixture' && plain && paired && (opens || closes)) return opens ? 'begin' : 'commit';
  const name = kind.replace('TRANS_STMT_', '').replaceAll('_', ' ');
  const help = 'the executor owns the transaction: at most one plain BEGIN first and COMMIT last';
  report('single-transaction', `transaction statement ${name} inside the change`, help);
  return null;
}

function transactionKind(statement: ParsedStatement | undefined): string | null {
  return statement?.node === 'TransactionStmt' ? String(statement.tree.kind) : null;
}

function toStatement(
  { node, tree, start, end }: ParsedStatement,
  text: UnitText,
  changes: boolean,
  transaction: Statement['transaction'],
  steady: ReadonlySet<string>,
): Omit<Statement, 'given'> {
  return {
    node,
    start,
    end,
    sha256: sha256(text.bytes.subarray(start, end)),
    position: text.range(start, end),
    transaction,
    effects: changes ? effectsOf(node, tree) : [],
    locks: changes ? locksOf(node, tree) : [],
    table: changes && node === 'CreateStmt' ? readTable(tree as Node) : null,
    alteration: changes && node === 'AlterTableStmt' ? readAlteration(tree as Node, steady) : null,
  };
}

/** A statement is shown at its first line: an underline over many lines helps nobody. */
function firstLine(position: Statement['position'], text: UnitText, raw: ParsedStatement) {
  if (position.end.line === position.start.line) return position;
  const line = text.lineAt(raw.start);
  return { start: position.start, end: { line: position.start.line, column: line.trimEnd().length + 1 } };
}

function readComments(text: UnitText, tokens: readonly Token[]): Comment[] {
  const comments = tokens.filter(({ kind }) => kind !== 'other');
  return comments.map(({ kind, start, end }) => {
    const content = text.bytes.toString('utf8', start, end);
    const place: Comment['place'] = (from, to) =>
      text.range(
        start + Buffer.byteLength(content.slice(0, from)),
        start + Buffer.byteLength(content.slice(0, to)),
      );
    const ownLine = kind === 'line-comment' && (start === 0 || text.bytes[start - 1] === 10);
    return { text: content, ownLine, offset: start, place };
  });
}

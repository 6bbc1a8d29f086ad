import { canonicalJson } from '../base/canonical-json.js';
import { compareText } from '../base/diagnostic.js';
import { schemaErrors } from '../load/schemas.js';
import type { RunRecord } from './record.js';
import { JOURNAL_FILE, RECORD_FILE, REPORT_FILE } from './store.js';

/** A file with its digest, as an in-toto Statement names it. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** What a seal says of the run itself (schemas/seal.schema.json). */
export type Predicate = Pick<
  RunRecord,
  | 'runId'
  | 'ledgerId'
  | 'mode'
  | 'planSha256'
  | 'status'
  | 'startedAt'
  | 'finishedAt'
  | 'tool'
  | 'corpus'
  | 'journal'
> & {
  readonly package: { readonly path: string; readonly sha256: string };
  readonly target: {
    readonly name: string;
    readonly systemIdentifier: string | null;
    readonly database: string;
  };
  /** How many of the subjects are artefacts. */
  readonly artefacts: number;
};

/** An in-toto Statement v1 about a run. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly Subject[];
  readonly predicateType: 'https://schemas.probatum.invalid/run/v1';
  readonly predicate: Predicate;
}

/** Digests of the files of a run that are not in its record. */
export interface FileDigests {
  readonly journal: string;
  readonly record: string;
  /** Null where the report could not be rendered: the other files are sealed all the same. */
  readonly report: string | null;
}

/** The name of the plan's canonical JSON among the subjects; it has no file, and is in the record. */
const PLAN_NAME = 'plan.json';

/** What is to be said of a run: a pure function of its record and of the digests of its files. */
export function runStatement(record: RunRecord, files: FileDigests): Statement {
  const artefacts = new Map(record.artefacts.map(({ path, sha256 }) => [path, sha256]));
  const subjects: readonly (readonly [string, string | null])[] = [
    [JOURNAL_FILE, files.journal],
    [RECORD_FILE, files.record],
    [REPORT_FILE, files.report],
    [PLAN_NAME, record.planSha256],
    ...[...artefacts].sort(([one], [other]) => compareText(one, other)),
  ];
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.flatMap(([name, sha256]) => (sha256 === null ? [] : [{ name, digest: { sha256 } }])),
    predicateType: 'https://schemas.probatum.invalid/run/v1',
    predicate: predicateOf(record, artefacts.size),
  };
}

function predicateOf(record: RunRecord, artefacts: number): Predicate {
  const { runId, ledgerId, mode, planSha256, status, startedAt, finishedAt, tool, corpus, journal } = record;
  const { path, sha256 } = record.plan.package;
  return {
    runId,
    ledgerId,
    mode,
    planSha256,
    package: { path, sha256 },
    target: {
      name: record.target.name,
      systemIdentifier: record.identity.before?.identity.system_identifier ?? null,
      database: record.target.database,
    },
    status,
    startedAt,
    finishedAt,
    tool,
    corpus,
    journal,
    artefacts,
  };
}

/** The bytes of a statement: canonical JSON. */
export function statementBytes(statement: Statement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

/** Reads a statement whose every byte is the one that it has to be. @returns what is wrong where it is none */
export function readStatement(payload: Uint8Array): Statement | string {
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return 'its payload is not JSON';
  }
  const [error] = schemaErrors('seal', data);
  if (error) return `its payload is no statement about a run: ${error.path}: ${error.message}`;
  const statement = data as Statement;
  return statementBytes(statement).equals(payload) ? statement : 'its payload is not in canonical form';
}

/** In what a sealed statement differs from what is to be said of the run; empty where it is the same. */
export function statementProblems(sealed: Statement, due: Statement): string[] {
  if (sealed.predicate.runId !== due.predicate.runId)
    return [`it is the seal of run ${sealed.predicate.runId}, and not of ${due.predicate.runId}`];
  const problems = [...subjectProblems(sealed.subject, due.subject), ...predicateProblems(sealed, due)];
  if (problems.length > 0 || statementBytes(sealed).equals(statementBytes(due))) return problems;
  return ['its subjects are not in their order'];
}

function subjectProblems(sealed: readonly Subject[], due: readonly Subject[]): string[] {
  const names = sealed.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const wrong = due.flatMap(({ name, digest }) => {
    const found = sealed.find((one) => one.name === name);
    if (!found) return [`it does not name ${name}`];
    return found.digest.sha256 === digest.sha256
      ? []
      : [`${name} has digest ${digest.sha256}, sealed was ${found.digest.sha256}`];
  });
  const unknown = names.filter((name) => !due.some((one) => one.name === name));
  return [
    ...wrong,
    ...unknown.map((name) => `it names ${name}, which the record does not`),
    ...twice.map((name) => `it names ${name} twice`),
  ];
}

function predicateProblems({ predicate: sealed }: Statement, { predicate: due }: Statement): string[] {
  const keys = Object.keys(due) as (keyof Predicate)[];
  return keys
    .filter((key) => canonicalJson(sealed[key]) !== canonicalJson(due[key]))
    .map((key) => `it says another ${key} than the record`);
}

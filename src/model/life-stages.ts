import { compareText } from '../base/diagnostic.js';
import { headerText, headerValue } from '../parse/document.js';
import { authorizationProblem } from './authorization.js';
import { EXECUTION, type ReviewLink, reviewsOf } from './chain.js';
import { earlierChanges } from './earlier-changes.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';
import { digestPins } from './pin-walk.js';
import { type Suspect, suspectsAmong } from './suspects.js';

/** The life of a change, in order; after the last one it is closed. */
export const STAGES = [
  'ddl drafted',
  'ddl reviewed',
  'package written',
  'rehearsed',
  'rehearsal reviewed',
  'package reviewed',
  'authorized',
  'executed',
  'report reviewed',
] as const;

export type Stage = (typeof STAGES)[number];

/**
 * `done`: a document shows it, of exactly the bytes at hand. `suspect`: one showed it, of what is no longer there.
 * `refused`: somebody said no, or a run ended so that a person is needed. `open`: nothing speaks of it yet.
 */
export type StageStatus = 'done' | 'suspect' | 'refused' | 'open';

export interface StageState {
  readonly stage: Stage;
  readonly status: StageStatus;
  /** Documents that it rests on. */
  readonly documents: readonly string[];
  /** What is missing, in a sentence; empty where it is done. */
  readonly missing: string;
  /** Who acts next if this is the first stage that is not done: the name in the header, else the role. */
  readonly turn: string;
  readonly suspects: readonly Suspect[];
}

/** A run of this folder that stands in the way of another one of its package. */
export interface RunInTheWay {
  /** `refused` where it is to be settled, or needs a person; `open` where only its report waits to be filed. */
  readonly status: 'refused' | 'open';
  /** Which run, and what to do about it. */
  readonly missing: string;
}

/** What the stages of one package are read from. */
export interface Line {
  readonly model: Model;
  readonly pack: Entry | undefined;
  readonly ddl: Entry | undefined;
  readonly now: Date;
  /** Why documents count for nothing but a fail, by path. */
  readonly unsigned: ReadonlyMap<string, string>;
  /** Why reports count for nothing, by path: they are of another plan, or not what their record says. */
  readonly unproved: ReadonlyMap<string, string>;
  readonly authorizationRequired: boolean;
  /** Digest of the plan of a package as it is now; null where there is no plan. */
  readonly planOf: (packagePath: string) => string | null;
  /** Which run of this folder stands in the way of another one of this package; null where none does. */
  readonly runInTheWay: (pack: Entry, targetName: string) => RunInTheWay | null;
}

/** What the stages before the authorization are read from. */
export type BeforeAuthorization = Omit<Line, 'authorizationRequired' | 'planOf' | 'runInTheWay'>;

/** Path of the ddl document that a package pins; empty where it pins none. */
export function ddlPath(pack: Entry): string {
  return pack.pins.find(({ key }) => key === 'ddl')?.path ?? '';
}

const OPEN = { status: 'open', documents: [], suspects: [] } as const;

/** A name of the header, else the role itself. */
function person(entry: Entry | undefined, role: 'author' | 'verifier' | 'sovereign'): string {
  return (entry && headerText(entry.document, role)) ?? `the ${role}`;
}

function pathOf({ document }: Entry): string {
  return document.path;
}

/** A document that is there; it is suspect where what it pins changed since. */
export function drafted(
  { model, pack, ddl }: BeforeAuthorization,
  stage: Stage,
  entry: Entry | undefined,
): StageState {
  const turn = person(entry ?? pack ?? ddl, 'author');
  if (!entry) {
    const missing = pack
      ? `${pathOf(pack)} pins ${ddlPath(pack)}, which is not here`
      : `no package pins ${pathOf(ddl!)}`;
    return { stage, ...OPEN, missing, turn };
  }
  const suspects = suspectsAmong(model, [entry]);
  const missing = suspects.length === 0 ? '' : `what ${pathOf(entry)} pins has changed`;
  const status = suspects.length === 0 ? 'done' : 'suspect';
  return { stage, status, documents: [pathOf(entry)], missing, turn, suspects };
}

/** A package is begun when the changes before it are closed. */
export function written(line: BeforeAuthorization): StageState {
  const state = drafted(line, 'package written', line.pack);
  const { model, pack, ddl, unsigned, unproved } = line;
  if (!pack || !ddl || state.status !== 'done') return state;
  const counted = {
    review: (entry: Entry) => !unsigned.has(pathOf(entry)),
    report: (entry: Entry) => !unproved.has(pathOf(entry)),
  };
  const open = earlierChanges(model, ddl, true, counted).find(({ closing }) => closing.length === 0);
  if (!open) return state;
  const [lost] = open.reports.filter((report) => unproved.has(pathOf(report)));
  const missing = lost
    ? `${pathOf(open.ddl)} comes before it, and ${pathOf(lost)} does not count: ${unproved.get(pathOf(lost))}`
    : `${pathOf(open.ddl)} comes before it, and no execution report of that was reviewed with pass`;
  return { ...state, status: 'open', missing, turn: person(open.reports[0] ?? open.packages[0], 'verifier') };
}

/** Of documents that give their word those that still speak of what is there, and those that became suspect. */
function divided<T>(model: Model, given: readonly T[], entryOf: (one: T) => Entry) {
  const suspects = suspectsAmong(model, given.map(entryOf));
  const lost = new Set(suspects.map(({ document }) => document));
  return { suspects, current: given.filter((one) => !lost.has(pathOf(entryOf(one)))) };
}

function suspect(stage: Stage, suspects: readonly Suspect[], missing: string, turn: string): StageState {
  return {
    stage,
    status: 'suspect',
    documents: suspects.map(({ document }) => document),
    missing,
    turn,
    suspects,
  };
}

/** What the reviews of exactly these bytes say; the package's has to allow the execution as well. */
export function reviewed(
  { model, pack, ddl, unsigned }: BeforeAuthorization,
  stage: Stage,
  subject: Entry | undefined,
): StageState {
  const turn = person(subject ?? pack ?? ddl, 'verifier');
  if (!subject) return { stage, ...OPEN, missing: 'there is nothing to review yet', turn };
  const links = reviewsOf(model, [pathOf(subject)]).filter(({ entry }) => entry.kind === 'review');
  const [failed] = links.filter(({ verdict, subjectMatches }) => verdict === 'fail' && subjectMatches);
  if (failed)
    return {
      stage,
      status: 'refused',
      ...saying([failed]),
      missing: `${pathOf(failed.entry)} says fail`,
      turn,
    };
  const favourable = links.filter(({ verdict }) => verdict !== 'fail');
  const { current, suspects } = divided(model, favourable, ({ entry }) => entry);
  const counted = current.filter(
    ({ entry, subjectMatches }) => subjectMatches && !unsigned.has(pathOf(entry)),
  );
  const passing = counted.filter(({ verdict }) => verdict === 'pass');
  const allowing = passing.filter(({ allows }) => subject !== pack || allows.includes(EXECUTION));
  if (allowing.length > 0) return { stage, status: 'done', ...saying(allowing), missing: '', turn };
  if (suspects.length > 0)
    return suspect(stage, suspects, 'what was reviewed has changed; the verdict has to be given again', turn);
  const missing = notYet(passing, counted) ?? doesNotCount(current, unsigned);
  return {
    stage,
    ...OPEN,
    ...saying(current),
    missing: missing ?? `no review of exactly these bytes of ${pathOf(subject)}`,
    turn,
  };
}

function saying(links: readonly ReviewLink[]): Pick<StageState, 'documents' | 'suspects'> {
  return { documents: links.map(({ entry }) => pathOf(entry)), suspects: [] };
}

function notYet(passing: readonly ReviewLink[], counted: readonly ReviewLink[]): string | null {
  const [pass] = passing;
  if (pass) return `${pathOf(pass.entry)} passes, and does not allow ${EXECUTION}`;
  const conditional = counted.find(({ verdict }) => verdict === 'conditional');
  return conditional ? `${pathOf(conditional.entry)} passes on conditions only` : null;
}

/** Why the first document that lacks its signatures does not count; null where none does. */
function doesNotCount(links: readonly ReviewLink[], unsigned: ReadonlyMap<string, string>): string | null {
  const without = links.find(({ entry }) => unsigned.has(pathOf(entry)));
  return without ? `${pathOf(without.entry)} does not count: ${unsigned.get(pathOf(without.entry))}` : null;
}

/**
 * An authorization of exactly these bytes and their plan for the package's target, whose window is open or was used;
 * where none is there and none is required, what the review of the package allows.
 */
export function authorized(line: Line, used: boolean): StageState {
  const { model, pack, now, unsigned } = line;
  const stage = 'authorized';
  const turn = person(pack, 'sovereign');
  if (!pack) return { stage, ...OPEN, missing: 'there is no package to authorize yet', turn };
  const links = reviewsOf(model, [pathOf(pack)]).filter(({ subjectSha256 }) => subjectSha256 !== '');
  const given = links.filter(({ entry }) => entry.kind === 'authorization');
  const allowing = links.filter(({ verdict, allows }) => verdict === 'pass' && allows.includes(EXECUTION));
  const byReview = given.length === 0 && !line.authorizationRequired;
  const { current, suspects } = divided(model, byReview ? allowing : given, ({ entry }) => entry);
  const target = headerValue(pack.document, 'target.name')?.value ?? '';
  // What it was used for is in the record: time and tool have gone on since.
  const [still, plan] = used || byReview ? [null, null] : [now, line.planOf(pathOf(pack))];
  const problems = current.map((link) =>
    byReview
      ? doesNotCount([link], unsigned)
      : authorizationProblem(link, { target, unsigned, now: still, planSha256: plan }),
  );
  const valid = current.filter((_, index) => problems[index] === null);
  if (valid.length > 0) return { stage, status: 'done', ...saying(valid), missing: '', turn };
  if (problems[0]) return { stage, ...OPEN, ...saying(current), missing: problems[0], turn };
  if (suspects.length > 0) return suspect(stage, suspects, 'what was authorized has changed', turn);
  return { stage, ...OPEN, missing: `nobody has authorized ${pathOf(pack)}`, turn };
}

/** What the reports of one kind say of this package; the last one speaks where none says that it succeeded. */
export function ran(
  { model, pack, unproved }: BeforeAuthorization,
  stage: 'rehearsed' | 'executed',
  kind: Entry['kind'],
): StageState {
  const turn = person(pack, 'author');
  if (!pack) return { stage, ...OPEN, missing: 'there is no package to run yet', turn };
  const reports = model
    .referrers(pathOf(pack))
    .map((path) => model.entries.get(path)!)
    .filter((entry) => entry.kind === kind && pinsPackage(model, entry, pack))
    .sort((a, b) => compareText(startOf(b), startOf(a)));
  const succeeded = reports.filter((entry) => statusOf(entry) === 'succeeded');
  const { current, suspects } = divided(model, succeeded, (entry) => entry);
  const proved = current.find((entry) => !unproved.has(pathOf(entry)));
  if (proved) return { stage, status: 'done', documents: [pathOf(proved)], missing: '', turn, suspects: [] };
  if (current[0]) {
    const missing = `${pathOf(current[0])} does not count: ${unproved.get(pathOf(current[0]))}`;
    return { stage, ...OPEN, documents: [pathOf(current[0])], missing, turn };
  }
  if (suspects[0])
    return suspect(stage, suspects, `what ran is not what is here now: ${suspects[0].document}`, turn);
  const [last] = reports;
  const command = stage === 'rehearsed' ? 'rehearse' : 'run';
  if (!last)
    return { stage, ...OPEN, missing: `no report says so: probatum ${command} ${pathOf(pack)}`, turn };
  const ended = statusOf(last);
  const missing = `${pathOf(last)} ended ${ended}`;
  // Nothing stands in the way of another run where nothing is left of this one.
  const status = ended === 'aborted' || ended === 'rolled-back' ? 'open' : 'refused';
  return { stage, status, documents: [pathOf(last)], missing, turn, suspects: [] };
}

/**
 * Whether it was executed: what documents say, unless a run of this folder has to be settled or filed first. Whatever that
 * run was allowed by was used then.
 */
export function executed(line: Line): { readonly run: StageState; readonly used: boolean } {
  const state = ran(line, 'executed', 'execution-report');
  const { pack } = line;
  const target = pack ? (headerValue(pack.document, 'target.name')?.value ?? '') : '';
  const inTheWay = pack && state.status !== 'done' ? line.runInTheWay(pack, target) : null;
  const run = inTheWay === null ? state : { ...state, ...inTheWay };
  return { run, used: inTheWay !== null || run.status === 'done' || run.status === 'refused' };
}

function pinsPackage(model: Model, report: Entry, pack: Entry): boolean {
  return digestPins(model, report).some(({ pin }) => pin.key === 'package' && pin.path === pathOf(pack));
}

function startOf({ document }: Entry): string {
  return headerText(document, 'run_started') ?? '';
}

function statusOf({ document }: Entry): string {
  return headerText(document, 'execution_status') ?? 'without a status';
}

/** The report that a stage rests on. */
export function reportOf(
  { model }: BeforeAuthorization,
  { status, documents }: StageState,
): Entry | undefined {
  const found = status === 'done' || status === 'suspect' ? documents[0] : undefined;
  return found === undefined ? undefined : model.entries.get(found);
}

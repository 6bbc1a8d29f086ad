import { compareText } from '../base/diagnostic.js';
import { headerText } from '../parse/document.js';
import {
  authorized,
  type BeforeAuthorization,
  ddlPath,
  drafted,
  executed,
  type Line,
  ran,
  reportOf,
  reviewed,
  type Stage,
  type StageState,
  written,
} from './life-stages.js';
import type { Model } from './model.js';

/** One way of a change through its life: by a package, or a ddl document that no package pins yet. */
export interface LifeCycle {
  readonly change: string;
  /** Path of the package; null where there is none yet. */
  readonly package: string | null;
  readonly ddl: string | null;
  readonly stages: readonly StageState[];
  /** The first stage that is not done; null where the change is closed. */
  readonly next: Stage | null;
  /**
   * Whether the ddl document says itself that it was applied and no package pins it: what ran before the protocol did
   * is declared, not proved.
   */
  readonly declaredApplied: boolean;
}

/**
 * What a life cycle depends on beside the documents: the time, for windows, what has to be signed, what is proved, plans,
 * and runs that are not settled or not filed.
 */
export type Circumstances = Omit<Line, 'model' | 'pack' | 'ddl'>;

/** The life cycles of all changes of a corpus, by change and path. */
export function lifeCycles(model: Model, circumstances: Circumstances): LifeCycle[] {
  const entries = [...model.entries.values()];
  const packages = entries.filter(({ kind }) => kind === 'command-package');
  const pinned = new Set(packages.map(ddlPath));
  const alone = entries.filter(({ kind, document }) => kind === 'ddl' && !pinned.has(document.path));
  const lines: Line[] = [
    ...packages.map((pack) => ({ model, pack, ddl: model.entries.get(ddlPath(pack)), ...circumstances })),
    ...alone.map((ddl) => ({ model, pack: undefined, ddl, ...circumstances })),
  ];
  const key = ({ change, package: pack, ddl }: LifeCycle) => `${change}\0${pack ?? ddl}`;
  return lines.map(lifeCycle).sort((a, b) => compareText(key(a), key(b)));
}

/** What has to be done before anybody may order a run, whatever the configuration asks for besides. */
function beforeAuthorization(line: BeforeAuthorization): StageState[] {
  const { pack, ddl } = line;
  const rehearsed = ran(line, 'rehearsed', 'dry-run-report');
  return [
    drafted(line, 'ddl drafted', ddl),
    reviewed(line, 'ddl reviewed', ddl),
    written(line),
    rehearsed,
    reviewed(line, 'rehearsal reviewed', reportOf(line, rehearsed)),
    reviewed(line, 'package reviewed', pack),
  ];
}

/** What of the chain of a package stands in the way of a run, a sentence each, in the words of its life cycle. */
export function missingLinks(line: BeforeAuthorization): string[] {
  return beforeAuthorization(line).flatMap(({ stage, status, missing }) =>
    status === 'done' ? [] : [`${stage}: ${missing}`],
  );
}

function lifeCycle(line: Line): LifeCycle {
  const { pack, ddl } = line;
  const owner = (pack ?? ddl)!;
  const { run, used } = executed(line);
  const stages = [
    ...beforeAuthorization(line),
    authorized(line, used),
    run,
    reviewed(line, 'report reviewed', reportOf(line, run)),
  ];
  return {
    change: headerText(owner.document, 'change') ?? owner.document.path,
    package: pack?.document.path ?? null,
    ddl: ddl?.document.path ?? null,
    stages,
    next: stages.find(({ status }) => status !== 'done')?.stage ?? null,
    declaredApplied: !pack && headerText(owner.document, 'status') === 'applied',
  };
}

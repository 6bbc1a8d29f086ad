import { applySettings } from '../check/apply-settings.js';
import { judgeBesideOthers } from '../check/run-rules.js';
import { isThere, type Presence } from '../load/on-disk.js';
import type { ColumnHistory } from '../model/columns.js';
import { type Model, modelOver } from '../model/model.js';
import { fileKey } from '../model/offers.js';
import type { TeamRules } from '../team-rules.js';
import { rowsOf } from './columns.js';
import { FolderStore } from './fact-store.js';
import { encodeFindings, type Said } from './findings.js';
import { decodeIndex } from './index-file.js';
import { inOrder, joined, keyNumber, pathKeyNumber, placeKeyNumber } from './keys.js';
import { StoredCorpus } from './stored-corpus.js';
import type { StoredEntry } from './stored-entry.js';

/** What became of rows that were judged beside others. */
export interface Judged {
  readonly rows: readonly JudgedRow[];
  /** Numbers of the keys that they asked for, one row's behind the other's. */
  readonly asked: Uint32Array;
}

interface JudgedRow {
  /** Number of the row. */
  readonly number: number;
  /** How many keys it asked for. */
  readonly asked: number;
  readonly findings: string | null;
  /** Files that are no documents of which it was asked whether they are there, with the answer. */
  readonly outside: readonly (readonly [path: string, there: boolean])[];
}

/** Rows to judge in a thread, which reads the corpus from an index in shared memory and from its store's folder. */
export interface JudgeTask {
  /** Numbers of the rows. */
  readonly numbers: readonly number[];
  readonly index: SharedArrayBuffer;
  readonly folder: string;
  readonly presence: Presence;
}

/** Judges rows of a corpus that a task brings along. */
export function judgeTask({ numbers, ...corpus }: JudgeTask, team: TeamRules): Judged {
  return judgeIn(corpus, team).judge(numbers);
}

/** Judges rows of a corpus by the rules that compare documents. */
export class Judge {
  private readonly model: Model;
  /** Numbers of the keys that were asked for. */
  private readonly keys = new Set<number>();
  /** Paths of documents that were asked for: several rules ask for the same. */
  private readonly paths = new Set<string>();
  /** Paths of which it was asked whether there is a document. */
  private readonly places = new Set<string>();
  private readonly outside = new Map<string, boolean>();

  constructor(
    private readonly corpus: StoredCorpus,
    private readonly team: TeamRules,
  ) {
    const lookup = {
      entries: corpus.entries,
      offering: (key: string) => corpus.offering(key),
      onDisk: (path: string) => this.onDisk(path),
      columns: (make: () => ColumnHistory) => corpus.columns(make),
      asked: (key: string) => void this.keys.add(keyNumber(key)),
      askedPath: (path: string) => void this.paths.add(path),
      askedPresence: (path: string) => void this.places.add(path),
    };
    this.model = modelOver(lookup, team.config.corpus);
  }

  /** @param numbers of the rows */
  judge(numbers: Iterable<number>): Judged {
    const rows: JudgedRow[] = [];
    const keys: Uint32Array[] = [];
    for (const number of numbers) {
      const entry = this.corpus.read(this.corpus.rows[number]!);
      const findings = encodeFindings(this.said(entry));
      const asked = this.asked();
      keys.push(asked);
      rows.push({ number, asked: asked.length, findings, outside: [...this.outside] });
      this.outside.clear();
      // Its body is asked for here, and seldom again.
      entry.forget();
    }
    return { rows, asked: joined(keys) };
  }

  private onDisk(path: string): boolean {
    const there = this.outside.get(path) ?? this.corpus.onDisk(path);
    this.keys.add(keyNumber(fileKey(path)));
    this.outside.set(path, there);
    return there;
  }

  private said(entry: StoredEntry): Said {
    const { rules, settings, findings } = this.team;
    const { diagnostics, collected } = entry.judgement;
    const found = [...diagnostics, ...judgeBesideOthers(entry, collected, this.model, rules, settings)];
    const { kept, suppressed } = applySettings(found, entry, findings);
    return { diagnostics: kept, suppressed };
  }

  /** What was asked for since the last call. */
  private asked(): Uint32Array {
    for (const path of this.paths) this.keys.add(pathKeyNumber(path));
    for (const path of this.places) if (!this.paths.has(path)) this.keys.add(placeKeyNumber(path));
    const asked = inOrder(this.keys);
    this.keys.clear();
    this.paths.clear();
    this.places.clear();
    return asked;
  }
}

/** What this thread judged last, as the next task is most likely of the same corpus. */
let open: { readonly folder: string; readonly first: string; readonly judge: Judge } | undefined;

function judgeIn({ index, folder, presence }: Omit<JudgeTask, 'numbers'>, team: TeamRules): Judge {
  const bytes = Buffer.from(index);
  const first = bytes.toString('latin1', 0, bytes.indexOf(10));
  if (open?.folder === folder && open.first === first) return open.judge;
  const columns = decodeIndex(bytes, SHARED)!;
  const corpus = new StoredCorpus(
    rowsOf(columns),
    new FolderStore(folder, columns.segments),
    (path) => isThere(team.config.root, path, presence),
    columns.tables,
  );
  const judge = new Judge(corpus, team);
  open = { folder, first, judge };
  return judge;
}

/** Basis of an index that never leaves the process. */
export const SHARED = 'shared';

import { applySettings } from '../check/apply-settings.js';
import { judgeBesideOthers } from '../check/run-rules.js';
import { modelOver } from '../model/model.js';
import type { TeamRules } from '../team-rules.js';
import { rowsOf } from './columns.js';
import { FolderStore } from './fact-store.js';
import { encodeFindings } from './findings.js';
import { decodeIndex } from './index-file.js';
import { inOrder, keyNumber, pathKeyNumber } from './keys.js';
import { StoredCorpus } from './stored-corpus.js';

/** What became of a row when it was judged beside others. */
export interface Judged {
  /** Number of the row. */
  readonly number: number;
  readonly asked: Uint32Array;
  readonly findings: string | null;
}

/** Rows to judge in a thread, which reads the corpus from an index in shared memory and from its store's folder. */
export interface JudgeTask {
  /** Numbers of the rows. */
  readonly numbers: readonly number[];
  readonly index: SharedArrayBuffer;
  readonly folder: string;
}

/** Judges rows of a corpus that a task brings along. */
export function judgeTask({ numbers, index, folder }: JudgeTask, team: TeamRules): Judged[] {
  return judgeRows(openCorpus(index, folder), numbers, team);
}

/** Judges rows by the rules that compare documents. */
export function judgeRows(
  corpus: StoredCorpus,
  numbers: Iterable<number>,
  { config, rules, settings, findings: decided }: TeamRules,
): Judged[] {
  const asked = new Set<number>();
  // Several rules ask for one document.
  const paths = new Set<string>();
  const lookup = {
    entries: corpus.entries,
    offering: (key: string) => corpus.offering(key),
    asked: (key: string) => void asked.add(keyNumber(key)),
    askedPath: (path: string) => void paths.add(path),
  };
  const model = modelOver(lookup, config.corpus);
  const judged: Judged[] = [];
  for (const number of numbers) {
    asked.clear();
    paths.clear();
    const entry = corpus.read(corpus.rows[number]!);
    const { diagnostics, collected } = entry.judgement;
    const found = [...diagnostics, ...judgeBesideOthers(entry, collected, model, rules, settings)];
    const { kept, suppressed } = applySettings(found, entry, decided);
    const findings = encodeFindings({ diagnostics: kept, suppressed });
    for (const path of paths) asked.add(pathKeyNumber(path));
    judged.push({ number, asked: inOrder(asked), findings });
  }
  return judged;
}

/** The corpus that this thread judged last, as the next task is most likely of the same. */
let open: { readonly folder: string; readonly first: string; readonly corpus: StoredCorpus } | undefined;

function openCorpus(index: SharedArrayBuffer, folder: string): StoredCorpus {
  const bytes = Buffer.from(index);
  const first = bytes.toString('latin1', 0, bytes.indexOf(10));
  if (open?.folder === folder && open.first === first) return open.corpus;
  const columns = decodeIndex(bytes, SHARED)!;
  const corpus = new StoredCorpus(rowsOf(columns), new FolderStore(folder, columns.segments));
  open = { folder, first, corpus };
  return corpus;
}

/** Basis of an index that never leaves the process. */
export const SHARED = 'shared';

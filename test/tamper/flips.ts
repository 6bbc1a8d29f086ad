import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Published } from '../support/sealed-run.js';
import { type Answer, namesFile, otherByHand } from './answers.js';
import type { Bench } from './bench.js';
import { byteChanges, type Change, LARGE, lineChanges, type Random } from './byte-changes.js';

/** What came of one kind of change in one kind of file. */
export interface Tally {
  readonly file: string;
  readonly kind: string;
  tried: number;
  found: number;
  /** `verify` could not read the corpus, said so, and ended with 2. */
  refused: number;
  /** Count of each exemption. */
  readonly meaningless: { [rule: string]: number };
  readonly policy: { [rule: string]: number };
  /** Those that were judged by the whole command, too. */
  whole: number;
  /** Those that the verifier by hand judged. */
  hand: number;
  /** What must not be: nothing said, a crash, a finding that does not name the file, two answers that disagree. */
  readonly wrong: string[];
}

export interface Programme {
  readonly share: number;
  /** Changes of each large file, by its path. */
  readonly sampled: (file: string) => number;
  /** Whether the first change of each kind in each kind of file goes through the whole command. */
  readonly whole: boolean;
  /** The run of which the first change of each kind in each file is judged by hand as well; null where none is. */
  readonly hand: Published | null;
  /** Takes one of so many changes. */
  readonly every: number;
}

/** Paths of everything that `verify` answers for, in order. */
export function trustedFiles(root: string): string[] {
  const below = readdirSync(join(root, 'knowledge'), { recursive: true, encoding: 'utf8' })
    .map((path) => `knowledge/${path}`)
    .filter((path) => statSync(join(root, path)).isFile());
  return [...below, 'allowed_signers', 'probatum.config.yaml', 'probatum.lock'].sort();
}

/** What a file is called in the table. */
export function fileKind(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (/^(?:record\.json|journal\.jsonl|seal\.json)$/.test(name)) return name;
  if (file.includes('/artefacts/')) return /backup|schema/.test(name) ? name : 'other artefacts';
  if (name.endsWith('.sig')) return 'signatures (.sig)';
  if (file.includes('/reports/')) return 'reports';
  if (file.includes('/reviews/')) return 'reviews';
  return name.endsWith('.md') ? (name === 'go.md' ? 'authorization' : 'law, ddl, package') : name;
}

/** The changes of one lane, each with the file that it is of. */
export function* flipsOf(
  root: string,
  { sampled, share, every }: Programme,
  { lane, lanes, random }: { lane: number; lanes: number; random: Random },
): Generator<{ readonly file: string; readonly before: Buffer; readonly change: Change }> {
  let number = 0;
  for (const file of trustedFiles(root)) {
    const before = readFileSync(join(root, file));
    if (before.length > LARGE && sampled(file) === 0) continue;
    const wish = { random, share, sampled: sampled(file) };
    const changes = [
      byteChanges(before, wish),
      ...(file.endsWith('journal.jsonl') ? [lineChanges(before, random)] : []),
    ];
    for (const of of changes)
      for (const change of of) if (number++ % (lanes * every) === lane) yield { file, before, change };
  }
}

/** Judges one change. @param whole whether the whole command is asked as well */
export async function judgeFlip(
  bench: Bench,
  { file, before, change }: { file: string; before: Buffer; change: Change },
  tally: Tally,
  { whole, hand }: { readonly whole: boolean; readonly hand: Published | null },
): Promise<void> {
  const after = change.make();
  if (after.equals(before)) return;
  tally.tried++;
  const wrong = (what: string, { words }: Answer) =>
    void tally.wrong.push(
      `${file}: ${change.kind} at ${change.at}: ${what}${words.map((one) => `\n    ${one}`).join('')}`,
    );
  await bench.with(file, after, async () => {
    const quick = await bench.quick(file);
    const exempt = quick.outcome === 'nothing' ? bench.exemption(file, before, after) : null;
    const isConfig = file === 'probatum.config.yaml';
    const unsure =
      quick.outcome === 'nothing' && (exempt === null || (isConfig && exempt.class === 'policy'));
    const answer = unsure || whole ? await bench.full() : quick;
    if (unsure || whole) tally.whole++;
    if (hand) tally.hand++;
    const other = hand ? otherByHand(bench.root, hand, answer) : null;
    if (other) wrong(other, answer);
    if (answer.outcome === 'crash') return wrong('crash', answer);
    if (answer.outcome === 'nothing') {
      if (!exempt) return wrong(quick.outcome === 'nothing' ? 'NOT DETECTED' : 'only its part says', quick);
      if (exempt.class === 'policy' && !(exempt.rule in tally.policy)) {
        const { outcome, note } = await bench.byCommit();
        if (outcome !== 'nothing' || !note.includes('the work tree has others'))
          return wrong('the policy of the commit does not show it', answer);
      }
      tally[exempt.class][exempt.rule] = (tally[exempt.class][exempt.rule] ?? 0) + 1;
      return;
    }
    if (exempt && !isConfig) return wrong('found, though it means what it did', answer);
    tally[answer.outcome]++;
    if (whole && !namesFile(answer, file) && !isPolicy(file)) wrong('found, and not named', answer);
  });
}

/** Who may sign and has to is said of the documents that lack a signature. */
function isPolicy(file: string): boolean {
  return file === 'probatum.config.yaml' || file === 'allowed_signers';
}

export class Tallies {
  private readonly byKey = new Map<string, Tally>();

  of(file: string, kind: string): Tally {
    const key = `${file}\0${kind}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const made: Tally = {
      file,
      kind,
      tried: 0,
      found: 0,
      refused: 0,
      meaningless: {},
      policy: {},
      whole: 0,
      hand: 0,
      wrong: [],
    };
    this.byKey.set(key, made);
    return made;
  }

  add(others: readonly Tally[]): void {
    const sum = (into: { [rule: string]: number }, from: { [rule: string]: number }) => {
      for (const [rule, count] of Object.entries(from)) into[rule] = (into[rule] ?? 0) + count;
    };
    for (const other of others) {
      const mine = this.of(other.file, other.kind);
      for (const key of ['tried', 'found', 'refused', 'whole', 'hand'] as const) mine[key] += other[key];
      sum(mine.meaningless, other.meaningless);
      sum(mine.policy, other.policy);
      mine.wrong.push(...other.wrong);
    }
  }

  all(): readonly Tally[] {
    return [...this.byKey.values()];
  }
}

function isOfRun(file: string, run: Published | null): boolean {
  return run !== null && (file === run.report || file.startsWith(`${run.folder}/`));
}

/** Runs the changes of one lane. */
export async function runFlips(
  bench: Bench,
  programme: Programme,
  place: { lane: number; lanes: number; random: Random },
): Promise<readonly Tally[]> {
  const tallies = new Tallies();
  const met = new Set<string>();
  for (const flip of flipsOf(bench.root, programme, place)) {
    const cell = `${fileKind(flip.file)} ${flip.change.kind}`;
    const whole = programme.whole && !met.has(cell);
    const exact = `${flip.file} ${flip.change.kind} by hand`;
    const hand = isOfRun(flip.file, programme.hand) && !met.has(exact) ? programme.hand : null;
    met.add(cell).add(exact);
    await judgeFlip(bench, flip, tallies.of(fileKind(flip.file), flip.change.kind), { whole, hand });
  }
  return tallies.all();
}

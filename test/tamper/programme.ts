import { fork } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { random } from '../faults/programme.js';
import { writeTampering } from '../support/reliability-page.js';
import { otherByHand, verifyAll } from './answers.js';
import { type Attack, attacks } from './attacks.js';
import { Bench } from './bench.js';
import { buildCorpus, type TamperCorpus } from './corpus.js';
import { runFlips, Tallies, type Tally } from './flips.js';
import { type AttackResult, tamperingPart } from './result-page.js';

/*
 * The flip programme: `npm run test:tamper -- [--seed N] [--large N] [--backup N] [--share S] [--every N] [--lanes N] [--write]`.
 * Every change of one byte of every file that a run, its documents, its signatures and its policy consist of, and
 * every attack of the list: `verify` has to see it.
 */

/** Changes of large files, the backup among them; share of the bytes that are also exchanged otherwise. */
const DEFAULTS = {
  seed: '1',
  large: '18500',
  backup: '2000',
  share: '0.15',
  every: '1',
  lanes: '2',
} as const;

type Settings = { readonly [name in keyof typeof DEFAULTS]: string };

/** What a lane is told. */
interface LaneTask {
  readonly corpus: Pick<TamperCorpus, 'root' | 'execution' | 'rehearsal'>;
  readonly settings: Settings;
  readonly lane: number;
}

/** A copy to work in, without databases; in memory where there is such a folder. */
export function copyOf(root: string): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'probatum-tampered-'));
  for (const name of ['knowledge', 'probatum.config.yaml', 'probatum.lock', 'allowed_signers', '.git'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

/** Runs the flips of one lane in a copy of the corpus. */
export async function runLane({ corpus, settings, lane }: LaneTask): Promise<readonly Tally[]> {
  const root = copyOf(corpus.root);
  try {
    const bench = await Bench.open(root, [corpus.execution, corpus.rehearsal]);
    const sampled = (file: string) => Number(file.includes('backup') ? settings.backup : settings.large);
    const programme = {
      share: Number(settings.share),
      every: Number(settings.every),
      sampled,
      whole: true,
      hand: corpus.execution,
    };
    const place = { lane, lanes: Number(settings.lanes), random: random(Number(settings.seed)) };
    return await runFlips(bench, programme, place);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs one attack on a copy of the corpus. */
export async function runAttack(
  corpus: Pick<TamperCorpus, 'root' | 'execution'>,
  attack: Attack,
): Promise<AttackResult> {
  const copy = copyOf(corpus.root);
  try {
    await attack.act(copy);
    const answer = await verifyAll(copy);
    const { outcome, words } = answer;
    const { name, says, only, seenBy, hand = false } = attack;
    const other = hand ? otherByHand(copy, corpus.execution, answer) : null;
    const due = seenBy === undefined ? 'found' : 'nothing';
    const isSaid = !says || words.some((one) => says.test(one));
    const isOnly = !only || words.every((one) => only.test(one));
    const trusted = attack.policy ? (await verifyAll(copy, 'HEAD')).outcome : 'found';
    const isWrong = outcome !== due || !isSaid || !isOnly || other !== null || trusted !== 'found';
    const wrong = isWrong
      ? [outcome, `by HEAD: ${trusted}`, ...words, ...(other === null ? [] : [other])]
      : null;
    return { name, seenBy: seenBy ?? null, only: only !== undefined, hand, wrong };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function inProcess(task: LaneTask): Promise<readonly Tally[]> {
  return new Promise((done, fail) => {
    const child = fork(import.meta.filename, ['--lane']);
    let result: readonly Tally[] | null = null;
    child.once('message', (message) => {
      result = message as readonly Tally[];
      child.disconnect();
    });
    child.once('exit', (code) => (result ? done(result) : fail(new Error(`a lane ended with ${code}`))));
    child.send(task);
  });
}

async function main(): Promise<void> {
  const options = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, value]) => [name, { type: 'string' as const, default: value }]),
  );
  const { values } = parseArgs({ options: { ...options, write: { type: 'boolean', default: false } } });
  const settings = values as unknown as Settings;
  const corpus = await buildCorpus();
  try {
    const clean = await verifyAll(corpus.root);
    if (clean.outcome !== 'nothing') throw new Error(`the corpus itself: ${clean.words.join('\n')}`);
    const { root, execution, rehearsal } = corpus;
    const lanes = Array.from({ length: Number(settings.lanes) }, (_, lane) =>
      inProcess({ corpus: { root, execution, rehearsal }, settings, lane }),
    );
    const [flipped, attacked] = await Promise.all([Promise.all(lanes), runAttacks(corpus)]);
    const tallies = new Tallies();
    for (const one of flipped) tallies.add(one);
    report(tallies.all(), attacked, { settings, write: values.write === true });
  } finally {
    corpus.close();
  }
}

async function runAttacks(corpus: TamperCorpus): Promise<AttackResult[]> {
  const results: AttackResult[] = [];
  for (const attack of attacks(corpus)) results.push(await runAttack(corpus, attack));
  return results;
}

function report(
  tallies: readonly Tally[],
  attacked: readonly AttackResult[],
  { settings, write }: { readonly settings: Settings; readonly write: boolean },
): void {
  const words = Object.entries(settings).flatMap(([name, value]) =>
    (DEFAULTS as Record<string, string | undefined>)[name] === value || !(name in DEFAULTS)
      ? []
      : [`--${name} ${value}`],
  );
  const part = tamperingPart(tallies, attacked, [...words, ...(write ? ['--write'] : [])]);
  for (const { wrong } of tallies) for (const one of wrong) process.stdout.write(`${one}\n`);
  for (const { name, wrong } of attacked)
    if (wrong) process.stdout.write(`${name}: ${wrong.join('\n    ')}\n`);
  if (write) writeTampering(part);
  else process.stdout.write(part);
  const failed = tallies.some(({ wrong }) => wrong.length > 0) || attacked.some(({ wrong }) => wrong);
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--lane'))
    process.once('message', async (task) => {
      process.send!(await runLane(task as LaneTask));
    });
  else await main();
}

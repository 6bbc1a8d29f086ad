import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Case } from './faults.js';
import type { Judgement } from './judge.js';
import { VARIANTS, type VariantName } from './lane.js';

/** What one run of the programme came to. */
export interface Row extends Judgement {
  readonly fault: string;
  readonly variant: VariantName;
  readonly point: string;
  readonly kind: string;
}

const TITLES: Readonly<Record<VariantName, string>> = {
  ledger: 'An enrolled target',
  rollback: 'An enrolled target whose verification fails after COMMIT: the run rolls back',
  'no-ledger': 'A target without a ledger',
};

/** The page docs/reliability.md. @param all cases that there are, of which `rows` were run */
export function resultPage(rows: readonly Row[], all: readonly Case[], words: readonly string[]): string {
  const sum = (count: (row: Row) => boolean) => rows.filter(count).length;
  const commit = git('rev-parse', '--short=12', 'HEAD');
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes';
  const [cpu] = cpus();
  return `# Reliability

What a run does when something breaks, measured: one fault at one point of a run, each time on a fresh database of a real PostgreSQL server.
This part is written by the programme; what \`verify\` sees of what somebody changes stands [below](#tampering).

| | |
| --- | --- |
| Command | \`npm run test:faults -- ${words.join(' ')}\` |
| Commit | ${commit}${changed} |
| Date | ${new Date().toISOString().slice(0, 10)} |
| Machine | ${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform} |
| Runs | ${rows.length} of ${all.length} cases |
| Cells | ${cells(rows)} of ${cells(all)} |
| Wrong | ${sum(isWrong)} |
| Half | ${sum(isHalf)} |
| Unknown with a ledger | ${sum((row) => isUnknown(row) && row.variant !== 'no-ledger')} |
| Unknown without one | ${sum((row) => isUnknown(row) && row.variant === 'no-ledger')} |

## What is done

Points are not chosen by hand. A clean run is watched first: every event that it writes to its journal, every statement that it sends
on any connection, every operation on the files of its folder. Each fault then meets the run at each of them: before and after an event is
written, or with half of its line on disk; before a statement reaches the server, and when its answer is there but was not delivered; in place of
a file operation. COMMIT is one of the statements. A *cell* is a fault at one kind of point of one variant: an event's type, a statement's first word, an
operation on one file; where not every case is run, each cell has a run first.

After each run all of this must hold, or the run counts as *wrong*:

- The database is as before or as after, in its catalogue and in every row, and no sequence is behind; otherwise the run counts as *half*,
  too. It is looked at after the run and again after \`resume\`.
- What the run said (exit code, status, outcomes) is true of the database.
- The journal's chain holds and folds to the record; \`resume\` ends the run truthfully, and a second \`resume\` changes no byte.
- The report is there and is what the record renders to; filed in its corpus, \`lint\` and \`verify\` find nothing.
- The ledger has a row for each transaction that committed, and no other that says so.
- No advisory lock and no open transaction stay behind. In one run of five, where the database is as before, a new run succeeds.

*Unknown* counts the runs whose outcome is not known even after \`resume\`; *settled* those that were killed, or did not know it, and of which
\`resume\` said it. The server writes without fsync here, because the machine does not lose power: what a disk does then is not measured.

${VARIANTS.map((variant) => table(variant, rows, all)).join('\n')}`;
}

const cells = (of: readonly Pick<Case, 'variant' | 'fault' | 'kind'>[]) =>
  new Set(of.map(({ variant, fault, kind }) => `${variant} ${fault} ${kind}`)).size;
const isHalf = ({ problems }: Row) => problems.some((problem) => problem.includes('neither as before'));
const isWrong = ({ problems }: Row) => problems.length > 0;
const isUnknown = ({ settled }: Row) => settled === 'indeterminate';
const isSettled = ({ said, settled }: Row) =>
  (said === 'killed' || said === 'indeterminate' || said.startsWith('exit code')) &&
  settled !== null &&
  settled !== 'indeterminate';

function table(variant: VariantName, rows: readonly Row[], all: readonly Case[]): string {
  const cases = all.filter((one) => one.variant === variant);
  const faults = [...new Set(cases.map(({ fault }) => fault))];
  const lines = faults.map((fault) => {
    const points = new Set(cases.filter((one) => one.fault === fault).map(({ point }) => point)).size;
    const ran = rows.filter((row) => row.variant === variant && row.fault === fault);
    const count = (which: (row: Row) => boolean) => ran.filter(which).length;
    const cells = [
      points,
      ran.length,
      count(({ stands }) => stands === 'before'),
      count(({ stands }) => stands === 'after'),
      count(isSettled),
      count(isWrong),
      count(isHalf),
      count(isUnknown),
    ];
    return `| ${fault} | ${cells.join(' | ')} |`;
  });
  return `## ${TITLES[variant]}

| Fault | Points | Runs | As before | As after | Settled | Wrong | Half | Unknown |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`;
}

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

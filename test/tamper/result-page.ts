import { execFileSync } from 'node:child_process';
import { TAMPERING } from '../support/reliability-page.js';
import type { Tally } from './flips.js';

/** What came of an attack. */
export interface AttackResult {
  readonly name: string;
  /** What shows it where `verify` alone does not. */
  readonly seenBy: string | null;
  /** Whether nothing but the signature may show it. */
  readonly only: boolean;
  /** Whether the verifier by hand judged it as well. */
  readonly hand: boolean;
  /** What was said where it was not what has to be. */
  readonly wrong: readonly string[] | null;
}

/** The part of docs/reliability.md about tampering. */
export function tamperingPart(
  tallies: readonly Tally[],
  attacks: readonly AttackResult[],
  words: readonly string[],
): string {
  const sum = (count: (tally: Tally) => number) => tallies.reduce((all, tally) => all + count(tally), 0);
  const commit = git('rev-parse', '--short=12', 'HEAD');
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes';
  const known = attacks.filter(({ seenBy }) => seenBy === null);
  return `${TAMPERING}

What \`verify\` sees of a run that was sealed and signed, measured: every file that the run, its documents, its signatures and its policy consist of,
changed one byte at a time, and the attacks of somebody who knows all forms and has every file, but no key. This part is written by the programme.

| | |
| --- | --- |
| Command | \`npm run test:tamper -- ${words.join(' ')}\` |
| Commit | ${commit}${changed} |
| Date | ${new Date().toISOString().slice(0, 10)} |
| Changes of one file | ${sum(({ tried }) => tried)} |
| Detected | ${sum(({ found, refused }) => found + refused)} |
| Without a meaning | ${sum(({ meaningless }) => total(meaningless))} |
| Of the policy only | ${sum(({ policy }) => total(policy))} |
| Not detected | ${sum(({ wrong }) => wrong.length)} |
| Attacks with several files | ${known.length}, not detected: ${known.filter(({ wrong }) => wrong).length} |
| Judged by the whole command as well | ${sum(({ whole }) => whole)} |
| Judged by [verify.py](verify-by-hand.md) as well | ${sum(({ hand }) => hand) + attacks.filter(({ hand }) => hand).length}, each with the same verdict unless counted as not detected |

A corpus is made by the commands that people use: a change is written, reviewed, rehearsed, reviewed, authorized, run and reviewed again, with signatures by
three people and signed seals, on PGlite. Files up to 64 KiB are changed at every byte (one bit, chosen by the seed) and, at a share of their
bytes, by what an editor does; larger ones at a sample. Each change is judged by the function of \`verify\` that looks at such a file; the first of each
kind in each kind of file, and each of which that function says nothing, by the whole command, which then has to name the file. *Refused*: the
configuration or the signers could not be read, which ends \`verify\` with 2. A crash counts as not detected.

${changesTable(tallies)}

### Without a meaning

Bytes whose change leaves everything that the file says as it was; \`verify\` says nothing of them. A list of these rules decides, and not what \`verify\` says.

${rulesTable(tallies, ({ meaningless }) => meaningless)}

### Of the policy only

Who may sign, and what has to be signed, is read from the work tree. These changes take nothing away from the signatures that are here, so
\`verify\` of the work tree says nothing. \`verify --policy-from REV\` does not go by them, and says that the work tree has others; the first of each kind
was tried with it.

${rulesTable(tallies, ({ policy }) => policy)}

### Attacks

${listed(known)}

Those whose only trace is the signature of the seal: *${known.filter(({ only }) => only).length}*; \`verify\` says nothing else of them.

### Not detected by \`verify\` of the work tree

| Attack | What shows it |
| --- | --- |
${attacks
  .filter(({ seenBy }) => seenBy !== null)
  .map(({ name, seenBy }) => `| ${name} | ${seenBy} |`)
  .join('\n')}
`;
}

const total = (counts: { readonly [rule: string]: number }) =>
  Object.values(counts).reduce((all, one) => all + one, 0);

function changesTable(tallies: readonly Tally[]): string {
  const sorted = [...tallies].sort((a, b) => compare(a.file, b.file) || compare(a.kind, b.kind));
  const rows = sorted.map(({ file, kind, tried, found, refused, meaningless, policy, wrong }) => {
    const cells = [tried, found, refused, total(meaningless), total(policy), wrong.length];
    return `| ${file} | ${kind} | ${cells.join(' | ')} |`;
  });
  return `| File | Change | Tried | Found | Refused | Without a meaning | Policy only | Not detected |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}

function rulesTable(
  tallies: readonly Tally[],
  of: (tally: Tally) => { readonly [rule: string]: number },
): string {
  const counts = new Map<string, number>();
  for (const tally of tallies)
    for (const [rule, count] of Object.entries(of(tally))) {
      const key = `${tally.file} | ${rule}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  const rows = [...counts].sort(([a], [b]) => compare(a, b)).map(([key, count]) => `| ${key} | ${count} |`);
  return `| File | Rule | Changes |\n| --- | --- | ---: |\n${rows.join('\n')}`;
}

/** Attacks by name; those that differ in the artefact only are one line. */
function listed(attacks: readonly AttackResult[]): string {
  const counts = new Map<string, { tried: number; wrong: number }>();
  for (const { name, wrong } of attacks) {
    const key = name.replace(/^(artefact[^:]*): .*/, '$1');
    const { tried, wrong: before } = counts.get(key) ?? { tried: 0, wrong: 0 };
    counts.set(key, { tried: tried + 1, wrong: before + (wrong ? 1 : 0) });
  }
  const rows = [...counts].map(([name, { tried, wrong }]) => `| ${name} | ${tried} | ${tried - wrong} |`);
  return `| Attack | Tried | Found |\n| --- | ---: | ---: |\n${rows.join('\n')}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord } from '../../src/record/store.js';
import { byOpenssh, type Signer, signaturesOf } from '../support/forge-run.js';
import { all, remove, reseal, rewritten, signed, take } from './attack-steps.js';
import { relock, type TamperCorpus, WORDS } from './corpus.js';
import { beyond, forgedWords } from './forged-words.js';

/** What somebody does who knows all forms and can write every file. */
export interface Attack {
  readonly name: string;
  readonly act: (root: string) => unknown;
  /** What `verify` has to say, among other things. */
  readonly says?: RegExp;
  /** What it may say at most: the only thing that shows the forgery. */
  readonly only?: RegExp;
  /** Whether the verifier by hand has to come to the same verdict: it looks at the run, and not at documents. */
  readonly hand?: true;
  /** Where `verify` alone says nothing: what shows it. */
  readonly seenBy?: string;
  /** Whether `verify --policy-from REV` has to find it. */
  readonly policy?: true;
}

const SIGNATURE_ONLY = /^seal-signature /;

/** Attacks that take more than one change of one file. */
export function attacks(corpus: TamperCorpus): Attack[] {
  return [...forgedRuns(corpus), ...exchanges(corpus), ...forgedWords(corpus), ...beyond(corpus)];
}

function forgedRuns({ root: original, execution, rehearsal, keyOf }: TamperCorpus): Attack[] {
  const by: readonly [string, Signer | null, RegExp][] = [
    ['its seal as it was', null, /journal\.jsonl has digest/],
    ['sealed anew, not signed', () => [], /needs a signature by a operator/],
    ['signed by a stranger', byOpenssh(keyOf('mallory')), /is nobody's in allowed_signers/],
    [
      'signed in another namespace',
      byOpenssh(keyOf('ops'), 'probatum-review'),
      /made for probatum-review, and not for probatum-run/,
    ],
    ['signed by a key that has expired', byOpenssh(keyOf('old')), /the key was valid until 2026-01-01/],
    ['signed by a reviewer', byOpenssh(keyOf('rita')), /allows the key for probatum-review, and not/],
  ];
  const kept = (root: string) => {
    const signatures = signaturesOf(root, execution);
    return reseal(execution, () => signatures)(root);
  };
  const forged = by.flatMap(([name, sign, says]): Attack[] => {
    const run = all(rewritten(execution), ...(sign ? [reseal(execution, sign)] : []));
    const unreviewed = all(remove(...signed(WORDS.executionReview)), relock);
    return [
      { name: `run rewritten, ${name}`, act: run, says, hand: true },
      {
        name: `run rewritten, ${name}; its review gone, lock file written anew`,
        act: all(run, unreviewed),
        says,
        only: SIGNATURE_ONLY,
        hand: true,
      },
    ];
  });
  return [
    ...forged,
    {
      name: 'run rewritten, the old signature on the new seal',
      act: all(rewritten(execution), kept),
      says: /it is not ops's signature of these bytes/,
    },
    {
      name: 'rehearsal rewritten, its seal anew and not signed, lock file written anew',
      act: all(
        rewritten(rehearsal),
        reseal(rehearsal, () => []),
        relock,
      ),
      says: /document-digest-matches .*item-dry-run-review/,
    },
    {
      name: 'report rendered from a changed record, journal as it was',
      act: all(rewritten(execution), take(original, execution.journal)),
      says: /folds to another record/,
    },
  ];
}

function exchanges(corpus: TamperCorpus): Attack[] {
  const { execution, otherExecution, other } = corpus;
  const from = (root: string, files: readonly ('record' | 'journal' | 'seal')[]) => {
    for (const file of files) cpSync(join(other, otherExecution[file]), join(root, execution[file]));
  };
  return [
    {
      name: 'record and journal of another run of the plan under this report',
      act: (root) => from(root, ['record', 'journal']),
      says: /report-matches-record .*the record has another digest/,
    },
    {
      name: 'record, journal and seal of another run of the plan under this report',
      act: (root) => from(root, ['record', 'journal', 'seal']),
      says: /report-matches-record .*the record has another digest/,
    },
    {
      name: 'seal of another run of the plan',
      act: (root) => from(root, ['seal']),
      says: /it is the seal of run/,
    },
    {
      name: 'everything of another run of the plan, signed as it was; lock file written anew',
      act: all(remove(execution.folder), take(other, otherExecution.folder, otherExecution.report), relock),
      says: /document-digest-matches .*item-execution-review/,
    },
    ...artefactPairs(corpus),
  ];
}

/** Each two artefacts of the run for each other, and each for that of another run. */
function artefactPairs({ root, execution, other, otherExecution, rehearsal }: TamperCorpus): Attack[] {
  const { artefacts } = readRecord(join(root, execution.record)).record;
  const bytes = (base: string, folder: string, path: string) => readFileSync(join(base, folder, path));
  const paths = artefacts.map(({ path }) => path);
  const within = paths.flatMap((one, index) =>
    paths.slice(index + 1).flatMap((two): Attack[] => {
      const [a, b] = [bytes(root, execution.folder, one), bytes(root, execution.folder, two)];
      if (a.equals(b)) return [];
      const act = (copy: string) => {
        writeFileSync(join(copy, execution.folder, one), b);
        writeFileSync(join(copy, execution.folder, two), a);
      };
      return [{ name: `artefacts exchanged: ${one}, ${two}`, act, says: new RegExp(`artefact ${one}`) }];
    }),
  );
  const sources = [
    { base: other, folder: otherExecution.folder, of: 'another run' },
    { base: root, folder: rehearsal.folder, of: 'the rehearsal' },
  ];
  const between = sources.flatMap(({ base, folder, of }) =>
    paths.flatMap((path): Attack[] => {
      if (path.includes('backup') && of === 'the rehearsal') return [];
      const theirs = bytes(base, folder, path);
      if (theirs.equals(bytes(root, execution.folder, path))) return [];
      const act = (copy: string) => writeFileSync(join(copy, execution.folder, path), theirs);
      return [{ name: `artefact of ${of}: ${path}`, act, says: new RegExp(`artefact ${path}`) }];
    }),
  );
  return [...within, ...between];
}

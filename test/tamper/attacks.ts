import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repinExample } from '../../src/demo/repin.js';
import { statementToSeal } from '../../src/record/seal.js';
import { readRecord } from '../../src/record/store.js';
import { DOCUMENTS } from '../support/change.js';
import { byOpenssh, forgeJournal, forgeSeal, type Signer, signaturesOf } from '../support/forge-run.js';
import { type Published, signer } from '../support/sealed-run.js';
import { relock, review, type TamperCorpus, WORDS } from './corpus.js';

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
}

type Step = (root: string) => unknown;
const all =
  (...steps: readonly Step[]): Step =>
  async (root) => {
    for (const step of steps) await step(root);
  };
const edit =
  (path: string, change: (text: string) => string): Step =>
  (root) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
const remove =
  (...paths: string[]): Step =>
  (root) => {
    for (const path of paths) rmSync(join(root, path), { recursive: true });
  };
const take =
  (from: string, ...paths: string[]): Step =>
  (root) => {
    for (const path of paths) cpSync(join(from, path), join(root, path), { recursive: true });
  };
const signed = (path: string) => [path, `${path}.sig`];

/** The seal as it has to be for the files that are there, signed by somebody. */
const reseal =
  (published: Published, by: Signer): Step =>
  (root) => {
    const file = join(root, published.record);
    const report = readFileSync(join(root, published.report), 'utf8');
    return forgeSeal(root, published, () => statementToSeal(file, readRecord(file), report), by);
  };

/** Another time of a statement: chain, record and report follow. */
const rewritten =
  (published: Published): Step =>
  (root) =>
    forgeJournal(root, published, (lines) => {
      for (const line of lines) if (line.type === 'statement-executed') line.milliseconds = 12_345;
    });

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

function forgedWords({ older, keyOf }: TamperCorpus): Attack[] {
  const passing = (path: string, subject: string) => ({
    path,
    subject,
    rest: 'verdict: pass',
    revision: 'r3',
  });
  return [
    {
      name: 'review of the package swapped for an older one with its valid signature',
      act: take(older, ...signed(DOCUMENTS.packageReview)),
      says: /revision-bump .*item-package-review/,
    },
    {
      name: 'review of the report swapped for an older one with its valid signature',
      act: take(older, ...signed(WORDS.executionReview)),
      says: /revision-bump .*item-execution-review/,
    },
    {
      name: 'review of the package swapped for an older one, lock file written anew',
      act: all(take(older, ...signed(DOCUMENTS.packageReview)), relock),
      says: /item-package-review/,
    },
    {
      name: 'older review under the signature of the present one, lock file written anew',
      act: all(take(older, DOCUMENTS.packageReview), relock),
      says: /signature-valid .*item-package-review.*these bytes/,
    },
    {
      name: 'review signed by a person without the role',
      act: async (root) => {
        await review(root, passing(WORDS.executionReview, DOCUMENTS.execution), keyOf, 'eve');
        await relock(root);
      },
      says: /signature-valid .*needs a signature by a reviewer/,
    },
    {
      name: 'signature of one review beside another',
      act: (root) =>
        cpSync(join(root, `${DOCUMENTS.ddlReview}.sig`), join(root, `${WORDS.executionReview}.sig`)),
      says: /signature-valid .*these bytes/,
    },
    {
      name: 'signature of a review beside the authorization',
      act: (root) =>
        cpSync(join(root, `${DOCUMENTS.ddlReview}.sig`), join(root, `${WORDS.authorization}.sig`)),
      says: /made for probatum-review, and not for probatum-authorization/,
    },
    {
      name: "the authorization's window moved, lock file written anew",
      act: all(
        edit(WORDS.authorization, (text) => text.replace('2099-', '2098-')),
        relock,
      ),
      says: /signature-valid .*these bytes/,
    },
    {
      name: 'SQL changed, all pins and the lock file written anew',
      act: all(
        edit(DOCUMENTS.ddl, (text) => text.replace("'two'", "'TWO'")),
        repinExample,
        relock,
      ),
      says: /signature-valid .*item-ddl-review.*these bytes/,
    },
    {
      name: 'all signatures gone',
      act: remove(
        ...[
          DOCUMENTS.ddlReview,
          DOCUMENTS.packageReview,
          WORDS.dryRunReview,
          WORDS.executionReview,
          WORDS.authorization,
        ].map((path) => `${path}.sig`),
      ),
      says: /needs a signature by a sovereign/,
    },
    {
      name: 'policy of signatures taken out of the configuration',
      act: edit('probatum.config.yaml', (text) => text.replace(/signatures:[\s\S]*$/, '')),
      says: /names no allowed_signers/,
    },
    {
      name: 'a name for everybody in allowed_signers',
      act: edit('allowed_signers', (text) => text.replace(/^rita /m, '*@test ')),
      says: /names no single person/,
    },
  ];
}

/** What `verify` of the work tree cannot know: who is trusted is said by the work tree itself. */
function beyond({ execution, rehearsal, older, keyOf }: TamperCorpus): Attack[] {
  const line = (name: string, namespace: string): Step =>
    edit('allowed_signers', (text) => text + signer(keyOf('mallory'), name, `namespaces="${namespace}"`));
  const approve = (root: string) =>
    review(
      root,
      { path: WORDS.executionReview, subject: DOCUMENTS.execution, rest: 'verdict: pass', revision: 'r3' },
      (person) => keyOf(person === 'rita' ? 'mallory' : person),
    );
  const history = 'the history of the repository; `probatum lock --since REV`';
  const policy = '`verify --policy-from REV`, code owners';
  return [
    {
      name: 'signers extended by a key of the attacker, who reviews as the reviewer; lock file written anew',
      act: all(line('rita', 'probatum-review'), approve, relock),
      seenBy: policy,
    },
    {
      name: 'the same, and the whole run rewritten and sealed with that key as the operator',
      hand: true,
      act: all(
        line('rita', 'probatum-review'),
        line('ops', 'probatum-run'),
        rewritten(execution),
        reseal(execution, byOpenssh(keyOf('mallory'))),
        relock,
        approve,
        relock,
      ),
      seenBy: policy,
    },
    {
      name: 'the run rewritten and not signed, what asks for its signature taken out, its review gone',
      act: all(
        rewritten(execution),
        reseal(execution, () => []),
        edit('probatum.config.yaml', (text) => text.replace(/^ {4}run: .*\n/m, '')),
        remove(...signed(WORDS.executionReview)),
        relock,
      ),
      seenBy: policy,
    },
    {
      name: 'review of the report swapped for an older one, lock file written anew',
      act: all(take(older, ...signed(WORDS.executionReview)), relock),
      seenBy: history,
    },
    {
      name: 'report, record and review of the run taken away, lock file written anew',
      act: all(remove(execution.folder, execution.report, ...signed(WORDS.executionReview)), relock),
      seenBy: history,
    },
    {
      name: 'lock file taken away',
      act: remove('probatum.lock'),
      seenBy: '`probatum lock --check`, `--since REV`',
    },
    {
      name: 'an artefact taken away',
      act: remove(`${execution.folder}/artefacts/rows-before.txt`),
      hand: true,
      seenBy: 'the line "not here, not compared" of `verify`',
    },
    {
      name: "the signature of a rehearsal's seal taken out",
      act: reseal(rehearsal, () => []),
      seenBy: 'the count of signed seals; a rehearsal proves nothing about a target',
    },
    {
      name: 'a file laid beside the artefacts that no record names',
      act: (root) => writeFileSync(join(root, execution.folder, 'artefacts/approval.txt'), 'yes\n'),
      seenBy: 'the record: it names every artefact',
    },
  ];
}

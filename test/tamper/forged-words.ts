import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repinExample } from '../../src/demo/repin.js';
import { DOCUMENTS } from '../support/change.js';
import { byOpenssh } from '../support/forge-run.js';
import { signer } from '../support/sealed-run.js';
import { all, edit, remove, reseal, rewritten, type Step, signed, take } from './attack-steps.js';
import type { Attack } from './attacks.js';
import { relock, review, type TamperCorpus, WORDS } from './corpus.js';

/** Attacks on reviews, authorizations, SQL and signatures. */
export function forgedWords({ older, keyOf }: TamperCorpus): Attack[] {
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
export function beyond({ execution, rehearsal, older, keyOf }: TamperCorpus): Attack[] {
  const line = (name: string, namespace: string): Step =>
    edit('allowed_signers', (text) => text + signer(keyOf('mallory'), name, `namespaces="${namespace}"`));
  const approve = (root: string) =>
    review(
      root,
      { path: WORDS.executionReview, subject: DOCUMENTS.execution, rest: 'verdict: pass', revision: 'r3' },
      (person) => keyOf(person === 'rita' ? 'mallory' : person),
    );
  const history = '`probatum lock --check --since REV`; the history of the repository';
  const policy = '`verify --policy-from REV`: found in this run of the programme';
  return [
    {
      name: 'signers extended by a key of the attacker, who reviews as the reviewer; lock file written anew',
      act: all(line('rita', 'probatum-review'), approve, relock),
      seenBy: policy,
      policy: true,
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
      policy: true,
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
      policy: true,
    },
    {
      name: 'review of the report swapped for an older one, lock file written anew',
      act: all(take(older, ...signed(WORDS.executionReview)), relock),
      seenBy: history,
    },
    {
      name: 'report, record and review of the run taken away, lock file written anew',
      act: all(remove(execution.folder, execution.report, ...signed(WORDS.executionReview)), relock),
      seenBy: 'the history of the repository; `verify --since REV` names what was removed',
    },
    {
      name: 'lock file taken away',
      act: remove('probatum.lock'),
      seenBy: '`probatum lock --check`, `verify --since REV`',
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

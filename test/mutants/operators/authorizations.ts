import { sha256 } from '../../../src/base/digest.js';
import { custom, type Operator, planted } from '../operator.js';
import { type Originals, PATHS } from '../originals.js';

/* Authorizations of the example's package, each with one thing wrong. */

const RULE = 'authorization-valid';
const NONCE = '6f1b9a02c7d34e58b1f0a3c96d2e4875';

/** Fields of the front matter, and the line of the first one. */
const FIELDS = { plan_sha256: 11, target: 12, not_before: 13, expires: 14, nonce: 15 } as const;
type Fields = Readonly<Record<keyof typeof FIELDS, string>>;

const RIGHT: Fields = {
  plan_sha256: '5d'.repeat(32),
  target: 'production',
  not_before: '2026-05-17T08:00:00Z',
  expires: '2026-05-17T18:00:00Z',
  nonce: NONCE,
};

const pathOf = (name: string) => PATHS.packageReview.replace(/[^/]+$/, `${name}.md`);

function authorization(originals: Originals, path: string, fields: Fields): string {
  const pack = originals.get('package');
  const written = (Object.keys(FIELDS) as (keyof Fields)[]).map((field) => `${field}: ${fields[field]}`);
  return `---
kind: authorization
document_path: ${path}
change: dot-iu-cutter-v0.2-p0-2
revision: r1
date: 2026-05-17
subject:
  document: ${pack.path}
  revision: r1
  sha256: ${sha256(pack.text)}
${written.join('\n')}
---

# Authorization
`;
}

/** An authorization of which one field is wrong, in whose line the finding is. */
function wrong(name: string, field: keyof Fields, value: (originals: Originals) => string): Operator {
  return custom(RULE, name, function* (originals) {
    const path = pathOf('go');
    const text = authorization(originals, path, { ...RIGHT, [field]: value(originals) });
    yield planted({ [path]: text }, { file: path, line: FIELDS[field] });
  });
}

export const AUTHORIZATIONS: readonly Operator[] = [
  wrong('a window that ends before it begins', 'expires', () => '2026-05-17T07:59:59Z'),
  wrong('a window that ends when it begins, in another zone', 'expires', () => '2026-05-17T10:00:00+02:00'),
  wrong('another target', 'target', () => 'staging'),
  wrong('a target in capitals', 'target', () => 'Production'),
  wrong('the digest of the package for that of its plan', 'plan_sha256', (originals) =>
    sha256(originals.get('package').text),
  ),
  wrong('the digest of the law for that of the plan', 'plan_sha256', (originals) =>
    sha256(originals.get('law').text),
  ),
  custom(RULE, 'the nonce of another one', function* (originals) {
    const [one, other] = [pathOf('go'), pathOf('go-again')];
    const files = {
      [one]: authorization(originals, one, RIGHT),
      [other]: authorization(originals, other, { ...RIGHT, not_before: '2026-05-17T09:00:00Z' }),
    };
    for (const file of [one, other]) yield planted(files, { file, line: FIELDS.nonce });
  }),
];

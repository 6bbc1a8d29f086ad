import { DIGEST } from '../../base/digest.js';
import type { Range } from '../../base/position.js';
import { type Entry, unitOf } from '../../model/entry.js';
import { referencedPaths, resolvePath } from '../../model/references.js';
import { digestFix } from '../digest-fix.js';
import { relatedDocument } from '../related.js';
import type { CorpusContext, CorpusRule } from '../rule.js';

export const sqlDigestMatches: CorpusRule = {
  id: 'sql-digest-matches',
  scope: 'corpus',
  group: 'provenance',
  severity: 'error',
  what: 'A digest of SQL that is not the digest of the SQL in the document.',
  why: 'The SQL that would run is not the SQL that was reviewed.',
  fix: 'Review the SQL as it is now, and then write its digest (SHA-256 of the bytes between the fence lines).',
  check(context) {
    checkPins(context);
    checkEvidence(context);
    checkKeyValues(context);
  },
};

type Role = 'migration' | 'rollback';

/** The role that a name like `migration_sha256` speaks of. */
function roleOf(name: string): Role | null {
  const role = /^(?:provenance\.)?(migration|rollback)(?:_sql)?_sha256$/.exec(name)?.[1];
  return (role as Role | undefined) ?? null;
}

function checkPins(context: CorpusContext): void {
  for (const pin of context.entry.pins) {
    const target = context.model.entries.get(pin.path);
    for (const { name, value, position } of pin.fields) {
      const role = roleOf(name);
      if (target && role && DIGEST.test(value)) compare(context, target, role, value, position, 'certain');
    }
  }
}

/** A check that is answered by the provenance of the run expects the digest that the package pins. */
function checkEvidence(context: CorpusContext): void {
  const pin = context.entry.pins.find(({ key }) => key === 'ddl');
  const target = pin && context.model.entries.get(pin.path);
  if (!target) return;
  for (const { evidence, expect } of context.entry.sql.checks) {
    const role = roleOf(evidence ?? '');
    if (role) for (const { text, position } of expect) compare(context, target, role, text, position);
  }
}

/** Digests of SQL in the pins of the text, and `ddl_sha256: …` lines in a document that says whose they are. */
function checkKeyValues(context: CorpusContext): void {
  const { entry } = context;
  const pinned = new Set<string>();
  for (const { path, name, value, position } of entry.textPins) {
    const role = roleOf(name);
    const target = role && context.model.entries.get(path);
    if (!target || !DIGEST.test(value.toLowerCase())) continue;
    pinned.add(placeOf(position));
    compare(context, target, role, value.toLowerCase(), position, 'certain');
  }
  const written = entry.mentioned.digests.filter(
    ({ kind, key, in: place, position }) =>
      kind === 'digest' && key !== null && place !== 'header' && !pinned.has(placeOf(position)),
  );
  if (!written.some(({ key }) => key === 'ddl_sha256' || roleOf(key!))) return;
  const target = spokenOf(context);
  if (!target) return;
  for (const { key, value, position } of written) {
    const role = roleOf(key!);
    const digest = value.toLowerCase();
    if (role) compare(context, target, role, digest, position, 'certain');
    else if (key === 'ddl_sha256' && digest !== target.document.digest)
      compare(context, target, 'migration', digest, position);
  }
}

function placeOf({ start }: Range): string {
  return `${start.line}:${start.column}`;
}

/** The ddl document that digests of SQL are of: the one that is pinned as such, else the only one that is named. */
function spokenOf({ entry, model }: CorpusContext): Entry | undefined {
  const pin = entry.pins.find(({ key }) => key === 'ddl');
  if (pin) return model.entries.get(pin.path);
  const named = new Map<string, Entry>();
  for (const path of referencedPaths(entry)) {
    for (const other of resolvePath(model, path)) {
      if (other.kind === 'ddl' && other !== entry) named.set(other.document.path, other);
    }
  }
  const [only] = named.values();
  return named.size === 1 ? only : undefined;
}

function compare(
  { report }: CorpusContext,
  target: Entry,
  role: Role,
  observed: string,
  position: Range,
  /** Whether a machine may write the digest: not in SQL, and not where another digest may be meant. */
  meant: 'certain' | 'unsure' = 'unsure',
): void {
  const unit = unitOf(target, role);
  const { path } = target.document;
  if (!unit) {
    report({
      message: `"${path}" has no ${role} SQL that this could be the digest of`,
      position,
      expected: `a "sql ${role}" fence in the document`,
      observed,
      related: [relatedDocument(target, `no ${role} SQL is read from this document`)],
      help: `write the SQL in a fence "sql ${role}", or remove the digest`,
    });
  } else if (unit.digest !== observed) {
    const fence = target.document.fences.find((one) => one.role === role);
    const place = fence?.position ?? relatedDocument(target, '').position;
    report({
      message: `the digest is not that of the ${role} SQL in "${path}"`,
      position,
      expected: unit.digest,
      observed,
      related: [{ file: path, position: place, message: `the ${role} SQL as it is now` }],
      help: 'the SQL changed after its digest was written: what rests on it has to be judged again',
      ...(meant === 'certain' ? digestFix('digest', position, unit.digest) : {}),
    });
  }
}

import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import { type Entry, kindName, unitOf } from '../model/entry.js';
import type { Model } from '../model/model.js';
import { emptyProofs } from '../model/proofs.js';
import { derivedOf } from '../model/scope.js';
import { headerText } from '../parse/document.js';
import type { SqlUnit } from '../sql/facts.js';
import type { DocumentRef, Plan } from './plan.js';
import { needUnit, planChecks, planUnit } from './plan-sql.js';
import { readProtocol } from './protocol.js';
import { readPackage } from './read-package.js';

/** Bytes of a document's unit, for labels; the same buffers that are hashed and later executed. */
export type UnitBytes = (entry: Entry, unit: SqlUnit) => Buffer;

/**
 * Builds the plan of a command package. The documents are valid by then: their errors are reported before.
 * @throws UsageError `wrong-kind`, `plan-refused` where a document or a part of it is missing
 */
export function buildPlan(model: Model, packagePath: string, unitBytes: UnitBytes): Plan {
  const pack = need(model, packagePath, 'command-package');
  const ddl = need(model, pinPath(pack, 'ddl'), 'ddl');
  const law = need(model, pinPath(pack, 'law'), 'law');
  const migration = needUnit(ddl, 'migration');
  for (const entry of [pack, ddl]) refuseBrokenPins(model, entry);
  const predecessors = ddl.pins
    .filter(({ key }) => key.startsWith('depends_on.'))
    .map(({ path }) => need(model, path, 'ddl'));
  const derived = derivedOf(ddl);
  const verification = planChecks(pack, 'verify');
  const read = readPackage(pack.document.header!.data);
  refuseEmptyProofs(pack, ddl);
  return {
    format: 'probatum-plan/1',
    change: headerText(pack.document, 'change') ?? '',
    package: reference(pack),
    law: reference(law),
    ddl: reference(ddl),
    predecessors: predecessors.map((entry) => ({
      ...reference(entry),
      migrationSha256: needUnit(entry, 'migration').digest,
      fixtureSha256: unitOf(entry, 'fixture')?.digest ?? null,
    })),
    ...readProtocol(law, pack),
    ...read,
    migration: planUnit(ddl, migration, unitBytes(ddl, migration)),
    rollback: planUnit(ddl, needUnit(ddl, 'rollback'), unitBytes(ddl, needUnit(ddl, 'rollback'))),
    preflight: planChecks(pack, 'preflight'),
    verification,
    derived,
    roles: Object.fromEntries(
      ['author', 'sovereign', 'verifier', 'phase'].flatMap((role) => {
        const value = headerText(pack.document, role);
        return value === undefined ? [] : [[role, value]];
      }),
    ),
  };
}

/** Digest of a plan: SHA-256 over its canonical JSON. */
export function planDigest(plan: Plan): string {
  return sha256(canonicalJson(plan));
}

/** Documents that a plan is made from, by path. */
export function planDocuments(plan: Plan): DocumentRef[] {
  return [plan.package, plan.law, plan.ddl, ...plan.predecessors];
}

function refuseEmptyProofs(pack: Entry, ddl: Entry): void {
  const [wrong] = emptyProofs(pack, ddl);
  if (wrong)
    throw new UsageError(
      'plan-refused',
      `${pack.document.path}: ${wrong.check} is no verification check and cannot prove ${JSON.stringify(wrong.statement)}`,
    );
}

/**
 * A plan is only made of documents that are what the package says they are. The linter says the same with places;
 * this is the last word before anything runs.
 */
function refuseBrokenPins(model: Model, entry: Entry): void {
  for (const { path, key, fields } of entry.pins) {
    const target = model.entries.get(path);
    for (const { name, value } of fields) {
      const actual =
        target &&
        (name === 'revision'
          ? headerText(target.document, 'revision')
          : name === 'sha256'
            ? target.document.digest
            : unitOf(target, name === 'migration_sha256' ? 'migration' : 'rollback')?.digest);
      if (actual !== value)
        throw new UsageError(
          'plan-refused',
          `${entry.document.path}: ${key}.${name} of ${path} is ${actual}, pinned was ${value}`,
        );
    }
  }
}

function need(model: Model, path: string, kind: Entry['kind']): Entry {
  const entry = model.entries.get(path);
  if (!entry) throw new UsageError('no-such-document', `no document ${path} in the corpus`);
  if (entry.kind !== kind)
    throw new UsageError('wrong-kind', `${path} is of kind ${kindName(entry) ?? '(none)'}, not ${kind}`);
  return entry;
}

function pinPath(entry: Entry, key: string): string {
  const pin = entry.pins.find((one) => one.key === key);
  if (!pin) throw new UsageError('plan-refused', `${entry.document.path} pins no ${key}`);
  return pin.path;
}

function reference({ document }: Entry): DocumentRef {
  return { path: document.path, revision: headerText(document, 'revision') ?? '', sha256: document.digest };
}

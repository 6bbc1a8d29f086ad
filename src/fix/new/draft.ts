import { UsageError } from '../../base/usage-error.js';
import type { Config } from '../../load/config.js';
import { type Entry, unitOf } from '../../model/entry.js';
import type { Model } from '../../model/model.js';
import { headerText, headerValue } from '../../parse/document.js';
import { draftChecks } from './checks.js';
import { namedDocument, newestDdl, newestLaw, newestPackage, unreviewed } from './choose.js';

/** Kinds of document that can be begun; reports are rendered from records. */
export const NEW_KINDS = ['law', 'ddl', 'command-package', 'review', 'authorization', 'note'] as const;

export type NewKind = (typeof NEW_KINDS)[number];

/** What the user says of a new document; paths as the corpus spells them. */
export interface DraftRequest {
  readonly change: string;
  /** ISO 8601 calendar date. */
  readonly date: string;
  /** Folder of the corpus, empty or with a slash at its end. */
  readonly folder: string;
  readonly after: readonly string[];
  readonly ddl?: string;
  readonly law?: string;
  readonly subject?: string;
}

/** A new document before it is rendered: its path, and the values of its template. */
export interface Draft {
  readonly path: string;
  readonly values: { readonly [name: string]: unknown };
}

/** Finds what a new document pins and is named after. @throws UsageError where the corpus does not say it */
export function draft(kind: NewKind, config: Config, model: Model, request: DraftRequest): Draft {
  switch (kind) {
    case 'law':
      return { path: pathOf(request), values: {} };
    case 'note':
      return { path: pathOf(request, 'note'), values: {} };
    case 'ddl': {
      const after = request.after.map((path) => pin(namedDocument(model, path, ['ddl'], '--after')));
      return { path: pathOf(request, 'ddl', '.sql.md'), values: { after, table: tableName(request.change) } };
    }
    case 'command-package':
      return draftPackage(config, model, request);
    case 'review': {
      const reviewed = ['ddl', 'command-package', 'dry-run-report', 'execution-report'] as const;
      const entry = request.subject
        ? namedDocument(model, request.subject, reviewed, '--subject')
        : unreviewed(model, request.change);
      return {
        path: pathOf(request, `${entry.kind}-review`),
        values: { subject: pin(entry), subjectKind: entry.kind },
      };
    }
    case 'authorization': {
      const entry = request.subject
        ? namedDocument(model, request.subject, ['command-package'], '--subject')
        : newestPackage(model, request.change);
      const target = headerValue(entry.document, 'target.name')?.value ?? 'production';
      return { path: pathOf(request, 'authorization'), values: { subject: pin(entry), target } };
    }
  }
}

function draftPackage(config: Config, model: Model, request: DraftRequest): Draft {
  const ddl = request.ddl
    ? namedDocument(model, request.ddl, ['ddl'], '--ddl')
    : newestDdl(model, request.change);
  const law = request.law ? namedDocument(model, request.law, ['law'], '--law') : newestLaw(model);
  for (const role of ['migration', 'rollback'] as const)
    if (!unitOf(ddl, role)) {
      const message = `${ddl.document.path} has no ${role} SQL, and a package pins both migration and rollback`;
      throw new UsageError(
        'no-such-document',
        message,
        `write it there, in a fence \`sql ${role}\` at column 1`,
      );
    }
  const migration = unitOf(ddl, 'migration')!;
  const target = targetOf(config);
  const reports = {
    dryRun: pathOf(request, 'dry-run-report'),
    execution: pathOf(request, 'execution-report'),
  };
  return {
    path: pathOf(request, 'command-package'),
    values: { ddl: pin(ddl), law: pin(law), target, reports, ...draftChecks(migration) },
  };
}

/** What the configuration says of its only target; what it does not say is for the author to write. */
function targetOf({ targets }: Config) {
  const [only, ...more] = Object.entries(targets);
  const unknown = { name: 'production', database: 'your_database', role: 'your_role' };
  if (!only || more.length > 0) return unknown;
  const [name, target] = only;
  if (target.engine !== 'postgres' || !('database' in target.connection)) return { ...unknown, name };
  return { name, database: target.connection.database, role: target.connection.user };
}

function pathOf({ folder, change, date }: DraftRequest, what?: string, end = '.md'): string {
  return `${folder}${[change, what, date].filter((part) => part !== undefined).join('-')}${end}`;
}

/** A document as it is pinned: what it has of revision and digests. */
function pin(entry: Entry) {
  const { document } = entry;
  const revision = headerText(document, 'revision');
  if (revision === undefined)
    throw new UsageError('wrong-kind', `${document.path} has no revision that could be pinned`);
  return {
    document: document.path,
    revision,
    sha256: document.digest,
    migrationSha256: unitOf(entry, 'migration')?.digest ?? null,
    rollbackSha256: unitOf(entry, 'rollback')?.digest ?? null,
  };
}

/** A name for the first table of a change that needs no quotes, whatever the change is called. */
function tableName(change: string): string {
  const words = change.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `public.${['t', ...words]
    .join('_')
    .replace(/^t_(?=[a-z])/, '')
    .slice(0, 40)}_example`;
}

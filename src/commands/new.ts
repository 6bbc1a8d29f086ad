import { randomBytes } from 'node:crypto';
import { UsageError } from '../base/usage-error.js';
import { type Draft, type DraftRequest, draft, NEW_KINDS, type NewKind } from '../fix/new/draft.js';
import { type Config, loadConfig } from '../load/config.js';
import { toRootPath } from '../load/corpus.js';
import { corpusMatcher } from '../load/list-files.js';
import { schemaErrors } from '../load/schemas.js';
import type { Model } from '../model/model.js';
import type { Compilation } from '../pipeline.js';
import { renderTemplate } from '../render/templates.js';
import { compileWhole, showErrors } from './corpus.js';
import { planForServers } from './plan-for-servers.js';
import type { Environment } from './terminal.js';
import { createInside } from './write-file.js';

export interface NewOptions {
  readonly change?: string;
  readonly date?: string;
  /** Who writes it; nobody is named unless said. */
  readonly author?: string;
  readonly path?: string;
  readonly after?: readonly string[];
  readonly ddl?: string;
  readonly law?: string;
  readonly subject?: string;
}

/** Which options say something to which kinds; the others would be passed over in silence. */
const OPTIONS: Readonly<Record<'after' | 'ddl' | 'law' | 'subject', readonly NewKind[]>> = {
  after: ['ddl'],
  ddl: ['command-package'],
  law: ['command-package'],
  subject: ['review', 'authorization'],
};

/** `probatum new KIND`: a document that lints, with its pins filled in from the corpus. @returns exit code */
export async function newDocument(
  environment: Environment,
  kindName: string,
  options: NewOptions,
): Promise<number> {
  const kind = NEW_KINDS.find((known) => known === kindName);
  if (!kind) throw new UsageError('bad-argument', `no kind "${kindName}"`, `kinds: ${NEW_KINDS.join(', ')}`);
  refuseIdle(kind, options);
  const config = loadConfig(environment.root);
  const compilation = await compileWhole(environment, config);
  const { model } = compilation;
  const request = requestOf(environment, config, model, kind, options);
  const found = draft(kind, config, model, request);
  const planSha256 = kind === 'authorization' ? await planToAuthorize(environment, compilation, found) : null;
  if (kind === 'authorization' && planSha256 === null) return 1;
  const { path, values } = placed(environment, config, found, options.path);
  const text = renderTemplate(`new/${kind}.md.liquid`, {
    ...values,
    kind,
    path,
    change: request.change,
    date: request.date,
    author: options.author ?? null,
    planSha256,
    nonce: randomBytes(NONCE_BYTES).toString('hex'),
  });
  createInside(config.root, path, text, 'name another with --path or --date');
  environment.terminal.out(`${path}\n`);
  environment.terminal.err(`next: ${NEXT[kind]}\n`);
  return 0;
}

/** 128 bits: nobody gets the same one by chance. */
const NONCE_BYTES = 16;

const NEXT: Readonly<Record<NewKind, string>> = {
  law: 'read it: it is what every change will follow; then "probatum new ddl --change CHANGE"',
  ddl: 'write the SQL and its scope; then "probatum new command-package"',
  'command-package': 'write target and checks; then "probatum plan" and "probatum rehearse" it',
  review: 'read what it pins, and write the verdict',
  authorization: 'see what it is for with "probatum plan"; then write who orders the run, and its window',
  note: 'write it',
};

/** Digest of the plan that an authorization is for; null after saying why there is none. */
async function planToAuthorize(
  environment: Environment,
  compilation: Compilation,
  { values }: Draft,
): Promise<string | null> {
  const { document } = values.subject as { readonly document: string };
  const prepared = await planForServers(environment, compilation, document);
  if ('plan' in prepared && prepared.errors.length === 0) return prepared.planSha256;
  showErrors(environment, compilation, prepared.errors);
  environment.terminal.err(`nothing was written: ${document} gives no plan that could be authorized\n`);
  return null;
}

function refuseIdle(kind: NewKind, options: NewOptions): void {
  for (const [name, kinds] of Object.entries(OPTIONS)) {
    const value = options[name as keyof typeof OPTIONS];
    if (value !== undefined && !kinds.includes(kind))
      throw new UsageError(
        'bad-argument',
        `--${name} says nothing to a ${kind}`,
        `it is for: ${kinds.join(', ')}`,
      );
  }
}

function requestOf(
  environment: Environment,
  config: Config,
  model: Model,
  kind: NewKind,
  options: NewOptions,
): DraftRequest {
  const change = options.change ?? (kind === 'law' ? 'governed-migration-protocol' : undefined);
  if (change === undefined)
    throw new UsageError(
      'bad-argument',
      '--change is missing',
      'name the change that the document belongs to',
    );
  const date = options.date ?? localDate(environment.now());
  const wrong = schemaErrors('note', { kind: 'note', date }).length > 0;
  if (wrong)
    throw new UsageError('bad-argument', `--date: ${date} is no calendar date`, 'write it as 2026-05-16');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(change))
    throw new UsageError(
      'bad-argument',
      `--change: "${change}" is no name`,
      'use letters, digits, ".", "_" and "-"',
    );
  const inside = (path: string) => toRootPath(config.root, environment.cwd, path);
  const { ddl, law, subject } = options;
  return {
    change,
    date,
    folder: model.roots[0] ?? '',
    after: (options.after ?? []).map(inside),
    ...(ddl === undefined ? {} : { ddl: inside(ddl) }),
    ...(law === undefined ? {} : { law: inside(law) }),
    ...(subject === undefined ? {} : { subject: inside(subject) }),
  };
}

/** The place that the user named, or the draft's own. @throws UsageError where no document can be there */
function placed({ cwd }: Environment, config: Config, found: Draft, named: string | undefined): Draft {
  const path = named === undefined ? found.path : toRootPath(config.root, cwd, named);
  if (!path.endsWith('.md') || !corpusMatcher(config)(path))
    throw new UsageError(
      'bad-argument',
      `${path} would be no document of the corpus: ${config.corpus.join(', ')}`,
    );
  if (schemaErrors('note', { kind: 'note', document_path: path }).length > 0)
    throw new UsageError(
      'bad-argument',
      `${path} has a blank or a backslash in it`,
      'name another with --path',
    );
  return { ...found, path };
}

/** The date where the user is. */
function localDate(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

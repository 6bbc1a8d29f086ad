import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isSignedKind, type SignableDocument } from '../authority/document-signatures.js';
import { signDocument } from '../authority/sign-document.js';
import { readSignature } from '../authority/ssh-signature.js';
import { UsageError } from '../base/usage-error.js';
import { kindName } from '../model/entry.js';
import type { Compilation } from '../pipeline.js';
import { encodeTerminal } from '../render/encode.js';
import { compileCorpus, documentPath, showErrors } from './corpus.js';
import { judgeSignatures } from './signatures.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

export interface SignOptions {
  /** Private key, or public key of one that an agent holds. */
  readonly key?: string;
  /** Name in `DOCUMENT.NAME.sig`, for a further signer. */
  readonly as?: string;
  readonly force: boolean;
}

/** `probatum sign DOCUMENT`: writes the signature beside a review or an authorization. @returns exit code */
export async function sign(environment: Environment, path: string, options: SignOptions): Promise<number> {
  const { compilation } = await compileCorpus(environment, [path]);
  const document = signable(compilation, documentPath(compilation, environment, path));
  const { terminal, cwd } = environment;
  const errors = compilation.strict.filter(
    ({ file, severity }) => file === document.path && severity === 'error',
  );
  if (errors.length > 0) {
    showErrors(environment, compilation, errors);
    terminal.err('not signed: the document has errors\n');
    return 1;
  }
  const name = options.as === undefined ? '' : `.${options.as}`;
  const file = join(compilation.config.root, `${document.path}${name}.sig`);
  if (existsSync(file) && !options.force)
    throw new UsageError(
      'cannot-write',
      `${relative(cwd, file)} is there already`,
      'a further signer says --as NAME; --force replaces it',
    );
  const signature = await signDocument(document, options.key ?? null);
  writeResult(file, signature, options.force);
  const { namespace, fingerprint } = readSignature(signature)!;
  terminal.out(
    `signed ${encodeTerminal(document.path)} for ${namespace}\nkey        ${fingerprint}\nsignature  ${encodeTerminal(relative(cwd, file))}\n`,
  );
  for (const said of await whatVerifySays(environment, compilation, document.path, file))
    terminal.err(`${encodeTerminal(`note: verify will say: ${said}`)}\n`);
  return 0;
}

/** Why the signature that was just written does not count, or not yet; nothing where nobody says who may sign. */
async function whatVerifySays(
  { now }: Environment,
  compilation: Compilation,
  path: string,
  file: string,
): Promise<string[]> {
  const { config, model } = compilation;
  if (!config.signatures) return [];
  try {
    const [judged] = await judgeSignatures(compilation, [model.entries.get(path)!], now());
    const own = judged!.signatures.find((one) => join(config.root, one.path) === file)?.verdict;
    const refused = own && !own.accepted ? [own.reason] : [];
    return [...refused, ...(judged!.missing === null ? [] : [judged!.missing])];
  } catch (error) {
    // The signature is there, and is none the worse for it.
    if (error instanceof UsageError) return [error.message];
    throw error;
  }
}

function signable({ model, files }: Compilation, path: string): SignableDocument {
  const entry = model.entries.get(path);
  if (!entry) throw new UsageError('no-such-document', `${path} is no document of the corpus`);
  const kind = kindName(entry);
  if (isSignedKind(kind)) return { path, kind, bytes: files.get(path)!.bytes };
  throw new UsageError(
    'bad-argument',
    `${path} is a ${kind ?? 'document of no kind'}`,
    'reviews and authorizations are signed',
  );
}

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { verify } from '../../src/commands/verify.js';
import type { Compared } from '../../src/commands/verify-report.js';
import type { Session } from '../../src/target/engine.js';
import { type Identity, readIdentity } from '../../src/target/identity.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { createPgliteCluster, pgliteVersion } from '../../src/target/pglite-cluster.js';
import { Repository } from '../cli/git-repository.js';
import { probatum, type Result } from '../cli/probatum.js';
import { BASE_SQL, DOCUMENTS, FIXTURE_SQL, removeChange, TARGET, writeChange } from './change.js';
import { environmentOf } from './run-probatum.js';

/** Where the published record of the one run lies, and what is beside it. */
export interface Published {
  readonly folder: string;
  readonly record: string;
  readonly journal: string;
  readonly seal: string;
  readonly report: string;
}

/** Makes changes with a PGlite target, in a git repository, and keys. One cluster serves all of them. */
export class SealedRuns {
  private readonly roots: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly identity: Identity,
  ) {}

  static async open(): Promise<SealedRuns> {
    const folder = mkdtempSync(join(tmpdir(), 'probatum-sealed-'));
    const template = join(folder, 'cache', `pglite-${await pgliteVersion()}`);
    mkdirSync(dirname(template));
    await createPgliteCluster(template);
    cpSync(template, join(folder, 'base'), { recursive: true });
    const identity = await inside(join(folder, 'base'), async (session) => {
      for (const sql of (BASE_SQL + FIXTURE_SQL).split(';\n')) await session.run(sql);
      return readIdentity(session);
    });
    return new SealedRuns(folder, identity);
  }

  close(): void {
    for (const root of this.roots) removeChange(root);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Private key of OpenSSH; the public one is beside it. */
  sshKey(name: string): string {
    const file = join(this.folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return file;
  }

  /** Private key of Ed25519 as PEM, with the line of `allowed_signers` in `FILE.pub`. */
  pemKey(name: string): string {
    const file = join(this.folder, `${name}.pem`);
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file], { stdio: 'ignore' });
    const der = execFileSync('openssl', ['pkey', '-in', file, '-pubout', '-outform', 'DER']);
    const field = (part: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, part.length]), part]);
    const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(der.subarray(-32))]);
    writeFileSync(`${file}.pub`, `ssh-ed25519 ${blob.toString('base64')} ${name}\n`);
    return file;
  }

  /** A change that is committed. @param signatures the configuration's part about them @param allowed lines of signers */
  async change(signatures = '', allowed = ''): Promise<string> {
    const target = `    engine: pglite\n    directory: database\n`;
    const root = await writeChange(this.identity, { target });
    this.roots.push(root);
    cpSync(join(this.folder, 'base'), join(root, 'database'), { recursive: true });
    configure(root, signatures, allowed);
    writeFileSync(join(root, '.gitignore'), 'database*\n.probatum\n');
    // What a rehearsal would make first, which takes seconds.
    cpSync(join(this.folder, 'cache'), join(root, '.probatum/cache'), { recursive: true });
    new Repository(root).commit();
    return root;
  }

  /** Another folder with the same files, runs and database. */
  copyAll(root: string): string {
    const copy = mkdtempSync(join(tmpdir(), 'probatum-sealed-copy-'));
    this.roots.push(copy);
    cpSync(root, copy, { recursive: true });
    return copy;
  }

  /** Another folder with the same documents. */
  copy(root: string): string {
    const copy = mkdtempSync(join(tmpdir(), 'probatum-sealed-copy-'));
    this.roots.push(copy);
    for (const name of ['knowledge', 'probatum.config.yaml', 'allowed_signers', '.git', '.gitignore'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    return copy;
  }
}

/** Writes who may sign. */
export function configure(root: string, signatures: string, allowed: string): void {
  const file = join(root, 'probatum.config.yaml');
  const text = readFileSync(file, 'utf8').replace(/\nsignatures:[\s\S]*$/, '\n');
  const said = signatures === '' ? '' : `signatures:\n  allowed_signers: allowed_signers\n${signatures}`;
  writeFileSync(file, `${text}${said}`);
  writeFileSync(join(root, 'allowed_signers'), allowed);
}

/** Part of the configuration: a run has to be signed by the principal `ops`. */
export const RUN_SIGNED = '  roles:\n    operator: [ops]\n  required:\n    run: {role: operator}\n';

/** A line of `allowed_signers`. */
export function signer(key: string, principal = 'ops', options = 'namespaces="probatum-run"'): string {
  return `${principal} ${options} ${readFileSync(`${key}.pub`, 'utf8').trim()}\n`;
}

export function runChange(root: string, ...args: string[]): Promise<Result> {
  return probatum(['run', DOCUMENTS.package, '--target', TARGET, ...args], { cwd: root });
}

/** Files the newest run of a change in the corpus. */
export async function publish(root: string): Promise<Published> {
  const found = execFileSync('find', ['.probatum/runs', '-name', 'record.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  const newest = dirname(found.trim().split('\n').sort().at(-1)!);
  const { code, err } = await probatum(['report', newest, '--publish', '--force'], { cwd: root });
  if (code !== 0) throw new Error(err);
  const record = /^record {2}(.*)$/m.exec(err)![1]!;
  const folder = dirname(record);
  return {
    folder,
    record,
    journal: `${folder}/journal.jsonl`,
    seal: `${folder}/seal.json`,
    report: DOCUMENTS.execution,
  };
}

/** What `verify` finds of the report, `RULE: MESSAGE`, and what it says that it did. */
export async function verified(
  root: string,
): Promise<{ readonly found: string[]; readonly compared: Compared }> {
  const { environment, printed } = environmentOf(root);
  await verify(environment, [DOCUMENTS.execution], { format: 'json' });
  const { diagnostics, compared } = JSON.parse(printed.out) as {
    readonly diagnostics: readonly Diagnostic[];
    readonly compared: Compared;
  };
  return { found: diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`), compared };
}

async function inside<T>(directory: string, what: (session: Session) => Promise<T>): Promise<T> {
  const target = await openPgliteTarget('t', directory);
  try {
    return await what(await target.open());
  } finally {
    await target.close();
  }
}

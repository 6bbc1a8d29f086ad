import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { UsageError } from './base/usage-error.js';
import {
  ADOPT_EXAMPLES,
  INIT_EXAMPLES,
  LINT_EXAMPLES,
  NEW_EXAMPLES,
  PIN_EXAMPLES,
} from './command-examples.js';
import {
  count,
  expectPlan,
  findingsFormat,
  findingsOutput,
  fixOption,
  force,
  format,
  INDIRECT,
  policyFrom,
  proveBackup,
  sealKey,
  signerName,
} from './command-options.js';
import { type Environment, processTerminal } from './commands/terminal.js';
import type { Executed, WatchedRun } from './commands/watch-run.js';
import { VERSION } from './version.js';

const terminal = processTerminal();
const program = new Command();
let exitCode = 0;
/** Set while a migration is under way or done: from then on a fault needs a person. */
let databaseTouched = false;

/** What every command gets; `--root` is read when the command runs. */
function environment(): Environment {
  const { root } = program.opts<{ root?: string }>();
  const cwd = process.cwd();
  const touched = () => {
    databaseTouched = true;
  };
  return {
    cwd,
    root: resolve(cwd, root ?? '.'),
    variables: process.env,
    terminal,
    now: () => new Date(),
    touched,
  };
}

/** Prints the end of a command that executes a plan and came to no end of its own; null while none does. */
let sayEnd: WatchedRun['sayEnd'] | null = null;

/** What a command gets that executes a plan. */
async function executing(how: Executed): Promise<Environment> {
  const { watchRun } = await import('./commands/watch-run.js');
  const watched = watchRun(environment(), how);
  sayEnd = watched.sayEnd;
  // The journal ends with a whole line, and its lock goes away with the process, as do the programs that it started.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(watched.interrupted()));
  return watched.environment;
}

program
  .name('probatum')
  .description(
    'A compiler for governance documents: nothing is said that was not proved, nothing runs that was not reviewed.',
  )
  .version(VERSION)
  .option('--root <folder>', 'folder of probatum.config.yaml (default: the nearest one above)')
  .showHelpAfterError('(run with --help for what can be said)')
  .exitOverride();

program
  .command('lint')
  .description('check the corpus; exit 0 clean, 1 findings, 2 could not run')
  .argument('[path...]', 'documents or folders to show findings of (default: all)')
  .addOption(findingsFormat())
  .addOption(findingsOutput())
  .option('--quiet', 'show errors only')
  .addOption(
    new Option('--max-warnings <number>', 'exit with 1 for more warnings than this').argParser(count),
  )
  .addOption(
    new Option('--staged', "judge what is in git's index, and show what is staged").conflicts([
      'since',
      'stdin',
      'watch',
    ]),
  )
  .addOption(
    new Option('--since <revision>', 'show documents changed since the merge base with a revision').conflicts(
      'stdin',
    ),
  )
  .addOption(new Option('--stdin', 'judge standard input as if it were a file').conflicts('watch'))
  .addOption(new Option('--stdin-filename <path>', 'the file that standard input is judged as'))
  .option('--watch', 'lint again whenever a document or the configuration changes')
  .option('--no-cache', 'read every document anew, and keep nothing for the next time')
  .option(
    '--no-plugins',
    'run no code of the corpus, its rules or squawk (for corpora that you do not trust)',
  )
  .addOption(
    new Option('--fix [kind]', 'apply safe fixes; with =digests also renew digests and revisions').conflicts([
      'fixDryRun',
      ...INDIRECT,
    ]),
  )
  .addOption(
    new Option('--fix-dry-run [kind]', 'show what --fix would change, and write nothing').conflicts(INDIRECT),
  )
  .addHelpText('after', LINT_EXAMPLES)
  .action(async (paths: string[], options, command: Command) => {
    if ((options.stdin === true) !== (options.stdinFilename !== undefined))
      command.error('error: --stdin and --stdin-filename go together');
    if (options.stdin && paths.length > 0) command.error('error: --stdin takes no paths');
    if (options.watch && (options.format !== 'pretty' || options.output !== undefined))
      command.error('error: --watch writes for people: without --output, and in no other format');
    const fix = fixOption(options.fix, paths);
    const fixDryRun = fixOption(options.fixDryRun, paths);
    const { lint } = await import('./commands/lint.js');
    exitCode = await lint(environment(), paths, { ...options, fix, fixDryRun });
  });

program
  .command('init')
  .description(
    'what a repository needs to have its documents checked: configuration, hooks, a workflow; shows it without --write',
  )
  .addOption(
    new Option('--ci <system...>', 'whose workflow (default: by what is there)').choices([
      'github',
      'gitlab',
      'none',
    ]),
  )
  .addOption(format())
  .option('--write', 'write it; files that others use too are never replaced', false)
  .option('--force', 'write the configuration and the workflow of its own anew', false)
  .addHelpText('after', INIT_EXAMPLES)
  .action(async (options) => {
    const { init } = await import('./commands/init.js');
    exitCode = await init(environment(), options);
  });

program
  .command('new')
  .description('begin a document: its path, date and pins are filled in from the corpus')
  .argument('<kind>', 'law, ddl, command-package, review, authorization or note')
  .option('--change <change>', 'name of the change (for a law: governed-migration-protocol)')
  .option('--date <date>', 'its date (default: today)')
  .option('--author <name>', 'who writes it')
  .option('--path <file>', 'where it is written (default: by change, kind and date)')
  .option('--after <document...>', 'ddl documents that come before a new one')
  .option('--ddl <document>', 'ddl document of a command package (default: the newest of the change)')
  .option('--law <document>', 'law of a command package (default: the newest)')
  .option(
    '--subject <document>',
    'what is reviewed or authorized (default: what no review has as its subject)',
  )
  .addHelpText('after', NEW_EXAMPLES)
  .action(async (kind: string, options) => {
    const { newDocument } = await import('./commands/new.js');
    exitCode = await newDocument(environment(), kind, options);
  });

program
  .command('adopt')
  .description(
    'rewrite documents from before the format into it, without losing a word; shows the difference',
  )
  .argument('<file...>')
  .option('--kind <kind>', 'kind of the documents (default: what their words say, where that is clear)')
  .option('--write', 'write them', false)
  .addHelpText('after', ADOPT_EXAMPLES)
  .action(async (files: string[], options) => {
    const { adoptFiles } = await import('./commands/adopt.js');
    exitCode = await adoptFiles(environment(), files, options);
  });

program
  .command('pin')
  .description('renew the digests and revisions that documents pin; shows what changed in what they pin')
  .argument('<document...>')
  .option('--write', 'write them', false)
  .addHelpText('after', PIN_EXAMPLES)
  .action(async (documents: string[], options) => {
    const { pinDocuments } = await import('./commands/pin.js');
    exitCode = await pinDocuments(environment(), documents, options);
  });

program
  .command('lock')
  .description(
    'write revision and digest of every governed document into probatum.lock; exit 1 where a locked revision has other bytes',
  )
  .option('--check', 'write nothing; exit 1 where the file is not as it would be written', false)
  .option('--since <rev>', "also hold it against the lock file of git's common ancestor with this revision")
  .option('--force', 'write it also where a locked revision has other bytes', false)
  .addOption(findingsFormat())
  .addOption(findingsOutput())
  .action(async (options) => {
    const { lock } = await import('./commands/lock.js');
    exitCode = await lock(environment(), options);
  });

program
  .command('sign')
  .description('sign a review or an authorization with an SSH key; writes DOCUMENT.sig')
  .argument('<document>')
  .option(
    '--key <file>',
    'private key, or the public key of one that the agent holds (default: the only key of the agent)',
  )
  .addOption(new Option('--as <name>', 'write DOCUMENT.NAME.sig: a further signer').argParser(signerName))
  .addOption(force())
  .action(async (document: string, options) => {
    const { sign } = await import('./commands/sign.js');
    exitCode = await sign(environment(), document, options);
  });

program
  .command('extract')
  .description("print the exact bytes of a document's reviewed SQL")
  .argument('<document>')
  .addOption(
    new Option('--role <role>', 'which fences')
      .choices(['migration', 'rollback', 'fixture', 'preflight', 'verify'])
      .default('migration'),
  )
  .option('--output <file>', 'write to a file instead of standard output')
  .addOption(force())
  .action(async (document: string, options) => {
    const { extract } = await import('./commands/extract.js');
    exitCode = await extract(environment(), document, options);
  });

program
  .command('plan')
  .description("show what a run of a command package would do, with the plan's digest")
  .argument('<package>')
  .addOption(format())
  .action(async (document: string, options) => {
    const { plan } = await import('./commands/plan.js');
    exitCode = await plan(environment(), document, options);
  });

program
  .command('rehearse')
  .description('execute a plan on a scratch database that is built from the corpus')
  .argument('<package>')
  .addOption(format())
  .addOption(expectPlan())
  .addOption(proveBackup())
  .addOption(sealKey())
  .action(async (document: string, options) => {
    const { rehearse } = await import('./commands/rehearse.js');
    exitCode = await rehearse(await executing({ ...options, mode: 'rehearsal' }), document, options);
  });

program
  .command('run')
  .description(
    'execute a plan on a target; exit 0 succeeded, 1 a no and nothing committed, 2 could not start, 3 rolled back, 4 a person is needed, 5 locked',
  )
  .argument('<package>')
  .requiredOption('--target <name>', 'target of probatum.config.yaml, the one that the package names')
  .addOption(format())
  .addOption(expectPlan())
  .addOption(proveBackup())
  .addOption(policyFrom())
  .addOption(sealKey())
  .action(async (document: string, options) => {
    const { run } = await import('./commands/run.js');
    exitCode = await run(await executing({ ...options, mode: 'run' }), document, options);
  });

program
  .command('enroll')
  .description(
    'give a target a mark and a ledger, by a governed change of the tool itself; shows it without --write',
  )
  .argument('<target>', 'target of probatum.config.yaml')
  .addOption(format())
  .option('--write', 'run it', false)
  .addOption(sealKey())
  .action(async (target: string, options) => {
    const { enroll } = await import('./commands/enroll.js');
    exitCode = await enroll(await executing({ ...options, mode: 'run' }), target, options);
  });

program
  .command('resume')
  .description(
    'settle a run that died: what became of its transactions, then verification and rollback; never sends the migration again',
  )
  .argument('<run>', 'its id, or its folder')
  .addOption(format())
  .addOption(sealKey())
  .action(async (run: string, options) => {
    const { resume } = await import('./commands/resume.js');
    exitCode = await resume(await executing({ ...options, mode: 'run', resumes: true }), run, options);
  });

program
  .command('runs')
  .description('what ran here and how it ended; exit 1 where a run is to be settled')
  .argument('[change]')
  .addOption(format())
  .action(async (change: string | undefined, options) => {
    const { runs } = await import('./commands/runs.js');
    exitCode = runs(environment(), change, options);
  });

program
  .command('status')
  .description(
    'where every change stands: what is done, what is missing, whose turn it is, what became suspect',
  )
  .argument('[change]', 'one of them, with all its stages')
  .addOption(format())
  .addOption(policyFrom())
  .action(async (change: string | undefined, options) => {
    const { status } = await import('./commands/status.js');
    exitCode = await status(environment(), change, options);
  });

program
  .command('report')
  .description('render the report of a run record')
  .argument('<record>', 'record.json, or the folder of a run')
  .option('--output <file>', 'write to a file instead of standard output')
  .option('--publish', 'file report and record in the corpus, at the path that the package names', false)
  .addOption(force())
  .action(async (record: string, options) => {
    const { report } = await import('./commands/report.js');
    exitCode = await report(environment(), record, options);
  });

program
  .command('attest')
  .description('write the seal of a run again, from its record, journal and artefacts')
  .argument('<record>', 'record.json, or the folder of a run')
  .addOption(sealKey())
  .option('--output <file>', 'write to a file instead of standard output')
  .addOption(force())
  .action(async (record: string, options) => {
    const { attest } = await import('./commands/attest.js');
    exitCode = await attest(environment(), record, options);
  });

program
  .command('verify')
  .description(
    'check pins, lock, reviews, authorizations, signatures and seals, and every report against its record by rendering it again',
  )
  .argument('[path...]', 'documents or folders (default: all)')
  .addOption(findingsFormat())
  .addOption(findingsOutput())
  .option(
    '--since <revision>',
    'only what changed since the merge base with a revision, and what that breaks; signers are those of the revision',
  )
  .addOption(policyFrom())
  .action(async (paths: string[], options) => {
    const { verify } = await import('./commands/verify.js');
    exitCode = await verify(environment(), paths, options);
  });

program
  .command('explain')
  .description('what a rule finds, why, and what to do; without a rule, all of them')
  .argument('[rule]')
  .action(async (rule: string | undefined) => {
    const { explain } = await import('./commands/explain.js');
    exitCode = explain(environment(), rule);
  });

program
  .command('lsp')
  .description('serve an editor over standard input and output (Language Server Protocol)')
  .option('--stdio', 'said by most editors; there is no other way')
  .option('--clientProcessId <id>', 'ends with this process')
  .option('--plugins', 'load rules of the corpus: they are code (for corpora that you trust)', false)
  .action(async (options) => {
    const { lsp } = await import('./commands/lsp.js');
    await lsp(environment(), options);
  });

program
  .command('demo')
  .description(
    'the whole way, from lint to a verified report, on a copy of the example corpus and an embedded database',
  )
  .option('--directory <folder>', 'where to work (default: a new temporary folder)')
  .action(async (options) => {
    const { demo } = await import('./demo/demo.js');
    exitCode = await demo(environment(), options);
  });

// Nobody reads any more: that never ends a command, least of all a run between COMMIT and its record.
let unwritten: NodeJS.ErrnoException | null = null;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  unwritten ??= error;
});
process.stderr.on('error', () => {});
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error: unknown) => {
    report(error, databaseTouched ? 4 : 2);
    process.exit(databaseTouched ? 4 : 2);
  });

void program
  .parseAsync()
  .catch((error) => {
    exitCode = report(error);
  })
  // What was written is out before the process ends, on pipes too.
  .then(() => process.stdout.write('', () => setImmediate(end)));

/** A result that could not be written is none; a run's result is in its folder as well. */
function end(): never {
  if (unwritten && unwritten.code !== 'EPIPE' && exitCode === 0 && !databaseTouched) {
    terminal.err(`error: the result could not be written (${unwritten.code})\n`);
    exitCode = 2;
  }
  process.exit(exitCode);
}

/**
 * Says what went wrong and what to do.
 * @param ends exit code of a process that ends here, whatever went wrong
 * @returns exit code: 2 could not run, 5 another run is in the way, 4 a person is needed
 */
function report(error: unknown, ends?: number): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { red } = terminal.errColors;
  const known = error instanceof UsageError ? error : null;
  const code = ends ?? (known?.code === 'record-lost' ? 4 : known?.code === 'locked' ? 5 : 2);
  if (known) terminal.err(`${red('error')}: ${known.message}\n${known.help ? `  ${known.help}\n` : ''}`);
  else {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`${red('error')}: this is a fault of probatum, please report it\n${details}\n`);
  }
  sayEnd?.(error, code);
  return code;
}

import { UsageError } from '../base/usage-error.js';
import type { Config } from '../load/config.js';
import { documentsAt } from '../load/corpus-commit.js';
import { planDigestOf } from '../pipeline.js';
import { planDocuments } from '../plan/build-plan.js';
import type { RunRecord } from '../record/record.js';
import { VERSION } from '../version.js';
import type { Environment } from './terminal.js';

/**
 * What is wrong with a record's plan: at the commit that the record names, its documents have other bytes than the plan
 * says, or give another plan. Where that cannot be told, it is listed as not compared.
 */
export async function comparePlan(
  { cwd, variables }: Environment,
  config: Config,
  record: RunRecord,
  compared: { plans: number; readonly absent: string[] },
): Promise<string[]> {
  const { plan, corpus, runId } = record;
  const absent = (why: string): string[] => {
    compared.absent.push(`plan of ${runId} (${why})`);
    return [];
  };
  if (corpus.commit === null) return absent('it was made outside of git');
  const found = await documentsAt(config.root, { cwd, variables }, corpus.commit, planDocuments(plan));
  const commit = `commit ${corpus.commit.slice(0, 12)}`;
  if (!found) return absent(`${commit} is not here`);
  if (found.changed.join('\n') !== corpus.changed.join('\n'))
    return [
      `at ${commit} other documents of the plan differ (${list(found.changed)}) than it says (${list(corpus.changed)})`,
    ];
  if (found.changed.length > 0) return absent(`${list(found.changed)} was not in ${commit}`);
  const digest = await digestOf(config, found.files, plan.package.path);
  if (digest === record.planSha256) {
    compared.plans += 1;
    return [];
  }
  // Another version may plan otherwise; the documents are those of the record all the same.
  if (record.tool.version !== VERSION)
    return absent(`made by version ${record.tool.version}, this is ${VERSION}`);
  return [`the documents at ${commit} give plan ${digest}, and not ${record.planSha256}`];
}

function list(paths: readonly string[]): string {
  return paths.length === 0 ? 'none' : paths.join(', ');
}

async function digestOf(...args: Parameters<typeof planDigestOf>): Promise<string> {
  try {
    return await planDigestOf(...args);
  } catch (error) {
    // Documents of a record that was made up need not be such as a plan can be made of.
    if (error instanceof UsageError || error instanceof TypeError) return `none (${error.message})`;
    throw error;
  }
}

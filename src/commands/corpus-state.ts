import { UsageError } from '../base/usage-error.js';
import { checkedOut } from '../load/corpus-commit.js';
import { planDocuments } from '../plan/build-plan.js';
import type { Plan } from '../plan/plan.js';
import type { CorpusState } from '../record/events.js';
import { encodeTerminal } from '../render/encode.js';
import type { Environment } from './terminal.js';

/** The commit that a plan's documents are from. Where git does not tell it, that is said and nothing is claimed. */
export async function corpusState(
  { cwd, variables, terminal }: Environment,
  root: string,
  plan: Plan,
): Promise<CorpusState> {
  try {
    const state = await checkedOut(root, { cwd, variables }, planDocuments(plan));
    return state ?? { commit: null, changed: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(`${encodeTerminal(`note: the record will name no commit: ${error.message}`)}\n`);
    return { commit: null, changed: [] };
  }
}

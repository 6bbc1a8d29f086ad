import { canonicalJson } from '../base/canonical-json.js';
import { expectOlderGrammars } from '../pipeline.js';
import { encodeJson } from '../render/encode.js';
import { planText } from '../render/plan.js';
import { compileCorpus, documentPath, errorLine, showErrors } from './corpus.js';
import { planForServers } from './plan-for-servers.js';
import type { Environment } from './terminal.js';

export interface PlanOptions {
  readonly format: 'pretty' | 'json';
}

/** `probatum plan PACKAGE`: what a run would do, with the plan's digest. @returns exit code */
export async function plan(environment: Environment, path: string, options: PlanOptions): Promise<number> {
  expectOlderGrammars();
  const { compilation } = await compileCorpus(environment, [path]);
  const prepared = await planForServers(
    environment,
    compilation,
    documentPath(compilation, environment, path),
  );
  if (!('plan' in prepared) || prepared.errors.length > 0) {
    showErrors(environment, compilation, prepared.errors);
    const message = `${prepared.errors.length} errors in the documents that it is made from`;
    environment.terminal.err(`no plan: ${message}\n`);
    const error = { code: 'documents', message, help: null, details: prepared.errors.map(errorLine) };
    if (options.format === 'json')
      environment.terminal.out(`${encodeJson(canonicalJson({ plan: null, planSha256: null, error }))}\n`);
    return 1;
  }
  const { out, colors } = environment.terminal;
  if (options.format === 'json')
    out(`${canonicalJson({ plan: prepared.plan, planSha256: prepared.planSha256 })}\n`);
  else out(planText(prepared.plan, prepared.planSha256, colors));
  return 0;
}

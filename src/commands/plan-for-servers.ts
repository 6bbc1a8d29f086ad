import { type Compilation, preparePlanForServers } from '../pipeline.js';
import type { Environment } from './terminal.js';

/** Plans a package, and says where a grammar that should have been asked is not there. */
export async function planForServers(
  { terminal }: Environment,
  compilation: Compilation,
  path: string,
): ReturnType<typeof preparePlanForServers> {
  const prepared = await preparePlanForServers(compilation, path);
  if (prepared.missingGrammars.length > 0) {
    const majors = prepared.missingGrammars.join(', ');
    terminal.err(
      `not asked: the grammar of PostgreSQL ${majors}, whose optional package (libpg-query-…) is not installed\n`,
    );
  }
  return prepared;
}

import { serve } from '../lsp/server.js';
import type { Environment } from './terminal.js';

export interface LspOptions {
  /** Whether rules of the corpus are loaded. */
  readonly plugins: boolean;
}

/** `probatum lsp`: a language server on standard input and output. It ends when its editor does, and never by itself. */
export function lsp({ root }: Environment, { plugins }: LspOptions): Promise<never> {
  serve(process.stdin, process.stdout, { folder: root, plugins });
  return new Promise(() => {});
}

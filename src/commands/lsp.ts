import { serve } from '../lsp/server.js';
import type { Environment } from './terminal.js';

/** `probatum lsp`: a language server on standard input and output. It ends when its editor does, and never by itself. */
export function lsp({ root }: Environment): Promise<never> {
  serve(process.stdin, process.stdout, root);
  return new Promise(() => {});
}

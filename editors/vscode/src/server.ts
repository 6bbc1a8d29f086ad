import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type ServerOptions, TransportKind } from 'vscode-languageclient/node';

/** Where the server of a workspace is: its own package, else what the setting names; null where there is neither. */
export function findServer(folders: readonly string[], setting: string): ServerOptions | null {
  for (const folder of folders) {
    const module = join(folder, 'node_modules', 'probatum', 'dist', 'cli.js');
    if (existsSync(module)) return run(module, folder);
  }
  if (setting === '') return null;
  const [first = '.'] = folders;
  return run(isAbsolute(setting) ? setting : join(first, setting), first);
}

/**
 * The extension starts in trusted workspaces only, so rules of the corpus, which are code, are loaded as `lint` does.
 * A JavaScript file is run by the editor's own Node.js, anything else as a program.
 */
function run(file: string, cwd: string): ServerOptions {
  if (/\.[cm]?js$/.test(file))
    return { module: file, args: ['lsp', '--plugins'], transport: TransportKind.stdio, options: { cwd } };
  const shell = /\.(?:cmd|bat)$/i.test(file);
  return {
    command: shell ? `"${file}"` : file,
    args: ['lsp', '--stdio', '--plugins'],
    options: { cwd, shell },
  };
}

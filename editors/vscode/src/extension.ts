import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, type ExtensionContext, env, window, workspace } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { findServer } from './server';

let client: LanguageClient | undefined;

/** Starts the server where a folder has documents for it. */
export async function activate({ subscriptions }: ExtensionContext): Promise<void> {
  subscriptions.push(
    commands.registerCommand('probatum.restart', restart),
    commands.registerCommand('probatum.copyDigest', copyDigest),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('probatum.path')) await restart();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  // Markdown is written in many workspaces that have nothing to do with it.
  const governed = (folder: string) =>
    existsSync(join(folder, 'probatum.config.yaml')) || existsSync(join(folder, 'knowledge'));
  if (!folders.some(governed)) return;
  const setting = workspace.getConfiguration('probatum').get('path', '');
  const server = findServer(folders, setting);
  if (!server) {
    void window.showWarningMessage(
      'probatum: no server. Install the package "probatum" in the workspace, or name the program in the setting "probatum.path".',
    );
    return;
  }
  client = new LanguageClient('probatum', 'probatum', server, {
    documentSelector: [{ scheme: 'file', pattern: '**/*.md' }],
    synchronize: { configurationSection: 'probatum' },
  });
  try {
    await client.start();
  } catch (error) {
    void window.showErrorMessage(`probatum: the server did not start: ${String(error)}`);
  }
}

async function copyDigest(digest: unknown): Promise<void> {
  if (typeof digest !== 'string') return;
  await env.clipboard.writeText(digest);
  window.setStatusBarMessage('probatum: digest copied', 2000);
}

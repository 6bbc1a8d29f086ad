import { basename } from 'node:path';
import {
  type Connection,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  ShowMessageNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { LOCK_FILE } from '../base/lock-file.js';
import { CONFIG_FILE } from '../load/config-yaml.js';
import { VERSION } from '../version.js';
import { Buffers } from './buffers.js';
import { type Client, readClient } from './client.js';
import { FIX_ALL } from './code-actions.js';
import { TRIGGERS } from './completion.js';
import { openEngine } from './engine.js';
import { answerRequests } from './requests.js';
import { fileOfUri, uriOfPath } from './uris.js';
import { type Voice, Workspace } from './workspace.js';
import { Workspaces } from './workspaces.js';

/** What is said when the server is started. */
export interface ServerOptions {
  /** Where the corpus is looked for if the editor names no folder. */
  readonly folder: string;
  /** Whether rules of the corpus are loaded, which are code. */
  readonly plugins: boolean;
}

/**
 * Serves an editor over these streams until it says `exit`, closes them or dies: the connection then ends the process.
 */
export function serve(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  { folder, plugins }: ServerOptions,
): void {
  const connection = createConnection(input, output);
  const voice = voiceOf(connection);
  let client: Client | null = null;
  const workspaces = new Workspaces(
    (opened, owns) => new Workspace(opened, buffers, client!, voice, owns, (one) => openEngine(one, plugins)),
  );
  const buffers = new Buffers(connection, (uri) => workspaces.changed(uri));
  let folders: readonly string[] = [];
  connection.onInitialize((params) => {
    client = readClient(params);
    folders = foldersOf(params, folder);
    answerRequests({ connection, client, buffers, workspaces, show: voice.show });
    return { capabilities: capabilities(), serverInfo: { name: 'probatum', version: VERSION } };
  });
  connection.onInitialized(async () => {
    for (const uri of folders) workspaces.add(uri);
    await watch(connection, client!, workspaces);
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => basename(fileOfUri(uri) ?? '') === CONFIG_FILE)) workspaces.reconfigured();
    else for (const { uri } of changes) workspaces.changed(uri);
  });
  connection.onDidChangeConfiguration(() => workspaces.reconfigured());
  connection.listen();
}

function voiceOf(connection: Connection): Voice {
  // What cannot be told is lost with the client, whose end ends the process.
  const tell = (sent: Promise<void>) => void sent.catch(() => {});
  return {
    publish: (uri, version, diagnostics) =>
      tell(connection.sendDiagnostics({ uri, ...(version === null ? {} : { version }), diagnostics })),
    log: (message) => connection.console.log(message),
    // A notification: a client that does not answer requests of this kind must not matter.
    show: (type, message) =>
      tell(
        connection.sendNotification(ShowMessageNotification.type, { type, message: `probatum: ${message}` }),
      ),
  };
}

/** Addresses of the folders that are open: a client of before folders names one root, or none. */
function foldersOf({ workspaceFolders, rootUri }: InitializeParams, otherwise: string): string[] {
  if (workspaceFolders && workspaceFolders.length > 0) return workspaceFolders.map(({ uri }) => uri);
  return [rootUri ?? uriOfPath(otherwise, '.')];
}

const MARKDOWN = { scheme: 'file', pattern: { glob: '**/*.md' } } as const;
const MARKDOWN_OR_FOLDER = [
  MARKDOWN,
  { scheme: 'file', pattern: { glob: '**', matches: 'folder' as const } },
];

function capabilities(): InitializeResult['capabilities'] {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    definitionProvider: true,
    referencesProvider: true,
    hoverProvider: true,
    completionProvider: { triggerCharacters: TRIGGERS },
    renameProvider: { prepareProvider: true },
    codeActionProvider: { codeActionKinds: ['quickfix', FIX_ALL] },
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    codeLensProvider: {},
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { willRename: { filters: MARKDOWN_OR_FOLDER } },
    },
  };
}

/** Asks to be told of what changes besides the open documents. A client may refuse: then saving tells. */
async function watch(connection: Connection, client: Client, workspaces: Workspaces): Promise<void> {
  if (client.workspaceFolders)
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      for (const { uri } of removed) workspaces.remove(uri);
      for (const { uri } of added) workspaces.add(uri);
    });
  const watchers = ['*.md', LOCK_FILE, CONFIG_FILE].map((name) => ({ globPattern: `**/${name}` }));
  try {
    if (client.watchesFiles)
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    if (client.configuration) await connection.client.register(DidChangeConfigurationNotification.type);
  } catch (error) {
    connection.console.log(`the client does not tell of changes: ${String(error)}`);
  }
}

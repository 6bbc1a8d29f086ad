import type {
  CancellationToken,
  CompletionItem,
  Connection,
  Location,
  Position,
} from 'vscode-languageserver/node';
import { ask, type Service } from './ask.js';
import type { Buffers } from './buffers.js';
import { codeActionsAt } from './code-actions.js';
import { completionsAt } from './completion.js';
import { hoverAt } from './hover.js';
import { lensesOf } from './lenses.js';
import { toClientRange, toPoint, toRange } from './positions.js';
import { definitionsOf, referencesTo } from './references.js';
import { answerRenames } from './rename-requests.js';
import type { Place } from './snapshot.js';
import { subjectAt } from './subject.js';
import { documentSymbols, flatSymbols, workspaceSymbols } from './symbols.js';
import type { Workspace } from './workspace.js';
import type { Workspaces } from './workspaces.js';

/** Registers what is asked of documents. */
export function answerRequests(service: Service): void {
  const { connection, client, buffers, workspaces } = service;
  answerNavigation(connection, workspaces);
  answerRenames(service);
  connection.onCompletion(async ({ textDocument: { uri }, position }) =>
    complete(buffers, workspaces, uri, position),
  );
  connection.onCodeAction(async ({ textDocument: { uri }, range, context }, token) => {
    const asked = await ask(workspaces, uri, token);
    if (!asked) return null;
    const { snapshot, path, workspace } = asked;
    return codeActionsAt(snapshot, path, toRange(range), context.only, client, workspace);
  });
  connection.onDocumentSymbol(async ({ textDocument: { uri } }, token) => {
    const asked = await ask(workspaces, uri, token);
    if (!asked) return null;
    const tree = documentSymbols(asked.snapshot, asked.path);
    return client.hierarchicalSymbols ? tree : flatSymbols(tree, uri);
  });
  connection.onWorkspaceSymbol(async ({ query }) => {
    const found = await Promise.all(
      workspaces.list().map(async (workspace) => {
        const snapshot = await workspace.fresh();
        return snapshot ? workspaceSymbols(snapshot, query, workspace) : [];
      }),
    );
    return found.flat();
  });
  connection.onCodeLens(async ({ textDocument: { uri } }, token) => {
    const asked = await ask(workspaces, uri, token);
    return asked && lensesOf(asked.snapshot, asked.path);
  });
}

function answerNavigation(connection: Connection, workspaces: Workspaces): void {
  const subject = async (uri: string, position: Position, token: CancellationToken) => {
    const asked = await ask(workspaces, uri, token);
    const found = asked && subjectAt(asked.snapshot, asked.path, toPoint(position));
    return found ? { ...asked, subject: found.subject } : null;
  };
  connection.onDefinition(async ({ textDocument: { uri }, position }, token) => {
    const at = await subject(uri, position, token);
    return at && locations(at.workspace, definitionsOf(at.snapshot, at.subject));
  });
  connection.onReferences(async ({ textDocument: { uri }, position, context }, token) => {
    const at = await subject(uri, position, token);
    if (!at) return null;
    const declared = context.includeDeclaration ? definitionsOf(at.snapshot, at.subject) : [];
    return locations(at.workspace, [...declared, ...referencesTo(at.snapshot, at.subject)]);
  });
  connection.onHover(async ({ textDocument: { uri }, position }, token) => {
    const asked = await ask(workspaces, uri, token);
    return asked && hoverAt(asked.snapshot, asked.path, toPoint(position));
  });
}

function locations(workspace: Workspace, places: readonly Place[]): Location[] {
  return places.map(({ path, position }) => ({ uri: workspace.uri(path), range: toClientRange(position) }));
}

/** Completion does not wait for the text that is being typed to be compiled: it reads it as it stands. */
async function complete(
  buffers: Buffers,
  workspaces: Workspaces,
  uri: string,
  { line, character }: Position,
): Promise<CompletionItem[]> {
  const workspace = workspaces.of(uri);
  const snapshot = await workspace?.recent();
  const path = workspace?.path(uri);
  const text = buffers.get(uri)?.getText();
  if (!snapshot || path == null || text === undefined) return [];
  return completionsAt(snapshot, { path, lines: text.split(/\r\n|\n|\r/), line, column: character });
}

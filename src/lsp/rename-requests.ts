import { type FileRename, MessageType, type WorkspaceEdit } from 'vscode-languageserver/node';
import { type Asked, ask, refusal, type Service } from './ask.js';
import type { Client } from './client.js';
import { toClientRange, toPoint } from './positions.js';
import { type Renaming, refuseName, renamableAt, renaming } from './rename.js';
import type { Snapshot } from './snapshot.js';
import { pathOfUri, uriOfPath } from './uris.js';
import type { Workspace } from './workspace.js';
import { type FileMove, toWorkspaceEdit } from './workspace-edit.js';
import type { Workspaces } from './workspaces.js';

/** Registers renames: of a path that stands in a text, and of files in the editor's own list. */
export function answerRenames({ connection, client, workspaces, show }: Service): void {
  const warn = (message: string) => show(MessageType.Warning, message);
  connection.onPrepareRename(async ({ textDocument: { uri }, position }, token) => {
    const asked = await ask(workspaces, uri, token);
    const found = asked && renamableAt(asked.snapshot, asked.path, toPoint(position));
    return found && { range: toClientRange(found.position), placeholder: found.path };
  });
  connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }, token) => {
    const asked = await ask(workspaces, uri, token);
    const found = asked && renamableAt(asked.snapshot, asked.path, toPoint(position));
    if (!asked || !found) return refusal('what stands here is no path of a document');
    if (!client.renamesFiles)
      return refusal('this editor does not rename files; rename it where its files are listed');
    return rename(asked, client, found.path, newName.normalize('NFC'), warn);
  });
  connection.workspace.onWillRenameFiles(async ({ files }) => {
    const edits: WorkspaceEdit[] = [];
    for (const workspace of workspaces.list()) {
      const snapshot = await workspace.fresh();
      const moves = snapshot && movesOf(workspace, snapshot, files, workspaces);
      if (!moves || moves.size === 0) continue;
      const result = renaming(snapshot, moves);
      edits.push(editOf(client, workspace, result, []));
      if (!client.annotations) warn(whatFollows(result));
    }
    return edits.length === 0 ? null : merged(edits);
  });
}

function rename(
  { workspace, snapshot }: Asked,
  client: Client,
  from: string,
  to: string,
  warn: (message: string) => void,
) {
  const refused = refuseName(snapshot, { from, to }, workspace.includes(to));
  if (refused !== null) return refusal(refused);
  const result = renaming(snapshot, new Map([[from, to]]));
  if (!client.annotations) warn(whatFollows(result));
  const move = { oldUri: workspace.uri(from), newUri: uriOfPath(workspace.root, to) };
  return editOf(client, workspace, result, [move]);
}

function editOf(client: Client, workspace: Workspace, result: Renaming, moves: FileMove[]): WorkspaceEdit {
  const annotation = { label: 'Rename document', description: whatFollows(result), needsConfirmation: false };
  return toWorkspaceEdit(result.edits, client, workspace, { moves, annotation });
}

/** What the person has to know: bytes change, so that what was reviewed is not what is there. */
function whatFollows({ edits, reports, pinning, unclear }: Renaming): string {
  const names = (paths: readonly string[]) =>
    paths.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(', ');
  const parts = [`${edits.size} documents change, and with them their digests.`];
  if (pinning.length > 0)
    parts.push(
      `Refresh the pins with "probatum pin" and have judged again what rests on them: ${names(pinning)}.`,
    );
  if (reports.length > 0)
    parts.push(`Generated reports keep the old path, as their record has it: ${names(reports)}.`);
  if (unclear.length > 0) parts.push(`Links to correct by hand: ${names(unclear)}.`);
  return parts.join(' ');
}

/** Documents that move when files or folders are renamed, by path. */
function movesOf(
  workspace: Workspace,
  { model }: Snapshot,
  files: readonly FileRename[],
  workspaces: Workspaces,
): Map<string, string> {
  const moves = new Map<string, string>();
  for (const { oldUri, newUri } of files) {
    const from = pathOfUri(workspace.root, oldUri);
    const to = pathOfUri(workspace.root, newUri);
    if (from === null || to === null || workspaces.of(oldUri) !== workspace) continue;
    for (const path of model.entries.keys())
      if (path === from) moves.set(path, to);
      else if (path.startsWith(`${from}/`)) moves.set(path, `${to}${path.slice(from.length)}`);
  }
  return moves;
}

function merged(edits: readonly WorkspaceEdit[]): WorkspaceEdit {
  if (edits.length === 1) return edits[0]!;
  if (edits.some(({ changes }) => changes))
    return { changes: Object.assign({}, ...edits.map(({ changes }) => changes)) };
  return {
    documentChanges: edits.flatMap(({ documentChanges }) => documentChanges ?? []),
    changeAnnotations: Object.assign({}, ...edits.map(({ changeAnnotations }) => changeAnnotations)),
  };
}

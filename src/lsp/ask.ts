import {
  type CancellationToken,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import type { Buffers } from './buffers.js';
import type { Client } from './client.js';
import type { Snapshot } from './snapshot.js';
import type { Voice, Workspace } from './workspace.js';
import type { Workspaces } from './workspaces.js';

/** What requests are answered with. */
export interface Service {
  readonly connection: Connection;
  readonly client: Client;
  readonly buffers: Buffers;
  readonly workspaces: Workspaces;
  readonly show: Voice['show'];
}

/** A document of a corpus, as the features ask of it. */
export interface Asked {
  readonly workspace: Workspace;
  readonly snapshot: Snapshot;
  readonly path: string;
}

/**
 * The document that a request is about, in the corpus as it is now; null for a file outside of every corpus.
 * @throws ResponseError where the client has given up meanwhile
 */
export async function ask(
  workspaces: Workspaces,
  uri: string,
  token: CancellationToken,
): Promise<Asked | null> {
  const workspace = workspaces.of(uri);
  const snapshot = await workspace?.fresh();
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
  const path = workspace?.path(uri);
  return workspace && snapshot && path != null ? { workspace, snapshot, path } : null;
}

/** What a request that makes no sense is answered with. */
export function refusal(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidRequest, message);
}

import type {
  ChangeAnnotation,
  RenameFile,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { Edit } from '../base/diagnostic.js';
import type { Addresses, Client } from './client.js';
import { comparePoints, toClientRange } from './positions.js';

/** Edits of documents, by path. */
export type Edits = ReadonlyMap<string, readonly Edit[]>;

/** Files that get other names, by their addresses. */
export interface FileMove {
  readonly oldUri: string;
  readonly newUri: string;
}

/** Edits as the client takes them: for exactly the versions that were looked at, where it can tell versions apart. */
export function toWorkspaceEdit(
  edits: Edits,
  client: Client,
  addresses: Addresses,
  also: { readonly moves?: readonly FileMove[]; readonly annotation?: ChangeAnnotation } = {},
): WorkspaceEdit {
  const { moves = [], annotation } = also;
  const annotated = annotation !== undefined && client.annotations;
  if (!client.documentChanges)
    return { changes: Object.fromEntries([...edits].map(([path, of]) => [addresses.uri(path), texts(of)])) };
  const annotate = annotated ? { annotationId: ANNOTATION } : {};
  const documents = [...edits].map(
    ([path, of]): TextDocumentEdit => ({
      textDocument: { uri: addresses.uri(path), version: addresses.version(path) },
      edits: texts(of).map((edit) => ({ ...edit, ...annotate })),
    }),
  );
  const files = moves.map((move): RenameFile => ({ kind: 'rename', ...move, ...annotate }));
  return {
    documentChanges: [...documents, ...files],
    ...(annotated ? { changeAnnotations: { [ANNOTATION]: annotation } } : {}),
  };
}

const ANNOTATION = 'probatum';

function texts(edits: readonly Edit[]): TextEdit[] {
  return [...edits]
    .sort((a, b) => comparePoints(a.position.start, b.position.start))
    .map(({ position, text }) => ({ range: toClientRange(position), newText: text }));
}

import type { InitializeParams } from 'vscode-languageserver/node';

/** What the client said it can do, as far as the server asks. */
export interface Client {
  readonly relatedInformation: boolean;
  readonly hierarchicalSymbols: boolean;
  /** Edits with versions, and changes of files in their order. */
  readonly documentChanges: boolean;
  readonly renamesFiles: boolean;
  readonly annotations: boolean;
  readonly watchesFiles: boolean;
  readonly configuration: boolean;
  readonly workspaceFolders: boolean;
}

export function readClient({ capabilities: { textDocument, workspace } }: InitializeParams): Client {
  const edit = workspace?.workspaceEdit;
  const documentChanges = edit?.documentChanges ?? false;
  return {
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation ?? false,
    hierarchicalSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport ?? false,
    documentChanges,
    renamesFiles: documentChanges && (edit?.resourceOperations?.includes('rename') ?? false),
    annotations: documentChanges && edit?.changeAnnotationSupport !== undefined,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    configuration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    workspaceFolders: workspace?.workspaceFolders ?? false,
  };
}

/** How the client calls the documents of a corpus. */
export interface Addresses {
  uri(path: string): string;
  /** Version of an open document; null for one that is not open. */
  version(path: string): number | null;
}

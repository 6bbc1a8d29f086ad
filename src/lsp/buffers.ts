import { readFile } from 'node:fs/promises';
import type { Connection } from 'vscode-languageserver/node';
import { TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine, Overlay } from './engine.js';
import { fileOfUri, pathOfUri } from './uris.js';

/** The documents that are open in the editor. What they hold is judged in place of the files on disk. */
export class Buffers {
  private readonly documents = new TextDocuments(TextDocument);
  /** Opened or saved, and not changed since. */
  private readonly untouched = new Set<string>();

  /** @param changed called with the address of a document whose bytes may be others now */
  constructor(connection: Connection, changed: (uri: string) => void) {
    const { documents, untouched } = this;
    // `onDidChangeContent` also fires when a document is opened, after `onDidOpen`.
    const opened = new Set<string>();
    documents.onDidOpen(({ document }) => {
      opened.add(document.uri);
      untouched.add(document.uri);
    });
    documents.onDidChangeContent(({ document: { uri } }) => {
      if (!opened.delete(uri)) untouched.delete(uri);
      changed(uri);
    });
    documents.onDidSave(({ document: { uri } }) => {
      untouched.add(uri);
      changed(uri);
    });
    documents.onDidClose(({ document: { uri } }) => {
      untouched.delete(uri);
      changed(uri);
    });
    documents.listen(connection);
  }

  get(uri: string): TextDocument | undefined {
    return this.documents.get(uri);
  }

  /** The open document of a path, under the address that the client gave it. */
  ofPath(root: string, path: string): TextDocument | undefined {
    return this.documents.all().find(({ uri }) => pathOfUri(root, uri) === path);
  }

  /** Bytes of the open documents of a corpus that are not those on disk. */
  async overlay({ root, includes }: Engine): Promise<Overlay> {
    const overlay = new Map<string, Uint8Array>();
    for (const document of this.documents.all()) {
      const path = pathOfUri(root, document.uri);
      if (path === null || !includes(path)) continue;
      const disk = await readFile(fileOfUri(document.uri)!).catch(() => null);
      const bytes = bytesOf(document.getText(), disk, this.untouched.has(document.uri));
      if (bytes) overlay.set(path, bytes);
    }
    return overlay;
  }
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * What a save would write; null where the file on disk is what is shown. An editor drops a byte order mark, repairs
 * invalid UTF-8 and makes mixed line ends one when it opens a file: until somebody types, the file itself is judged.
 */
function bytesOf(text: string, disk: Buffer | null, untouched: boolean): Uint8Array | null {
  if (disk === null) return Buffer.from(text);
  const shown = new TextDecoder().decode(disk);
  if (shown === text || (untouched && oneLineEnd(shown) === oneLineEnd(text))) return null;
  const bytes = Buffer.from(text);
  return disk.subarray(0, 3).equals(BOM) ? Buffer.concat([BOM, bytes]) : bytes;
}

function oneLineEnd(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

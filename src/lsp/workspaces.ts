import { fileOfUri, pathOfUri } from './uris.js';
import type { Workspace } from './workspace.js';

/** The folders of the editor, each with its corpus. A document belongs to the nearest root above it. */
export class Workspaces {
  private readonly all = new Map<string, Workspace>();

  /** @param open makes the corpus of a folder */
  constructor(private readonly open: (folder: string, owns: (uri: string) => boolean) => Workspace) {}

  add(uri: string): void {
    const folder = fileOfUri(uri);
    if (folder === null || this.all.has(folder)) return;
    const workspace: Workspace = this.open(folder, (document) => this.nearest(document) === workspace);
    this.all.set(folder, workspace);
    workspace.changed();
  }

  remove(uri: string): void {
    const folder = fileOfUri(uri);
    if (folder === null) return;
    this.all.get(folder)?.close();
    this.all.delete(folder);
    // What it owned may be another's now.
    this.changed();
  }

  /** The corpus that a document belongs to. */
  of(uri: string): Workspace | null {
    return this.nearest(uri);
  }

  list(): readonly Workspace[] {
    return [...this.all.values()];
  }

  /** A configuration may be another one: which corpus it concerns is for each to say. */
  reconfigured(): void {
    for (const workspace of this.all.values()) workspace.reconfigured();
  }

  /** Something changed that may concern every corpus, or the one that an address lies in. */
  changed(uri?: string): void {
    for (const workspace of this.all.values())
      if (uri === undefined || pathOfUri(workspace.root, uri) !== null) workspace.changed();
  }

  private nearest(uri: string): Workspace | null {
    let found: Workspace | null = null;
    for (const workspace of this.all.values()) {
      if (pathOfUri(workspace.root, uri) === null) continue;
      if (!found || workspace.root.length > found.root.length) found = workspace;
    }
    return found;
  }
}

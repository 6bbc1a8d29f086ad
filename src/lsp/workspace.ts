import { type Diagnostic as ClientDiagnostic, MessageType } from 'vscode-languageserver/node';
import { UsageError } from '../base/usage-error.js';
import type { Buffers } from './buffers.js';
import type { Addresses, Client } from './client.js';
import { toClientDiagnostic } from './diagnostics.js';
import type { Engine } from './engine.js';
import { Latest } from './latest.js';
import { Snapshot } from './snapshot.js';
import { pathOfUri, uriOfPath } from './uris.js';

/** What a folder's corpus says to the client. */
export interface Voice {
  publish(uri: string, version: number | null, diagnostics: ClientDiagnostic[]): void;
  /** For the log. */
  log(message: string): void;
  /** For the person. */
  show(type: MessageType, message: string): void;
}

/** Milliseconds without a change before a corpus is compiled again. */
const PAUSE = 120;

/** The corpus around one folder of the editor: compiled again after every change, its findings told to the client. */
export class Workspace implements Addresses {
  private engine: Engine | null = null;
  private configured = false;
  private complained: string | null = null;
  private readonly published = new Map<string, string>();
  private readonly compiled: Latest<Snapshot>;

  /**
   * @param folder as the client named it
   * @param owns whether the corpus of another folder does not lie nearer to an address
   * @param open makes the engine of a folder, again after its configuration has changed
   */
  constructor(
    readonly folder: string,
    private readonly buffers: Buffers,
    private readonly client: Client,
    private readonly voice: Voice,
    private readonly owns: (uri: string) => boolean,
    private readonly open: (folder: string) => Engine,
  ) {
    this.compiled = new Latest(() => this.compile(), PAUSE, {
      done: (snapshot) => this.publish(snapshot),
      failed: (error) => this.fail(error),
    });
  }

  /** Folder that document paths are relative to; the client's own until the configuration was read. */
  get root(): string {
    return this.engine?.root ?? this.folder;
  }

  /** Path of a document of the corpus; null for every other address. */
  path(uri: string): string | null {
    const path = pathOfUri(this.root, uri);
    return path !== null && this.engine?.includes(path) ? path : null;
  }

  includes(path: string): boolean {
    return this.engine?.includes(path) ?? false;
  }

  uri(path: string): string {
    return this.buffers.ofPath(this.root, path)?.uri ?? uriOfPath(this.root, path);
  }

  version(path: string): number | null {
    return this.buffers.ofPath(this.root, path)?.version ?? null;
  }

  /** Bytes of a document may be others now. */
  changed(): void {
    this.compiled.changed();
  }

  /** The configuration may be another one now. */
  reconfigured(): void {
    this.configured = false;
    this.compiled.changed();
  }

  /** The corpus as it is now; null where it cannot be read. */
  fresh(): Promise<Snapshot | null> {
    return this.compiled.fresh();
  }

  /** The corpus as it was last, for answers that cannot wait. */
  async recent(): Promise<Snapshot | null> {
    return this.compiled.last ?? this.compiled.fresh();
  }

  /** The folder is none of the editor's any more: its findings go. */
  close(): void {
    this.compiled.close();
    for (const path of this.published.keys()) this.voice.publish(this.uri(path), null, []);
    this.published.clear();
  }

  private async compile(): Promise<Snapshot> {
    const engine = this.configure();
    const start = performance.now();
    const compilation = await engine.compile(await this.buffers.overlay(engine));
    const { paths, diagnostics } = compilation;
    const time = `${Math.round(performance.now() - start)} ms`;
    this.voice.log(`${paths.length} documents, ${diagnostics.length} findings, ${time} (${engine.root})`);
    return new Snapshot(compilation, await compilation.loadModel());
  }

  /** The engine of the configuration as it is now; of the last valid one while that is broken. */
  private configure(): Engine {
    if (this.engine && this.configured) return this.engine;
    try {
      this.engine = this.open(this.folder);
    } catch (error) {
      if (!this.engine) throw error;
      this.fail(error);
    }
    this.configured = true;
    return this.engine;
  }

  /** Tells of every document whose findings are others than the client knows, open or not. */
  private publish(snapshot: Snapshot): void {
    this.complained = null;
    const found = new Set(snapshot.compilation.diagnostics.map(({ file }) => file));
    for (const path of new Set([...found, ...this.published.keys()])) {
      const version = this.version(path);
      const findings = snapshot.diagnostics(path);
      // Compared before anything is made of them: a corpus may have many that stay the same.
      const told = JSON.stringify([version, findings]);
      if (this.published.get(path) === told) continue;
      const uri = this.uri(path);
      if (!this.owns(uri)) continue;
      const list = findings.map((one) => toClientDiagnostic(one, this.client, this));
      this.voice.publish(uri, version, list);
      if (list.length > 0) this.published.set(path, told);
      else this.published.delete(path);
    }
  }

  private fail(error: unknown): void {
    const usage = error instanceof UsageError;
    const message = usage ? [error.message, error.help].filter(Boolean).join('\n') : describe(error);
    this.voice.log(message);
    if (this.complained === message) return;
    this.complained = message;
    const text = usage ? message : `a fault of probatum, please report it: ${String(error)}`;
    this.voice.show(MessageType.Error, text);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

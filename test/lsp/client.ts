import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  RegistrationRequest,
  ShowMessageNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  UnregistrationRequest,
} from 'vscode-languageserver-protocol/node';
import { CLI } from '../cli/probatum.js';

/** What an editor like VS Code says that it can do, as far as the server asks. */
export const EDITOR: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: { relatedInformation: true, versionSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
  workspace: {
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    didChangeConfiguration: { dynamicRegistration: true },
    workspaceEdit: {
      documentChanges: true,
      resourceOperations: ['create', 'rename', 'delete'],
      changeAnnotationSupport: {},
    },
  },
};

/** An editor without a screen: a real client over the pipes of the built command line. */
export class Editor {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly log: string[] = [];
  readonly shown: string[] = [];
  readonly registered: string[] = [];
  /** All that was published, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  private readonly texts = new Map<string, { version: number; text: string }>();
  private waiting: (() => void)[] = [];

  constructor(
    readonly root: string,
    args: readonly string[] = [],
  ) {
    this.process = spawn(process.execPath, [CLI, 'lsp', '--stdio', ...args], {
      cwd: root,
      env: { PATH: process.env.PATH },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.listen();
  }

  /** Starts the server for folders; the root alone if none is named. */
  static async start(root: string, capabilities = EDITOR, folders = [root]): Promise<Editor> {
    const editor = new Editor(root);
    await editor.initialize(capabilities, folders);
    return editor;
  }

  async initialize(capabilities = EDITOR, folders = [this.root]): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities,
      workspaceFolders: folders.map((folder) => ({ uri: pathToFileURL(folder).href, name: folder })),
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }

  /** Path of an address below the root. */
  path(uri: string): string {
    return relative(this.root, fileURLToPath(uri));
  }

  text(path: string): string {
    return this.texts.get(path)?.text ?? readFileSync(join(this.root, path), 'utf8');
  }

  async open(path: string, text = this.text(path)): Promise<void> {
    this.texts.set(path, { version: 1, text });
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: this.uri(path), languageId: 'markdown', version: 1, text },
    });
  }

  /** Replaces the first occurrence of a text in an open document. @returns the new version */
  async change(path: string, from: string, to: string): Promise<number> {
    const known = this.texts.get(path)!;
    const start = this.place(path, from);
    const end = positionOf(known.text, known.text.indexOf(from) + from.length);
    const next = { version: known.version + 1, text: known.text.replace(from, () => to) };
    this.texts.set(path, next);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: this.uri(path), version: next.version },
      contentChanges: [{ range: { start, end }, text: to }],
    });
    return next.version;
  }

  async save(path: string): Promise<void> {
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, {
      textDocument: { uri: this.uri(path) },
    });
  }

  async close(path: string): Promise<void> {
    this.texts.delete(path);
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: this.uri(path) },
    });
  }

  /** Where a text stands in a document, and `into` characters further. */
  place(path: string, wanted: string, into = 0): Position {
    const text = this.text(path);
    const index = text.indexOf(wanted);
    if (index < 0) throw new Error(`${path} does not hold ${JSON.stringify(wanted)}`);
    return positionOf(text, index + into);
  }

  /** Text of a span. */
  slice(path: string, { start, end }: Range): string {
    const text = this.text(path);
    return text.slice(offsetOf(text, start), offsetOf(text, end));
  }

  /** What the client now shows for a document. */
  diagnostics(path: string): Diagnostic[] {
    return this.published.findLast(({ uri }) => uri === this.uri(path))?.diagnostics ?? [];
  }

  /** Waits until something that the server said makes a condition true. */
  async until<T>(what: string, condition: () => T | undefined | false, limit = 20_000): Promise<T> {
    const deadline = performance.now() + limit;
    for (;;) {
      const value = condition();
      if (value !== undefined && value !== false) return value;
      if (this.process.exitCode !== null) throw new Error(`the server is gone before ${what}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`not seen in ${limit} ms: ${what}\n${this.log.join('\n')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Waits until the corpus was compiled so many times. */
  async compiled(times = 1, limit?: number): Promise<void> {
    const seen = () => this.log.filter((line) => / documents, \d+ findings/.test(line)).length >= times;
    await this.until(`${times} compiles`, seen, limit);
  }

  /** Says goodbye as the protocol asks. @returns exit code */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.process.once('exit', resolve));
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    const code = await ended;
    this.connection.dispose();
    return code;
  }

  private listen(): void {
    const { connection } = this;
    const wake = () => {
      const waiting = this.waiting;
      this.waiting = [];
      for (const one of waiting) one();
    };
    connection.onNotification(LogMessageNotification.type, ({ message }) => {
      this.log.push(message);
      wake();
    });
    connection.onNotification(ShowMessageNotification.type, ({ message }) => {
      this.shown.push(message);
      wake();
    });
    connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      wake();
    });
    connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
      for (const { method } of registrations) this.registered.push(method);
      wake();
    });
    connection.onRequest(UnregistrationRequest.type, () => {});
    this.process.once('exit', wake);
    connection.listen();
  }
}

function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)!.length };
}

function offsetOf(text: string, { line, character }: Position): number {
  const before = text.split('\n').slice(0, line);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + character;
}

import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CodeActionRequest,
  CompletionRequest,
  DefinitionRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidOpenTextDocumentNotification,
  DocumentSymbolRequest,
  HoverRequest,
  ReferencesRequest,
  RenameRequest,
  WillRenameFilesRequest,
} from 'vscode-languageserver-protocol/node';
import { CLI, temporaryFolders } from '../cli/probatum.js';
import { Editor } from './client.js';

const folder = temporaryFolders();
const NOTE = '---\nkind: note\n---\n\nsee knowledge/two.md\n';
const PATH = 'knowledge/one.md';

let editor: Editor | null = null;

afterEach(async () => {
  await editor?.stop();
  editor = null;
});

/** Whether the server still answers as it should. */
async function expectAlive(one: Editor): Promise<void> {
  const symbols = await one.connection.sendRequest(DocumentSymbolRequest.type, {
    textDocument: { uri: one.uri(PATH) },
  });
  expect(symbols).toEqual([]);
  expect(one.process.exitCode).toBeNull();
}

describe('the server survives', () => {
  it('places that do not exist, and files that are none', async () => {
    editor = await Editor.start(folder({ [PATH]: NOTE }));
    const { connection } = editor;
    const places = [
      { line: 99_999, character: 99_999 },
      { line: 4, character: 99_999 },
      { line: 0, character: 0 },
    ];
    const uris = [PATH, 'knowledge/none.md', '../../outside.md', '']
      .map((path) => editor!.uri(path))
      .concat('untitled:Untitled-1', 'git:/x.md', 'file:///%', 'nonsense', '');
    for (const uri of uris)
      for (const position of places) {
        const at = { textDocument: { uri }, position };
        const range = { start: position, end: position };
        for (const asked of [
          connection.sendRequest(HoverRequest.type, at),
          connection.sendRequest(DefinitionRequest.type, at),
          connection.sendRequest(CompletionRequest.type, at),
          connection.sendRequest(ReferencesRequest.type, { ...at, context: { includeDeclaration: true } }),
          connection.sendRequest(CodeActionRequest.type, { ...at, range, context: { diagnostics: [] } }),
        ])
          expect((await asked) ?? []).toEqual([]);
        const renamed = connection.sendRequest(RenameRequest.type, { ...at, newName: 'knowledge/x.md' });
        await expect(renamed).rejects.toThrow('no path of a document');
      }
    await expectAlive(editor);
  });

  it('messages without the parts that the protocol asks for', async () => {
    editor = await Editor.start(folder({ [PATH]: NOTE }));
    const { connection } = editor;
    for (const method of [
      'textDocument/hover',
      'textDocument/completion',
      'textDocument/rename',
      'no/such/thing',
    ])
      for (const params of [{}, { textDocument: null }, { textDocument: { uri: 7 }, position: 'x' }, [1]])
        await connection.sendRequest(method, params).catch((error: Error) => error);
    for (const method of [
      'textDocument/didChange',
      'textDocument/didOpen',
      'textDocument/didClose',
      'workspace/didChangeWatchedFiles',
      'workspace/didChangeWorkspaceFolders',
      'workspace/didRenameFiles',
      '$/nothing',
    ])
      for (const params of [{}, { textDocument: { uri: null } }, { changes: [{}] }, { event: {} }])
        await connection.sendNotification(method, params);
    await expectAlive(editor);
  });

  it('changes of documents that are not open, and ranges that are not there', async () => {
    editor = await Editor.start(folder({ [PATH]: NOTE }));
    const { connection } = editor;
    const change = (uri: string, version: number) =>
      connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [
          { range: { start: { line: 900, character: 9 }, end: { line: 1, character: 0 } }, text: '\ud800\0' },
        ],
      });
    await change(editor.uri(PATH), 2);
    await editor.open(PATH);
    await change(editor.uri(PATH), 2);
    await connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: {
        uri: editor.uri('knowledge/big.md'),
        languageId: 'x',
        version: 1,
        text: '- '.repeat(600_000),
      },
    });
    await connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: 'file:///%', type: 9 as 1 }],
    });
    await connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    const found = await editor.until('findings of both', () =>
      ['knowledge/big.md', PATH].every((path) => editor!.diagnostics(path).length > 0),
    );
    expect(found).toBe(true);
    expect(editor.diagnostics(PATH).map(({ code }) => code)).toContain('encoding');
    await expectAlive(editor);
  });

  it('a burst of changes and cancelled requests, and then judges the last text', async () => {
    editor = await Editor.start(folder({ [PATH]: NOTE, 'knowledge/two.md': NOTE }));
    await editor.open(PATH);
    let version = 1;
    for (let count = 0; count < 200; count++) {
      version = await editor.change(PATH, 'see ', `see ${count % 2 === 0 ? 'x' : 'y'} `);
      const source = editor.connection.sendRequest(HoverRequest.type, {
        textDocument: { uri: editor.uri(PATH) },
        position: { line: 4, character: 1 },
      });
      void source.catch(() => {});
    }
    version = await editor.change(PATH, 'two.md', 'three.md');
    const last = await editor.until('the finding', () =>
      editor!.published.findLast(({ diagnostics }) => diagnostics.length > 0),
    );
    expect(last.version).toBe(version);
    expect(editor.slice(PATH, last.diagnostics[0]!.range)).toBe('knowledge/three.md');
    // Not one compile for each of them.
    expect(editor.log.filter((text) => text.includes('documents,')).length).toBeLessThan(150);
  });

  it('a folder that is not there', async () => {
    editor = new Editor(folder({ [PATH]: NOTE }));
    await editor.initialize(undefined, ['/nowhere/at/all']);
    await editor.until('the complaint', () => editor!.shown.find((text) => text.includes('no such folder')));
    expect(
      await editor.connection.sendRequest(WillRenameFilesRequest.type, {
        files: [{ oldUri: 'file:///nowhere/at/all/a.md', newUri: 'file:///b.md' }],
      }),
    ).toBeNull();
  });
});

describe('the server ends', () => {
  it('with 0 after shutdown and exit, and writes nothing but messages', async () => {
    const one = await Editor.start(folder({ [PATH]: NOTE }));
    expect(await one.stop()).toBe(0);
  });

  it('when its input ends', async () => {
    const child = spawn(process.execPath, [CLI, 'lsp'], {
      cwd: folder(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    expect(await ended).toBe(1);
  });

  it('when the process that it was told of is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.once('exit', resolve));
    const child = spawn(process.execPath, [CLI, 'lsp', '--stdio', `--clientProcessId=${gone.pid}`], {
      cwd: folder(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  });
});

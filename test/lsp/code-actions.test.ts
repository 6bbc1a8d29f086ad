import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CodeAction,
  CodeActionRequest,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import type { Diagnostic, Fix } from '../../src/base/diagnostic.js';
import type { Range } from '../../src/base/position.js';
import { loadConfig } from '../../src/load/config.js';
import { readClient } from '../../src/lsp/client.js';
import { codeActionsAt } from '../../src/lsp/code-actions.js';
import { Snapshot } from '../../src/lsp/snapshot.js';
import { compile } from '../../src/pipeline.js';
import { probatum, temporaryFolders } from '../cli/probatum.js';
import { EDITOR, Editor } from './client.js';

const folder = temporaryFolders();
const NOTE = '---\nkind: note\n---\n';
const PATH = 'knowledge/one.md';

const line = (number: number, from = 1, to = from): Range => ({
  start: { line: number, column: from },
  end: { line: number, column: to },
});

describe('fixes', () => {
  const client = readClient({ capabilities: EDITOR, processId: null, rootUri: null });
  const addresses = { uri: (path: string) => `file:///x/${path}`, version: () => 7 };
  const finding = (number: number, fix?: Fix): Diagnostic => ({
    ruleId: 'malformed-table',
    severity: 'error',
    message: 'wrong',
    file: PATH,
    position: line(number, 1, 4),
    ...(fix ? { fix } : {}),
  });
  const fix = (kind: Fix['kind'], position: Range, text: string): Fix => ({
    title: 'write it so',
    kind,
    edits: [{ position, text }],
  });

  async function actions(diagnostics: Diagnostic[], range: Range, only?: string[]) {
    const root = folder({ [PATH]: `${NOTE}one\ntwo\nthree\nfour\n` });
    const compilation = await compile(loadConfig(root));
    const found = codeActionsAt(
      new Snapshot({ ...compilation, diagnostics }, compilation.model),
      PATH,
      range,
      only,
      client,
      addresses,
    );
    return found.filter(({ title }) => !title.startsWith('Suppress'));
  }
  const edits = (action: CodeAction) =>
    (action.edit!.documentChanges![0] as TextDocumentEdit).edits as TextEdit[];

  it('that a machine can decide are preferred, and change exactly the version that was judged', async () => {
    const [action, ...more] = await actions([finding(4, fix('safe', line(4, 1, 4), 'eins'))], line(4, 2));
    expect(more).toEqual([]);
    expect(action).toMatchObject({ title: 'Write it so', kind: 'quickfix', isPreferred: true });
    expect(action!.diagnostics![0]).toMatchObject({ code: 'malformed-table' });
    expect(action!.edit!.documentChanges).toEqual([
      {
        textDocument: { uri: `file:///x/${PATH}`, version: 7 },
        edits: [
          { range: { start: { line: 3, character: 0 }, end: { line: 3, character: 3 } }, newText: 'eins' },
        ],
      },
    ]);
  });

  it('that write a digest are not preferred and say what they say', async () => {
    const [action] = await actions([finding(4, fix('digests', line(4, 1, 4), 'eins'))], line(4));
    expect(action).toMatchObject({
      title: 'Write it so (says that it was read again)',
      isPreferred: false,
    });
  });

  it('are offered where the finding is only', async () => {
    expect(await actions([finding(4, fix('safe', line(4), 'x'))], line(5))).toEqual([]);
    expect(await actions([finding(4)], line(4))).toEqual([]);
  });

  it('are applied all at once on demand: safe ones, none over another', async () => {
    const diagnostics = [
      finding(4, fix('safe', line(4, 1, 4), 'eins')),
      finding(4, fix('safe', line(4, 2, 3), 'n')),
      finding(5, fix('digests', line(5, 1, 4), 'zwei')),
      finding(6, fix('safe', line(6, 1, 6), 'drei')),
    ];
    for (const only of [['source.fixAll'], ['source'], ['source.fixAll.probatum']]) {
      const [action, ...more] = await actions(diagnostics, line(1), only);
      expect(more).toEqual([]);
      expect(action!.kind).toBe('source.fixAll.probatum');
      expect(edits(action!).map(({ newText }) => newText)).toEqual(['eins', 'drei']);
    }
    expect(await actions(diagnostics, line(1), ['refactor'])).toEqual([]);
    expect((await actions(diagnostics, line(6), ['quickfix'])).map(({ kind }) => kind)).toEqual(['quickfix']);
  });
});

describe('suppression', () => {
  let editor: Editor;

  afterEach(async () => {
    await editor.stop();
  });

  async function suppressions(text: string, at: string): Promise<CodeAction[]> {
    editor = await Editor.start(folder({ [PATH]: text }));
    await editor.open(PATH);
    const start = editor.place(PATH, at);
    const found = await editor.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: editor.uri(PATH) },
      range: { start, end: start },
      context: { diagnostics: [] },
    });
    return ((found ?? []) as CodeAction[]).filter(({ title }) => title.startsWith('Suppress'));
  }

  it('is a comment above the line, whose reason the author writes', async () => {
    const [action, ...more] = await suppressions(
      `${NOTE}\n- one\n  see knowledge/two.md\n`,
      'knowledge/two.md',
    );
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      title: 'Suppress no-broken-reference on this line (write the reason)',
      isPreferred: false,
    });
    const [change] = action!.edit!.documentChanges! as TextDocumentEdit[];
    expect(change!.textDocument).toEqual({ uri: editor.uri(PATH), version: 1 });
    const position = { line: 5, character: 0 };
    expect(change!.edits).toEqual([
      {
        range: { start: position, end: position },
        newText: '  <!-- probatum-disable-next-line no-broken-reference: -->\n',
      },
    ]);
  });

  it.each([
    ['in front matter', '---\nkind: note\nx: knowledge/two.md\n---\n', 'knowledge/two.md'],
    ['for what is said of provenance', `${NOTE}0123abcd…4567\n`, '0123abcd'],
    ['in a table', `${NOTE}\n| a | b |\n| --- | --- |\n| knowledge/two.md |\n`, 'knowledge/two.md'],
    ['in a fence', `${NOTE}\n\`\`\`yaml\na: knowledge/two.md\n\`\`\`\n`, 'knowledge/two.md'],
    [
      'beside SQL that could run',
      `${NOTE}see knowledge/two.md\n\n\`\`\`sql migration\nSELECT 1;\n\`\`\`\n`,
      'knowledge/two.md',
    ],
    ['for a document that has no front matter', 'text\n', 'text'],
  ])('is not offered %s', async (_, text, at) => {
    const found = await suppressions(text, at);
    const { out } = await probatum(['lint', '--format', 'json'], { cwd: editor.root });
    // There is something that could be suppressed.
    const { diagnostics } = JSON.parse(out) as { diagnostics: Diagnostic[] };
    const place = editor.place(PATH, at);
    expect(diagnostics.some(({ position }) => position.start.line === place.line + 1)).toBe(true);
    expect(found).toEqual([]);
  });
});

describe('a fix of a rule', () => {
  it('repairs the document in the editor', async () => {
    const text = `${NOTE}\n# One\n\n[one](#ONE)\n`;
    const editor = await Editor.start(folder({ [PATH]: text }));
    await editor.open(PATH);
    const start = editor.place(PATH, '#ONE', 1);
    for (const only of [['quickfix'], ['source.fixAll']]) {
      const found = await editor.connection.sendRequest(CodeActionRequest.type, {
        textDocument: { uri: editor.uri(PATH) },
        range: { start, end: start },
        context: { diagnostics: [], only },
      });
      const [action] = found as CodeAction[];
      const [change] = action!.edit!.documentChanges as TextDocumentEdit[];
      const [{ range, newText }] = change!.edits as [TextEdit];
      expect([editor.slice(PATH, range), newText]).toEqual(['ONE', 'one']);
    }
    await editor.change(PATH, '#ONE', '#one');
    await editor.until('no findings', () => editor.published.at(-1)?.diagnostics.length === 0);
    await editor.stop();
  });
});

describe('a file that changed on disk', () => {
  it('is judged as it is now when an action is asked for', async () => {
    const root = folder({ [PATH]: `${NOTE}see knowledge/two.md\n`, 'knowledge/two.md': NOTE });
    const editor = await Editor.start(root);
    await editor.compiled();
    await editor.open(PATH);
    writeFileSync(join(root, 'knowledge/two.md'), `${NOTE}\nmore\n`);
    await editor.change(PATH, 'two.md', 'three.md');
    const start = editor.place(PATH, 'knowledge/three.md');
    const found = await editor.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: editor.uri(PATH) },
      range: { start, end: start },
      context: { diagnostics: [] },
    });
    expect((found as CodeAction[]).map(({ title }) => title)).toEqual([
      'Suppress no-broken-reference on this line (write the reason)',
    ]);
    await editor.stop();
  });
});

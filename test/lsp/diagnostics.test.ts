import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  HoverRequest,
} from 'vscode-languageserver-protocol/node';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, temporaryFolders } from '../cli/probatum.js';
import { EDITOR, Editor } from './client.js';

const folder = temporaryFolders();
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const LAW = `${FOLDER}/governed-migration-protocol-2026-05-10.md`;
const NOTE = '---\nkind: note\n---\n';
const TORN = `${NOTE}\n| Name | Value |\n| --- | --- |\n| a |\n`;

const editors: Editor[] = [];

afterEach(async () => {
  for (const editor of editors.splice(0)) await editor.stop();
});

async function start(...args: Parameters<typeof Editor.start>): Promise<Editor> {
  const editor = await Editor.start(...args);
  editors.push(editor);
  await editor.compiled();
  return editor;
}

async function startOnExample(): Promise<Editor> {
  const root = folder();
  copyExample(root);
  return start(root);
}

const codes = (editor: Editor, path: string) => editor.diagnostics(path).map(({ code }) => code);

/** Waits until a document has findings of exactly these rules. */
const found = (editor: Editor, path: string, ...rules: string[]) =>
  editor.until(`${rules.join(', ') || 'nothing'} in ${path}`, () => {
    const list = editor.published.findLast(({ uri }) => uri === editor.uri(path));
    const now = (list?.diagnostics ?? []).map(({ code }) => code);
    return list && JSON.stringify([...new Set(now)].sort()) === JSON.stringify([...rules].sort()) && list;
  });

/** Lets the server compile once more, by a request that waits for what is newest. */
const settle = (editor: Editor, path: string) =>
  editor.connection.sendRequest(HoverRequest.type, {
    textDocument: { uri: editor.uri(path) },
    position: { line: 0, character: 0 },
  });

describe('diagnostics', () => {
  it('are none for the example', async () => {
    const editor = await startOnExample();
    await editor.open(EXAMPLE.package);
    await settle(editor, EXAMPLE.package);
    expect(editor.published).toEqual([]);
  });

  it('come while somebody types, with version, rule, place and the other place, and go again', async () => {
    const editor = await startOnExample();
    await editor.open(EXAMPLE.package);
    const version = await editor.change(EXAMPLE.package, 'sha256: 2265f58b', 'sha256: 0000f58b');
    const list = await found(editor, EXAMPLE.package, 'document-digest-matches');
    expect(list.version).toBe(version);
    const [finding] = list.diagnostics;
    expect(finding).toMatchObject({ severity: 1, source: 'probatum', code: 'document-digest-matches' });
    expect(editor.slice(EXAMPLE.package, finding!.range)).toMatch(/^0000f58b[0-9a-f]{56}$/);
    expect(finding!.message).toContain('expected: 2265f58b');
    expect(finding!.message).toContain('help: ');
    expect(editor.path(finding!.relatedInformation![0]!.location.uri)).toBe(DDL);
    // The package's own bytes are others too, so what was said of them is stale, in documents nobody opened.
    await found(editor, EXAMPLE.packageReview, 'document-digest-matches');
    await editor.change(EXAMPLE.package, 'sha256: 0000f58b', 'sha256: 2265f58b');
    await found(editor, EXAMPLE.package);
    await found(editor, EXAMPLE.packageReview);
  });

  it('judge what is in the editor, not on disk, until it is closed', async () => {
    const editor = await startOnExample();
    await editor.open(DDL);
    await editor.change(DDL, 'CREATE TABLE', 'CREATE  TABLE');
    const list = await found(editor, EXAMPLE.package, 'document-digest-matches', 'sql-digest-matches');
    expect(list.version).toBeUndefined();
    await editor.close(DDL);
    await found(editor, EXAMPLE.package);
  });

  it('follow changes on disk: edited, added and removed files', async () => {
    const root = folder({ 'knowledge/one.md': NOTE });
    const editor = await start(root);
    const changed = (path: string, type: 1 | 2 | 3) =>
      editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
        changes: [{ uri: editor.uri(path), type }],
      });
    expect(editor.registered).toContain('workspace/didChangeWatchedFiles');
    writeFileSync(join(root, 'knowledge/two.md'), TORN);
    await changed('knowledge/two.md', 1);
    await found(editor, 'knowledge/two.md', 'malformed-table');
    writeFileSync(join(root, 'knowledge/one.md'), `${NOTE}See knowledge/three.md.\n`);
    await changed('knowledge/one.md', 2);
    await found(editor, 'knowledge/one.md', 'no-broken-reference');
    rmSync(join(root, 'knowledge/two.md'));
    await changed('knowledge/two.md', 3);
    await found(editor, 'knowledge/two.md');
  });

  it('are shown for a new file before it is saved, if the corpus includes it', async () => {
    const editor = await start(folder({ 'knowledge/one.md': NOTE, 'README.md': TORN }));
    await editor.open('knowledge/new.md', TORN);
    await found(editor, 'knowledge/new.md', 'malformed-table');
    await editor.open('README.md');
    await editor.change('README.md', '| a |', '| b |');
    await editor.open('other.md', TORN);
    await editor.change('knowledge/new.md', '| a |', '| a | b |');
    await found(editor, 'knowledge/new.md');
    expect(codes(editor, 'README.md')).toEqual([]);
    expect(codes(editor, 'other.md')).toEqual([]);
  });

  it('keep what an editor hides: a byte order mark, and line ends of two kinds', async () => {
    const root = folder({ 'knowledge/bom.md': `\ufeff${NOTE}`, 'knowledge/ends.md': `${NOTE}\r\nText\r\n` });
    const editor = await start(root);
    await found(editor, 'knowledge/bom.md', 'encoding');
    await editor.open('knowledge/bom.md', NOTE);
    await editor.open('knowledge/ends.md', `${NOTE}\nText\n`);
    await settle(editor, 'knowledge/bom.md');
    expect(codes(editor, 'knowledge/bom.md')).toEqual(['encoding']);
    await editor.change('knowledge/bom.md', 'kind: note', 'kind:  note');
    await settle(editor, 'knowledge/bom.md');
    expect(codes(editor, 'knowledge/bom.md')).toEqual(['encoding']);
    expect(codes(editor, 'knowledge/ends.md')).toEqual([]);
  });

  it('stand where they belong behind characters of two units and in files with CR LF', async () => {
    const text = `${NOTE}\n😀 see knowledge/nowhere.md\n`.replaceAll('\n', '\r\n');
    const editor = await start(folder({ 'knowledge/one.md': text }));
    const { diagnostics } = await found(editor, 'knowledge/one.md', 'no-broken-reference');
    expect(diagnostics[0]!.range).toEqual({
      start: { line: 4, character: 7 },
      end: { line: 4, character: 27 },
    });
  });
});

describe('rules of the corpus, which are code,', () => {
  const files = {
    'probatum.config.yaml': 'plugins: [./rules.mjs]\n',
    'rules.mjs': `import { writeFileSync } from 'node:fs';
writeFileSync(new URL('./loaded', import.meta.url), '');
export const rules = [];
`,
    'knowledge/one.md': NOTE,
  };

  it.each([
    ['are not loaded because somebody opens a folder', [], false],
    ['are loaded where it is said', ['--plugins'], true],
  ])('%s', async (_, args, loaded) => {
    const editor = new Editor(folder(files), args);
    editors.push(editor);
    await editor.initialize();
    await editor.until('an answer', () => editor.log.length > 0);
    expect(existsSync(join(editor.root, 'loaded'))).toBe(loaded);
  });
});

describe('folders and configuration', () => {
  it('are read again when the configuration changes, and say what is wrong with it', async () => {
    const root = folder({ 'knowledge/one.md': NOTE, 'docs/two.md': TORN });
    const editor = await start(root);
    const write = async (text: string) => {
      writeFileSync(join(root, 'probatum.config.yaml'), text);
      await editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
        changes: [{ uri: editor.uri('probatum.config.yaml'), type: 2 }],
      });
    };
    await write('corpus: [docs/**/*.md]\n');
    await found(editor, 'docs/two.md', 'malformed-table');
    await write('korpus: [docs/**/*.md]\n');
    await editor.until('the complaint', () =>
      editor.shown.find((text) => text.includes('unknown key "korpus"')),
    );
    // The last valid one stays in force.
    await editor.open('docs/two.md');
    await editor.change('docs/two.md', '| a |', '| a | b |');
    await found(editor, 'docs/two.md');
    await editor.change('docs/two.md', '| a | b |', '| a |');
    await found(editor, 'docs/two.md', 'malformed-table');
    await write('corpus: [knowledge/**/*.md]\n');
    await found(editor, 'docs/two.md');
  });

  it('have a corpus each, and one that is closed takes its findings with it', async () => {
    const first = folder({ 'knowledge/one.md': TORN });
    const second = folder({ 'probatum.config.yaml': 'corpus: [two.md]\n', 'two.md': TORN });
    const editor = await start(first, EDITOR, [first, second]);
    await found(editor, 'knowledge/one.md', 'malformed-table');
    const two = pathToFileURL(join(second, 'two.md')).href;
    await editor.until('the other corpus', () => editor.published.some(({ uri }) => uri === two));
    const event = { added: [], removed: [{ uri: pathToFileURL(second).href, name: 'second' }] };
    await editor.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event });
    await editor.until('no findings', () => {
      const last = editor.published.findLast(({ uri }) => uri === two);
      return last?.diagnostics.length === 0;
    });
    expect(codes(editor, 'knowledge/one.md')).toEqual(['malformed-table']);
  });

  it('give a document to the nearest corpus', async () => {
    const root = folder({
      'probatum.config.yaml': 'corpus: ["**/*.md"]\n',
      'inner/probatum.config.yaml': 'corpus: [knowledge/*.md]\n',
      'inner/knowledge/one.md': `${NOTE}See knowledge/one.md.\n`,
    });
    mkdirSync(join(root, 'knowledge'));
    const editor = await start(root, EDITOR, [root, join(root, 'inner')]);
    await editor.compiled(2);
    await settle(editor, 'inner/knowledge/one.md');
    // For the outer corpus the path would lead nowhere.
    expect(codes(editor, 'inner/knowledge/one.md')).toEqual([]);
  });
});

describe('the example as a draft', () => {
  it('shows a stale revision where it is named, in a closed document', async () => {
    const editor = await startOnExample();
    await editor.open(LAW);
    await editor.change(LAW, 'revision: r1', 'revision: r2');
    const list = await editor.until('the stale revision', () =>
      editor.published.findLast(
        ({ uri, diagnostics }) =>
          uri === editor.uri(EXAMPLE.package) && diagnostics.some(({ code }) => code === 'no-stale-revision'),
      ),
    );
    const stale = list.diagnostics.filter(({ code }) => code === 'no-stale-revision');
    for (const { range } of stale) expect(editor.slice(EXAMPLE.package, range)).toBe('r1');
  });
});

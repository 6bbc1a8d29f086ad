import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  HoverRequest,
  PrepareRenameRequest,
  type RenameFile,
  RenameRequest,
  type TextDocumentEdit,
  type TextEdit,
  WillRenameFilesRequest,
  type WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, probatum, temporaryFolders } from '../cli/probatum.js';
import { EDITOR, Editor } from './client.js';

const folder = temporaryFolders();
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const LAW = `${FOLDER}/governed-migration-protocol-2026-05-10.md`;

const NOTE = (path: string) => `---\nkind: note\ndocument_path: ${path}\n---\n`;
const CORPUS = {
  'knowledge/a/one.md': `${NOTE('knowledge/a/one.md')}
# One

[two](two.md#two), [deep](../b/deep.md "knowledge/a/two.md"), [self](#one), [me](one.md), [web](https://example.org/a/two.md)

\`knowledge/a/two.md\` and "knowledge/a/two.md" (r1), [ref]

[ref]: two.md
`,
  'knowledge/a/two.md': `${NOTE('knowledge/a/two.md')}\n# Two\n\nBack to [one](./one.md) and [deep](../b/deep.md#deep).\n`,
  'knowledge/b/deep.md': `${NOTE('knowledge/b/deep.md')}\n# Deep\n\nknowledge/a/*.md, [one](../a/one.md), [two](/knowledge/a/two.md), <a href="../a/two.md#two">two</a>\n`,
};

const REPORTS: readonly string[] = [EXAMPLE.executionReport, EXAMPLE.dryRunReport];

let editor: Editor;

afterEach(async () => {
  await editor.stop();
});

/** Does what an editor does with a workspace edit: texts first, then files. */
function apply({ documentChanges = [], changes = {} }: WorkspaceEdit): void {
  const write = (uri: string, edits: readonly TextEdit[]) => {
    const path = editor.path(uri);
    const lines = editor.text(path).split('\n');
    for (const { range, newText } of [...edits].reverse()) {
      const { start, end } = range;
      if (start.line !== end.line) throw new Error('an edit over lines');
      const line = lines[start.line]!;
      lines[start.line] = line.slice(0, start.character) + newText + line.slice(end.character);
    }
    writeFileSync(join(editor.root, path), lines.join('\n'));
  };
  for (const [uri, edits] of Object.entries(changes)) write(uri, edits);
  for (const change of documentChanges) {
    if ('edits' in change) write(change.textDocument.uri, change.edits as TextEdit[]);
    else move(change as RenameFile);
  }
}

function move({ oldUri, newUri }: Pick<RenameFile, 'oldUri' | 'newUri'>): void {
  const to = join(editor.root, editor.path(newUri));
  mkdirSync(dirname(to), { recursive: true });
  renameSync(join(editor.root, editor.path(oldUri)), to);
}

const rename = (path: string, text: string, newName: string) =>
  editor.connection.sendRequest(RenameRequest.type, {
    textDocument: { uri: editor.uri(path) },
    position: editor.place(path, text, 1),
    newName,
  });

const lint = async () => (await probatum(['lint'], { cwd: editor.root })).out;

describe('rename of a document', () => {
  it('moves it with every path and link that leads to it, and those that lead from it', async () => {
    editor = await Editor.start(folder(CORPUS));
    const edit = (await rename('knowledge/a/one.md', 'knowledge/a/two.md`', 'knowledge/c/d/2-x.md'))!;
    const last = edit.documentChanges!.at(-1) as RenameFile;
    expect(last).toMatchObject({ kind: 'rename', newUri: editor.uri('knowledge/c/d/2-x.md') });
    apply(edit);
    expect(editor.text('knowledge/a/one.md')).toContain(
      '[two](../c/d/2-x.md#two), [deep](../b/deep.md "knowledge/c/d/2-x.md"), [self](#one), [me](one.md), [web](https://example.org/a/two.md)',
    );
    expect(editor.text('knowledge/a/one.md')).toContain(
      '`knowledge/c/d/2-x.md` and "knowledge/c/d/2-x.md" (r1)',
    );
    expect(editor.text('knowledge/a/one.md')).toContain('[ref]: ../c/d/2-x.md');
    expect(editor.text('knowledge/c/d/2-x.md')).toBe(
      `${NOTE('knowledge/c/d/2-x.md')}\n# Two\n\nBack to [one](../../a/one.md) and [deep](../../b/deep.md#deep).\n`,
    );
    expect(editor.text('knowledge/b/deep.md')).toContain(
      'knowledge/a/*.md, [one](../a/one.md), [two](/knowledge/c/d/2-x.md), <a href="../c/d/2-x.md#two">two</a>',
    );
    expect(await lint()).toBe('3 documents, no findings\n');
  });

  it('begins at document_path too, with the path as what is to be edited', async () => {
    editor = await Editor.start(folder(CORPUS));
    const prepared = await editor.connection.sendRequest(PrepareRenameRequest.type, {
      textDocument: { uri: editor.uri('knowledge/b/deep.md') },
      position: editor.place('knowledge/b/deep.md', 'knowledge/b/deep.md', 1),
    });
    expect(prepared).toMatchObject({ placeholder: 'knowledge/b/deep.md' });
    apply((await rename('knowledge/b/deep.md', 'knowledge/b/deep.md', 'knowledge/deep.md'))!);
    expect(editor.text('knowledge/deep.md')).toContain('document_path: knowledge/deep.md');
    expect(editor.text('knowledge/deep.md')).toContain('[one](a/one.md)');
    expect(await lint()).toBe('3 documents, no findings\n');
  });

  it.each([
    ['a path that is taken', 'knowledge/a/one.md', 'there is a document "knowledge/a/one.md" already'],
    [
      'a path that is taken in another case',
      'knowledge/A/One.md',
      'there is a document "knowledge/a/one.md", which',
    ],
    ['a path outside the corpus', 'docs/two.md', '"docs/two.md" lies outside the corpus'],
    ['a path that climbs', 'knowledge/../two.md', 'is no path of a document'],
    ['no Markdown file', 'knowledge/two.txt', 'is no path of a document'],
    ['a blank', 'knowledge/two two.md', 'is no path of a document'],
  ])('is refused for %s', async (_, name, message) => {
    editor = await Editor.start(folder(CORPUS));
    await expect(rename('knowledge/a/one.md', 'knowledge/a/two.md`', name)).rejects.toThrow(message);
  });

  it('is refused where no path stands, at a pattern, and for a client that renames no files', async () => {
    editor = await Editor.start(folder(CORPUS));
    await expect(rename('knowledge/a/one.md', '# One', 'knowledge/x.md')).rejects.toThrow(
      'no path of a document',
    );
    await expect(rename('knowledge/b/deep.md', 'knowledge/a/*.md', 'knowledge/x.md')).rejects.toThrow(
      'no path',
    );
    await editor.stop();
    editor = await Editor.start(folder(CORPUS), {});
    await expect(rename('knowledge/a/one.md', 'knowledge/a/two.md`', 'knowledge/x.md')).rejects.toThrow(
      'does not rename files',
    );
  });

  it('says what follows for digests and pins, and leaves generated reports as their records have them', async () => {
    const root = folder();
    copyExample(root);
    editor = await Editor.start(root);
    const to = `${FOLDER}/protocol-2026-05-10.md`;
    const edit = (await rename(EXAMPLE.package, LAW, to))!;
    const [annotation] = Object.values(edit.changeAnnotations!);
    expect(annotation!.description).toContain('Refresh the pins with "probatum pin"');
    expect(annotation!.description).toContain(
      'dot-iu-cutter-v0.2-p0-2-production-command-review-package-2026-05-16.md',
    );
    expect(annotation!.description).toContain('Generated reports keep the old path');
    const edited = edit.documentChanges!.flatMap((change) =>
      'edits' in change ? [editor.path((change as TextDocumentEdit).textDocument.uri)] : [],
    );
    expect(edited).toContain(EXAMPLE.package);
    expect(edited).not.toContain(EXAMPLE.executionReport);
    apply(edit);
    const out = await lint();
    // What is left is what a machine may not decide: digests of what changed, and what the records say.
    for (const match of out.matchAll(/\[([a-z-]+)\]\n +--> (\S+?):/g))
      expect(REPORTS.includes(match[2]!) ? 'report' : match[1]).toMatch(
        /^(?:report|document-digest-matches|review-required|suspect-review)$/,
      );
    expect(out).toContain('document-digest-matches');
  });
});

describe('rename of files in the editor', () => {
  const willRename = (moves: readonly (readonly [string, string])[]) =>
    editor.connection.sendRequest(WillRenameFilesRequest.type, {
      files: moves.map(([from, to]) => ({ oldUri: editor.uri(from), newUri: editor.uri(to) })),
    });

  it('keeps references to all documents of a folder', async () => {
    editor = await Editor.start(folder(CORPUS));
    const edit = (await willRename([['knowledge/a', 'knowledge/x/y']]))!;
    expect(edit.documentChanges!.every((change) => 'edits' in change)).toBe(true);
    apply(edit);
    move({ oldUri: editor.uri('knowledge/a'), newUri: editor.uri('knowledge/x/y') });
    expect(editor.text('knowledge/x/y/one.md')).toContain('[two](two.md#two), [deep](../../b/deep.md');
    expect(editor.text('knowledge/b/deep.md')).toContain(
      '[one](../x/y/one.md), [two](/knowledge/x/y/two.md)',
    );
    // The pattern is the author's: what it shall match now is not for a machine to say.
    expect(await lint()).toContain('[no-empty-glob]');
  });

  it('works for several at once and for a client of plain changes', async () => {
    editor = await Editor.start(folder(CORPUS), { workspace: { fileOperations: { willRename: true } } });
    const moves = [
      ['knowledge/a/one.md', 'knowledge/b/two.md'],
      ['knowledge/a/two.md', 'knowledge/b/one.md'],
    ] as const;
    const edit = (await willRename(moves))!;
    expect(edit.documentChanges).toBeUndefined();
    apply(edit);
    for (const [from, to] of moves) move({ oldUri: editor.uri(from), newUri: editor.uri(to) });
    expect(editor.text('knowledge/b/two.md')).toContain('[two](one.md#two)');
    expect(editor.text('knowledge/b/one.md')).toContain('[one](two.md)');
    expect(await lint()).toContain('[no-empty-glob]');
    await editor.until('the warning', () => editor.shown.find((text) => text.includes('their digests')));
  });

  it('has nothing to say of other files', async () => {
    editor = await Editor.start(folder(CORPUS), EDITOR);
    expect(await willRename([['src/a.ts', 'src/b.ts']])).toBeNull();
    const hover = { textDocument: { uri: editor.uri('src/a.ts') }, position: { line: 0, character: 0 } };
    expect(await editor.connection.sendRequest(HoverRequest.type, hover)).toBeNull();
  });
});

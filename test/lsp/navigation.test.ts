import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CodeLensRequest,
  DefinitionRequest,
  type DocumentSymbol,
  DocumentSymbolRequest,
  type Hover,
  HoverRequest,
  type Location,
  ReferencesRequest,
  WorkspaceSymbolRequest,
} from 'vscode-languageserver-protocol/node';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, REPOSITORY, temporaryFolders } from '../cli/probatum.js';
import { Editor } from './client.js';

const folder = temporaryFolders();

const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const LAW = `${FOLDER}/governed-migration-protocol-2026-05-10.md`;
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const NOTE = 'knowledge/note.md';

/** Names things in all the ways that a text can. */
const NOTE_TEXT = `---
kind: note
---

# A note 😀

See \`${LAW}\` (r1), [its gates](dev/laws/dieu44-trien-khai/governed-migration-protocol-2026-05-10.md#1--purpose), C-06,
V-17 and §1. The text [below](#below) says cb7455e4…217661, and 😀😀 \`${EXAMPLE.package}\`.

<!-- probatum-disable-next-line no-undefined-id: not declared yet -->
N99

## Below

All of \`${FOLDER}/reviews/*.md\`.
`;

let editor: Editor;

beforeAll(async () => {
  const root = folder({ [NOTE]: NOTE_TEXT });
  copyExample(root);
  editor = await Editor.start(root);
  await editor.open(NOTE);
});

afterAll(async () => {
  expect(await editor.stop()).toBe(0);
});

const at = (path: string, text: string, into = 1) => ({
  textDocument: { uri: editor.uri(path) },
  position: editor.place(path, text, into),
});

/** `path: text` for each location, which the test can read. */
const shown = (locations: readonly Location[] | null) =>
  (locations ?? []).map(({ uri, range }) => {
    const path = editor.path(uri);
    return [path, editor.text(path).split('\n')[range.start.line]!.slice(range.start.character)] as const;
  });

const define = async (path: string, text: string, into?: number) =>
  shown((await editor.connection.sendRequest(DefinitionRequest.type, at(path, text, into))) as Location[]);

const refer = async (path: string, text: string, into?: number, includeDeclaration = false) =>
  (await editor.connection.sendRequest(ReferencesRequest.type, {
    ...at(path, text, into),
    context: { includeDeclaration },
  })) ?? [];

const hover = async (path: string, text: string, into?: number) => {
  const found: Hover | null = await editor.connection.sendRequest(HoverRequest.type, at(path, text, into));
  return found
    ? { text: (found.contents as { value: string }).value, of: editor.slice(path, found.range!) }
    : null;
};

describe('go to definition', () => {
  it.each([
    ['a path', LAW, LAW, '---'],
    ['a path behind characters of two units', EXAMPLE.package, EXAMPLE.package, '---'],
    ["a link's anchor", 'governed-migration-protocol-2026-05-10.md#1', LAW, '## §1 — Purpose'],
    ['an anchor of the same document', '#below', NOTE, '## Below'],
    ['an id of a law that the text names', 'C-06', LAW, 'C-06'],
    ['an id of a check', 'V-17', EXAMPLE.package, 'V-17: '],
    ['an abbreviated digest of SQL', 'cb7455e4…', DDL, '```sql migration'],
  ])('opens %s', async (_, text, path, line) => {
    const [first] = await define(NOTE, text);
    expect(first?.[0]).toBe(path);
    expect(first?.[1]).toMatch(new RegExp(`^${line}`));
  });

  it('opens what a pin pins, by its path and by each of its digests', async () => {
    expect(await define(EXAMPLE.package, DDL)).toEqual([[DDL, '---']]);
    expect(await define(EXAMPLE.package, '2265f58b0b30')).toEqual([[DDL, '---']]);
    expect(await define(EXAMPLE.package, 'cb7455e46cc3')).toEqual([[DDL, '```sql migration']]);
    expect(await define(EXAMPLE.package, 'a359be5165b3')).toEqual([[DDL, '```sql rollback']]);
  });

  it('opens every document that a path with * names', async () => {
    const found = await define(NOTE, '/reviews/*.md');
    expect(found.map(([path]) => path)).toEqual([
      expect.stringContaining('ddl-gpt-review'),
      expect.stringContaining('dry-run-gpt-review'),
      expect.stringContaining('production-command-review-gpt-review'),
    ]);
  });

  it('opens a section in the document itself before any other', async () => {
    expect(await define(LAW, '§4', 1)).toEqual([[LAW, expect.stringMatching(/^## §4/)]]);
  });

  it('knows nothing of plain words and of files outside the corpus', async () => {
    expect(await define(NOTE, 'The text')).toEqual([]);
    const outside = { textDocument: { uri: editor.uri('README.md') }, position: { line: 0, character: 0 } };
    expect(await editor.connection.sendRequest(DefinitionRequest.type, outside)).toBeNull();
    expect(await editor.connection.sendRequest(HoverRequest.type, outside)).toBeNull();
  });
});

describe('find references', () => {
  it('finds paths and links to a document, in prose and in pins', async () => {
    const found = shown(await refer(NOTE, LAW));
    const paths = new Set(found.map(([path]) => path));
    expect(paths).toContain(NOTE);
    expect(paths).toContain(EXAMPLE.package);
    expect(paths).toContain(EXAMPLE.packageReview);
    for (const [, text] of found) expect(text).toContain('governed-migration-protocol-2026-05-10.md');
    // The path in the text, and the link behind it.
    expect(found.filter(([path]) => path === NOTE)).toHaveLength(2);
  });

  it('finds the places that name a check, from its declaration, which it adds on demand', async () => {
    const without = shown(await refer(EXAMPLE.package, '-- V-17', 4));
    expect(without.length).toBeGreaterThan(2);
    for (const [, text] of without) expect(text).toMatch(/^V-17\b/);
    expect(without.some(([path]) => path === NOTE)).toBe(true);
    const withIt = shown(await refer(EXAMPLE.package, '-- V-17', 4, true));
    expect(withIt).toHaveLength(without.length + 1);
    expect(withIt[0]![1]).toMatch(/^V-17: cutter_governance table count/);
  });

  it('finds a digest where it is pinned, expected and abbreviated, from its fence', async () => {
    const found = shown(await refer(DDL, '```sql migration', 3));
    const texts = found.map(([path, text]) => `${path}: ${text.slice(0, 8)}`);
    expect(texts).toContain(`${EXAMPLE.package}: cb7455e4`);
    expect(texts).toContain(`${NOTE}: cb7455e4`);
    expect(texts.filter((text) => text.startsWith(EXAMPLE.package)).length).toBeGreaterThan(1);
  });

  it('finds the links to a heading and the sections that name it', async () => {
    expect(shown(await refer(NOTE, '## Below', 4))).toEqual([[NOTE, expect.stringMatching(/^#below\)/)]]);
    const law = shown(await refer(LAW, '## §1 — Purpose', 5));
    expect(law.some(([path, text]) => path === NOTE && text.includes('#1--purpose'))).toBe(true);
  });
});

describe('hover', () => {
  it('says of a path its kind, revision, status, date, digest and who reviewed it', async () => {
    const found = (await hover(EXAMPLE.packageReview, EXAMPLE.package))!;
    expect(found.of).toBe(EXAMPLE.package);
    expect(found.text).toContain('kind: command-package');
    expect(found.text).toContain('revision: r1');
    expect(found.text).toContain('status: ready for review');
    expect(found.text).toContain('date: 2026-05-16');
    const bytes = readFileSync(join(REPOSITORY, EXAMPLE.package));
    expect(found.text).toContain(`sha256: \`${createHash('sha256').update(bytes).digest('hex')}\``);
    expect(found.text).toMatch(
      /review, pass by independent reviewer, of these bytes: .*production-command-review-gpt-review/,
    );
    expect(found.text).toContain('The pin holds');
  });

  it('says of a check what it expects', async () => {
    const found = (await hover(NOTE, 'V-17'))!;
    expect(found.of).toBe('V-17');
    expect(found.text).toContain('cutter_governance table count');
    expect(found.text).toMatch(/verify check of .*production-command-review-package/);
    expect(found.text).toContain('expects: baseline &#x2B; 2');
  });

  it('says of a command of the law what it is', async () => {
    expect((await hover(NOTE, 'C-06'))!.text).toContain('step: migration');
  });

  it('says of a derived check what it follows from', async () => {
    const text = (await hover(EXAMPLE.executionReport, 'D-01'))!.text;
    expect(text).toMatch(/\*\*D-01\*\*/);
  });

  it('says of a digest what it is the digest of', async () => {
    const found = (await hover(NOTE, 'cb7455e4…'))!;
    expect(found.of).toBe('cb7455e4…217661');
    expect(found.text).toContain('`cb7455e46cc38339db2e69c6e76362ea3b18388d8250b8dc3ce693240c217661`');
    expect(found.text).toMatch(/the migration SQL of .*p0-2-ddl-draft/);
  });

  it('says of a rule in a suppression what it finds', async () => {
    const found = (await hover(NOTE, 'no-undefined-id'))!;
    expect(found.of).toBe('no-undefined-id');
    expect(found.text).toContain('neither this document nor one it names declares');
  });
});

describe('symbols and lenses', () => {
  it('shows headings as a tree, with fences and checks inside', async () => {
    const tree = (await editor.connection.sendRequest(DocumentSymbolRequest.type, {
      textDocument: { uri: editor.uri(EXAMPLE.package) },
    })) as DocumentSymbol[];
    expect(tree.map(({ name }) => name)).toEqual([
      'Unit cutter v0.2, P0-2 — production command review package',
    ]);
    const sections = tree[0]!.children!;
    expect(sections[0]!.name).toBe('§1 — Purpose');
    const fences = sections
      .flatMap(({ children = [] }) => children)
      .filter(({ name }) => name.startsWith('sql '));
    expect(new Set(fences.map(({ name }) => name))).toEqual(new Set(['sql preflight', 'sql verify']));
    const checks = fences.flatMap(({ children = [] }) => children);
    expect(checks.map(({ name }) => name)).toContain('V-17');
    for (const section of sections) {
      expect(section.range.start.line).toBeLessThanOrEqual(section.selectionRange.start.line);
      expect(section.range.end.line).toBeGreaterThanOrEqual(section.selectionRange.end.line);
    }
  });

  it('finds documents and ids of the whole corpus', async () => {
    const ids = (await editor.connection.sendRequest(WorkspaceSymbolRequest.type, { query: 'v-14b' })) ?? [];
    expect(ids.map(({ name }) => name)).toContain('V-14bn');
    const documents = await editor.connection.sendRequest(WorkspaceSymbolRequest.type, {
      query: 'governed-migr',
    });
    expect(documents?.map(({ name }) => name)).toEqual([LAW]);
  });

  it('shows the digest of reviewed SQL above its fence, with a command that copies it', async () => {
    const lenses = await editor.connection.sendRequest(CodeLensRequest.type, {
      textDocument: { uri: editor.uri(DDL) },
    });
    expect(lenses?.map(({ command }) => command?.title)).toContain('migration · sha256 cb7455e4…217661');
    const lens = lenses!.find(({ command }) => command?.title.startsWith('migration'))!;
    expect(editor.slice(DDL, lens.range)).toBe('```sql migration');
    expect(lens.command).toMatchObject({
      command: 'probatum.copyDigest',
      arguments: ['cb7455e46cc38339db2e69c6e76362ea3b18388d8250b8dc3ce693240c217661'],
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompletionItem, CompletionRequest, type TextEdit } from 'vscode-languageserver-protocol/node';
import { sha256 } from '../../src/base/digest.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, temporaryFolders } from '../cli/probatum.js';
import { Editor } from './client.js';

const folder = temporaryFolders();
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;
const LAW = `${FOLDER}/governed-migration-protocol-2026-05-10.md`;
const NEW = 'knowledge/review-2026-06-01.md';

let editor: Editor;

beforeAll(async () => {
  const root = folder();
  copyExample(root);
  editor = await Editor.start(root);
  await editor.compiled();
});

afterAll(async () => {
  await editor.stop();
});

const lawDigest = () => sha256(readFileSync(join(editor.root, LAW)));

/** What is offered at the `|` of a text. */
async function offers(text: string, path = NEW): Promise<CompletionItem[]> {
  const at = text.indexOf('|');
  await editor.open(path, text.replace('|', ''));
  const lines = text.slice(0, at).split('\n');
  const result = await editor.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: editor.uri(path) },
    position: { line: lines.length - 1, character: lines.at(-1)!.length },
  });
  return Array.isArray(result) ? result : (result?.items ?? []);
}

const labels = async (text: string, path?: string) => (await offers(text, path)).map(({ label }) => label);

/** The text after an offer is taken, without its `|`. */
async function taken(text: string, label: string, path = NEW): Promise<string> {
  const offer = (await offers(text, path)).find((one) => one.label === label);
  const { range, newText } = offer!.textEdit as TextEdit;
  const lines = text.replace('|', '').split('\n');
  const line = lines[range.start.line]!;
  lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  return lines.join('\n');
}

const review = (rest: string) => `---\nkind: review\n${rest}\n---\n`;

describe('completion in front matter', () => {
  it('offers the kinds', async () => {
    expect(await labels('---\nkind: |\n---\n')).toEqual([
      'law',
      'ddl',
      'command-package',
      'review',
      'authorization',
      'dry-run-report',
      'execution-report',
      'note',
    ]);
    expect(await taken('---\nkind: com|\n---\n', 'command-package')).toBe(
      '---\nkind: command-package\n---\n',
    );
  });

  it('offers the keys of the kind that are not there yet, required ones first', async () => {
    const items = await offers(review('revision: r1\n|'));
    const keys = items.map(({ label }) => label);
    expect(keys).toEqual(
      expect.arrayContaining(['document_path', 'subject', 'verdict', 'considered', 'author']),
    );
    for (const absent of ['kind', 'revision', 'scope', 'limits']) expect(keys).not.toContain(absent);
    const order = new Map(items.map(({ label, sortText }) => [label, sortText!]));
    expect(order.get('subject')! < order.get('author')!).toBe(true);
    expect(await taken(review('ver|'), 'verdict')).toBe(review('verdict: '));
  });

  it('offers the keys of a nested mapping and of an item in a list', async () => {
    expect(await labels(review('subject:\n  document: x.md\n  |'))).toEqual(['revision', 'sha256']);
    expect(await labels(review('bindings:\n  - id: N1\n    |'))).toEqual(['text', 'check']);
    expect(await labels(review('bindings:\n- |'))).toEqual(['id', 'text', 'check']);
    expect(await labels(review('considered:\n  - document: a.md\n    revision: r1\n  - |'))).toEqual([
      'document',
      'revision',
      'sha256',
    ]);
  });

  it('offers what the schema lists, and what the file itself says', async () => {
    expect(await labels(review('verdict: |'))).toEqual(['pass', 'fail', 'conditional']);
    expect(await labels(review('document_path: |'))).toEqual([NEW]);
    expect(await labels(review('date: |'))).toEqual(['2026-06-01']);
  });

  it('offers paths of documents, and beside one its revision and its digests', async () => {
    const paths = await labels(review('subject:\n  document: kno|'));
    expect(paths).toEqual(expect.arrayContaining([DDL, LAW, EXAMPLE.package]));
    const pin = `subject:\n  document: ${DDL}\n`;
    expect(await labels(review(`${pin}  revision: |`))).toEqual(['r1']);
    expect(await labels(review(`${pin}  sha256: |`))).toEqual([
      '2265f58b0b30a84a2849e88315fe44b60f0b5af3e81c00c58bcb6e0fa6b0817c',
    ]);
    expect(
      await labels(`---\nkind: command-package\nddl:\n  migration_sha256: |\n  document: ${DDL}\n---\n`),
    ).toEqual(['cb7455e46cc38339db2e69c6e76362ea3b18388d8250b8dc3ce693240c217661']);
  });

  it('replaces an old digest as a whole', async () => {
    const text = review(`subject:\n  document: ${LAW}\n  sha256: |0123456789abcdef`);
    const digest = lawDigest();
    expect(await taken(text, digest)).toBe(review(`subject:\n  document: ${LAW}\n  sha256: ${digest}`));
  });

  it('offers ids where the schema asks for one', async () => {
    const text = editor.text(EXAMPLE.package).replace('      - V-04', '      - |');
    const ids = await labels(text, EXAMPLE.package);
    expect(ids).toEqual(expect.arrayContaining(['V-04', 'PF-4', 'C-06']));
    expect(ids.some((id) => id.startsWith('§'))).toBe(false);
  });
});

describe("kinds of the team's own", () => {
  it('are offered with the keys of their schema', async () => {
    const schema = {
      allOf: [{ $ref: 'https://schemas.probatum.invalid/common.schema.json' }],
      required: ['owner'],
      properties: { kind: { type: 'string' }, owner: { $ref: '#/$defs/owner' }, about: { type: 'string' } },
      $defs: { owner: { enum: ['us', 'them'] } },
    };
    const root = folder({
      'probatum.config.yaml': 'customKinds:\n  runbook:\n    schema: runbook.json\n',
      'runbook.json': JSON.stringify(schema),
      'knowledge/a.md': '---\nkind: note\n---\n',
    });
    const before = editor;
    editor = await Editor.start(root);
    await editor.compiled();
    expect(await labels('---\nkind: |\n---\n')).toContain('runbook');
    expect(await labels('---\nkind: runbook\n|\n---\n')).toEqual(
      expect.arrayContaining(['owner', 'about', 'document_path', 'revision']),
    );
    expect(await labels('---\nkind: runbook\nowner: |\n---\n')).toEqual(['us', 'them']);
    await editor.stop();
    editor = before;
  });
});

describe('completion in text', () => {
  const note = (rest: string) => `---\nkind: note\n---\n\n${rest}\n`;
  const named = async (rest: string) => {
    // Ids are those of documents that the compiled text names.
    await editor.open(NEW, note(`${LAW} ${rest.replace('|', '')}`));
    const { length } = editor.log;
    await editor.until('compiled', () => editor.log.length > length);
    return labels(note(`${LAW} ${rest}`));
  };

  it('offers paths from the root', async () => {
    expect(await labels(note('see knowledge/dev|'))).toEqual(expect.arrayContaining([DDL, LAW]));
    expect(await taken(note('see `knowledge/|` now'), LAW)).toBe(note(`see \`${LAW}\` now`));
  });

  it('offers relative paths in links, and anchors behind them', async () => {
    expect(await labels(note('[law](|)'))).toContain(LAW.replace('knowledge/', ''));
    expect(await labels(note(`[law](${LAW.replace('knowledge/', '')}#|)`))).toContain('1--purpose');
    expect(await taken(note('[law](dev/|)'), LAW.replace('knowledge/', ''))).toBe(
      note(`[law](${LAW.replace('knowledge/', '')})`),
    );
  });

  it('offers ids and sections that the document may name', async () => {
    expect(await named('after C-|')).toEqual(expect.arrayContaining(['C-00', 'C-06']));
    expect(await named('as §|')).toContain('§4');
  });

  it('offers digests of what the line names', async () => {
    expect(await named('has sha256 |')).toEqual([lawDigest()]);
  });

  it('offers rules in a suppression, but none about provenance', async () => {
    const rules = await labels(note('<!-- probatum-disable-next-line no|'));
    expect(rules).toContain('no-undefined-id');
    expect(rules).not.toContain('document-digest-matches');
  });

  it('offers nothing in SQL, in plain words and outside the corpus', async () => {
    expect(await labels(note('```sql\nSELECT C|\n```'))).toEqual([]);
    expect(await labels(note('a word |'))).toEqual([]);
    expect(await labels('---\nkind: |\n---\n', 'README.md')).toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  CompletionRequest,
  DefinitionRequest,
  type Hover,
  HoverRequest,
  type Location,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, probatum, temporaryFolders } from '../cli/probatum.js';
import { Editor } from './client.js';

/*
 * An author's session in an editor without a screen, over the protocol, on a copy of the example with planted defects:
 *
 *     npx vitest run test/lsp/session.test.ts
 */

const folder = temporaryFolders();
const FOLDER = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL = `${FOLDER}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`;

/** One defect each: the document, what it says, what somebody made of it, the rule that finds it and where. */
const PLANTED = [
  [
    EXAMPLE.package,
    'revision: r1\n  sha256: adfd66',
    'revision: r2\n  sha256: adfd66',
    'no-stale-revision',
    'r2',
  ],
  [
    EXAMPLE.package,
    'kind: command-package',
    'kind: command-package\nstatsu: reviewed',
    'front-matter-schema',
    'statsu',
  ],
  [EXAMPLE.packageReview, 'check: V-14b\n', 'check: V-14b\nverdit: pass\n', 'front-matter-schema', 'verdit'],
  [
    EXAMPLE.packageReview,
    'governed-migration-protocol-2026-05-10.md',
    'governed-migration-protocol.md',
    'no-broken-reference',
    'governed-migration-protocol.md',
  ],
  [
    DDL,
    'CREATE TABLE cutter_governance.manifest_envelope',
    'CREATE TABEL cutter_governance.manifest_envelope',
    'sql-syntax',
    'TABEL',
  ],
] as const;

it('an author finds and repairs what somebody broke', async () => {
  const root = folder();
  copyExample(root);
  for (const [path, from, to] of PLANTED) {
    const text = readFileSync(join(root, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(root, path), text.replace(from, to));
  }

  // Everything that is wrong is shown before a document is opened.
  const editor = await Editor.start(root);
  await editor.compiled();
  for (const [path, , , rule, text] of PLANTED) {
    const found = await editor.until(`${rule} in ${path}`, () => {
      const list = editor.diagnostics(path).filter(({ code }) => code === rule);
      return list.length > 0 && list;
    });
    expect(found.map(({ range }) => editor.slice(path, range)).join(' | ')).toContain(text);
  }

  // The pin of the SQL says what is there now.
  await editor.open(EXAMPLE.package);
  const pin = {
    textDocument: { uri: editor.uri(EXAMPLE.package) },
    position: editor.place(EXAMPLE.package, DDL, 3),
  };
  const hover = (await editor.connection.sendRequest(HoverRequest.type, pin)) as Hover;
  expect((hover.contents as { value: string }).value).toContain('is not what was pinned');
  const [definition] = (await editor.connection.sendRequest(DefinitionRequest.type, pin)) as Location[];
  expect(editor.path(definition!.uri)).toBe(DDL);

  // Repaired one after the other, until nothing is left.
  for (const [path, from, to] of PLANTED) {
    if (path !== EXAMPLE.package) await editor.open(path);
    await editor.change(path, to, from);
  }
  const quiet = () => {
    const last = new Map(editor.published.map(({ uri, diagnostics }) => [uri, diagnostics.length]));
    return [...last.values()].every((count) => count === 0);
  };
  await editor.until('no findings', quiet);

  // A digest that is not remembered is completed from the document beside it.
  await editor.change(
    EXAMPLE.package,
    'sha256: 2265f58b0b30a84a2849e88315fe44b60f0b5af3e81c00c58bcb6e0fa6b0817c',
    'sha256: ',
  );
  const offered = await editor.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: editor.uri(EXAMPLE.package) },
    position: editor.place(EXAMPLE.package, 'sha256: \n', 'sha256: '.length),
  });
  const [offer] = Array.isArray(offered) ? offered : offered!.items;
  await editor.change(EXAMPLE.package, 'sha256: \n', `sha256: ${(offer!.textEdit as TextEdit).newText}\n`);
  await editor.until('no findings', quiet);

  // What the editor holds is what was there before anybody broke it.
  for (const [path] of PLANTED) writeFileSync(join(root, path), editor.text(path));
  expect(await editor.stop()).toBe(0);
  expect(await probatum(['lint'], { cwd: root })).toMatchObject({ code: 0 });
});

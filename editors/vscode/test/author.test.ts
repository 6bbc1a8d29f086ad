import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Workbench } from './workbench.ts';
import { DOCUMENTS, Workspace } from './workspace.ts';

/*
 * `npm run test:vscode`: an author's session in a window of VS Code, with the packed extension. Each test goes on where
 * the one before it stopped.
 */

const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folder = mkdtempSync(join(tmpdir(), 'probatum-vscode-'));
const workspace = new Workspace(join(folder, 'workspace'));
const migration = /migration_sha256: ([0-9a-f]{64})/.exec(workspace.read(DOCUMENTS.package))![1]!;
let window: Workbench;

beforeAll(async () => {
  window = await Workbench.start(workspace.root, folder);
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const picture = join(tmpdir(), 'probatum-vscode-failed.png');
  await window.page.screenshot({ path: picture });
  process.stderr.write(`the window at the failure: ${picture}\n`);
});

afterAll(async () => {
  await window?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Waits until the Problems list is as it should be; what it was is in the message. */
const problems = (match: (rows: string[]) => boolean) =>
  expect.poll(() => window.problems(), { timeout: 90_000 }).toSatisfy(match);
const has = (rule: string, line: number) => (rows: string[]) =>
  rows.some((row) => row.includes(` probatum ${rule} [Ln ${line}, `));
const hasNot = (rule: string) => (rows: string[]) => !rows.some((row) => row.includes(rule));

it('does not start in a workspace that is not trusted', async () => {
  await window.page.getByText('Restricted Mode', { exact: true }).first().waitFor();
  await window.open(DOCUMENTS.package);
  await window.command('Problems: Focus on Problems View');
  await window.page.getByText('No problems have been detected in the workspace').waitFor();
  // What else waits for Markdown is there; a server would be soon.
  await expect
    .poll(() => window.activated('vscode.markdown-language-features'), { timeout: 90_000 })
    .toBe(true);
  await window.page.waitForTimeout(5000);
  expect(await window.squiggles()).toEqual([]);
  expect(workspace.serverStarted).toBe(false);
});

it('starts when the author trusts it, and shows what is wrong at its line', async () => {
  await window.command('Workspaces: Manage Workspace Trust');
  await window.page.getByRole('button', { name: 'Trust', exact: true }).click();
  await expect.poll(() => workspace.serverStarted, { timeout: 90_000 }).toBe(true);
  await window.open(DOCUMENTS.package);
  const at = Number(workspace.place(DOCUMENTS.package, 'revision: r2').split(':')[0]);
  await problems(has('no-stale-revision', at));
  await expect.poll(() => window.squiggles(), { timeout: 90_000 }).toEqual([at]);
});

it('shows what is typed wrong before it is saved, until it is taken back', async () => {
  const saved = workspace.read(DOCUMENTS.package);
  await window.goTo('2:22');
  await window.page.keyboard.type('\nstatsu: reviewed');
  await problems(has('front-matter-schema', 3));
  await expect.poll(() => window.squiggles(), { timeout: 90_000 }).toContain(3);
  expect(workspace.read(DOCUMENTS.package)).toBe(saved);
  for (let undone = 0; undone < 5 && !hasNot('front-matter-schema')(await window.problems()); undone++) {
    await window.page.keyboard.press('Control+Z');
    await window.page.waitForTimeout(1500);
  }
  await problems(hasNot('front-matter-schema'));
});

it('says what is known of a path and of a digest', async () => {
  await window.goTo(workspace.place(DOCUMENTS.package, DOCUMENTS.ddl, 3));
  expect(await window.hover('kind: ddl')).toContain(migration);
  await window.goTo(workspace.place(DOCUMENTS.package, migration, 3));
  expect(await window.hover('migration SQL')).toContain(name(DOCUMENTS.ddl));
});

it('offers the fix of a finding, and makes it', async () => {
  await window.goTo(workspace.place(DOCUMENTS.package, 'revision: r2', 11));
  await window.page.keyboard.press('Control+.');
  const fix = window.page.locator('.action-widget .monaco-list-row', { hasText: 'as it is now' }).first();
  await fix.waitFor();
  await fix.click();
  await problems(hasNot('no-stale-revision'));
  await window.page.keyboard.press('Control+Z');
  await problems(has('no-stale-revision', 14));
});

it('goes to the document that a path names, with the digest above its SQL', async () => {
  await window.goTo(workspace.place(DOCUMENTS.package, DOCUMENTS.ddl, 3));
  await window.page.keyboard.press('F12');
  await window.tab(name(DOCUMENTS.ddl)).waitFor();
  await window.goTo(workspace.place(DOCUMENTS.ddl, '```sql migration'));
  const lens = window.page.locator('.codelens-decoration a', { hasText: 'migration · sha256' });
  await lens.waitFor();
  expect(await lens.innerText()).toBe(`migration · sha256 ${migration.slice(0, 8)}…${migration.slice(-6)}`);
  const fence = window.page.locator('.editor-instance .view-line', { hasText: '```sql migration' });
  const [above, below] = [(await lens.boundingBox())!, (await fence.boundingBox())!];
  expect(Math.abs(above.y + above.height - below.y)).toBeLessThan(below.height);
  await lens.click();
  await expect
    .poll(() => window.page.evaluate(() => navigator.clipboard.readText()), { timeout: 90_000 })
    .toBe(migration);
});

it('sees what another program writes', async () => {
  workspace.replace(DOCUMENTS.review, 'kind: review\n', 'kind: review\nverdit: pass\n');
  await problems((rows) => rows.some((row) => row.includes('verdit')));
});

it('says nothing of errors', async () => {
  expect(await window.notifications()).toEqual([]);
  const said = await window.output('probatum');
  expect(said).toMatch(/\d+ documents/);
  expect(said).not.toMatch(/error|exception|failed/i);
  expect(window.errorsInLogs()).toEqual([]);
});

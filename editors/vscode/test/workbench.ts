import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { EDITOR_PROGRAM, editorNode, findChromium } from './install.ts';

const PACKED = join(import.meta.dirname, '../probatum-vscode.vsix');

const SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
  '[markdown]': { 'editor.wordWrap': 'off' },
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

const CHROMIUM = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A window of VS Code with the packed extension, as a person has it: by keys, and by what is on the screen. */
export class Workbench {
  private constructor(
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly folder: string,
    readonly page: Page,
  ) {}

  /** Starts the editor on a folder of documents; what it keeps is in `folder`, which is new. */
  static async start(root: string, folder: string): Promise<Workbench> {
    const [data, extensions] = [join(folder, 'data'), join(folder, 'extensions')];
    mkdirSync(join(data, 'User'), { recursive: true });
    writeFileSync(join(data, 'User/settings.json'), JSON.stringify(SETTINGS));
    const config = join(folder, 'config.yaml');
    writeFileSync(
      config,
      'auth: none\nbind-addr: 127.0.0.1:0\ndisable-telemetry: true\ndisable-update-check: true\n',
    );
    const kept = ['--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
    // Nothing of who runs the test but the path of programs.
    const env = { PATH: process.env.PATH, HOME: folder };
    execFileSync(editorNode(), [EDITOR_PROGRAM, ...kept, '--install-extension', PACKED], { env });
    const server = spawn(editorNode(), [EDITOR_PROGRAM, ...kept], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const address = await addressOf(server);
      const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM });
      const context = await browser.newContext({ viewport: { width: 1600, height: 1200 } });
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
      const page = await context.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(`${address}/?folder=${encodeURIComponent(root)}`);
      await page.getByRole('treeitem', { name: 'knowledge' }).waitFor();
      return new Workbench(server, browser, folder, page);
    } catch (error) {
      end(server);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    end(this.server);
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput(`>${title}`, title);
  }

  /** Opens a document by its name, and waits until its text is there. */
  async open(path: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.quickInput(path, name);
    await this.tab(name).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Moves the cursor of the open document to a place, as `line:column`. */
  async goTo(place: string): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput(`:${place}`);
    const [line, column] = place.split(':');
    await this.page.getByText(`Ln ${line}, Col ${column}`, { exact: true }).waitFor();
  }

  /** The tab of a document that is in front. */
  tab(name: string): Locator {
    return this.page.locator('.tab.active', { hasText: name });
  }

  /** The rows of the Problems list, each as it is read out. */
  async problems(): Promise<string[]> {
    const rows = this.page.locator('.markers-panel-container .monaco-list-row');
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  }

  /** The numbers of the lines on the screen that have a squiggle of an error. */
  async squiggles(): Promise<number[]> {
    return this.page.evaluate(() => {
      const top = (element: Element) => Math.round(element.getBoundingClientRect().top);
      const numbers = new Map(
        [...document.querySelectorAll('.editor-instance .line-numbers')].map((one) => [
          top(one.parentElement!),
          Number(one.textContent),
        ]),
      );
      const marks = [...document.querySelectorAll('.editor-instance .squiggly-error')];
      return [...new Set(marks.map((one) => numbers.get(top(one.parentElement!)) ?? 0))].sort(
        (a, b) => a - b,
      );
    });
  }

  /** The text of the hover at the cursor, as soon as it has `text`. */
  async hover(text: string): Promise<string> {
    await this.page.keyboard.press('Control+K');
    await this.page.keyboard.press('Control+I');
    const hover = this.page.locator('.monaco-hover:visible', { hasText: text }).first();
    await hover.waitFor();
    const said = await hover.innerText();
    await this.page.keyboard.press('Escape');
    await hover.waitFor({ state: 'hidden' });
    return said;
  }

  /** What the output channel of this name says. */
  async output(channel: string): Promise<string> {
    await this.command('Output: Show Output Channels...');
    await this.quickInput(channel, channel);
    const lines = this.page.locator('.panel .view-line');
    await lines.first().waitFor();
    return (await lines.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  }

  /** The lines of the logs of the extension host that name the extension and an error. */
  errorsInLogs(): string[] {
    return this.logs().filter((line) => /\[error\]/.test(line) && /probatum/i.test(line));
  }

  /** Whether the extension host has activated an extension. */
  activated(extension: string): boolean {
    return this.logs().some((line) => line.includes(`_doActivateExtension ${extension},`));
  }

  private logs(): string[] {
    const logs = join(this.folder, 'data/logs');
    const files = (readdirSync(logs, { recursive: true }) as string[]).filter((file) =>
      /exthost.*\.log$/.test(file),
    );
    if (files.length === 0) throw new Error(`no log of an extension host in ${logs}`);
    return files.flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n'));
  }

  /** Text of the messages in the corner. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-toast').allInnerTexts();
  }

  private async quickInput(text: string, row?: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type="text"]');
    await input.fill(text);
    if (row !== undefined)
      await this.page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: row }).waitFor();
    await this.page.keyboard.press('Enter');
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    server.once('exit', (code) => reject(new Error(`the editor ended with ${code}: ${said}`)));
  });
}

/** Ends the editor with all that it started. */
function end(server: ChildProcess): void {
  if (server.exitCode === null) process.kill(-server.pid!, 'SIGKILL');
}

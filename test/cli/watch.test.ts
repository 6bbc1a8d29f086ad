import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CLI, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();

const NOTE = '---\nkind: note\n---\n';
/** A row with a cell too few. */
const TORN = `${NOTE}\n| Name | Value |\n| --- | --- |\n| a |\n`;

const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A command that goes on until it is ended. */
class Watching {
  private out = '';
  private err = '';
  private rounds = 0;
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(cwd: string, ...args: string[]) {
    this.child = spawn(process.execPath, [CLI, 'lint', '--watch', ...args], {
      cwd,
      env: { PATH: process.env.PATH },
    });
    children.push(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = new Promise((done) => this.child.once('close', done));
  }

  /** What was written up to the end of the next round. */
  async round(): Promise<{ out: string; err: string }> {
    this.rounds++;
    const waiting = 'waiting for changes; Ctrl-C ends this\n';
    for (let waited = 0; this.err.split(waiting).length <= this.rounds; waited += 20) {
      if (waited > 30_000) throw new Error(`no round ${this.rounds}:\n${this.out}${this.err}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    // What was written before that line may come by the other pipe after it.
    await new Promise((done) => setTimeout(done, 50));
    const [out, err] = [this.out, this.err.replaceAll(waiting, '')];
    this.out = '';
    this.err = waiting.repeat(this.rounds);
    return { out, err };
  }

  interrupt(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

describe('probatum lint --watch', () => {
  it('sees documents that are changed, made, moved and removed, and ends when it is told to', async () => {
    const root = folder({ 'knowledge/a.md': NOTE });
    const file = (path: string) => join(root, path);
    const watching = new Watching(root);
    expect(await watching.round()).toEqual({ out: '1 document, no findings\n', err: '' });

    writeFileSync(file('knowledge/a.md'), TORN);
    const torn = await watching.round();
    expect(torn.out).toMatch(/^error: row has 1 cell[\s\S]*1 document, 1 error, 0 warnings\n$/);
    expect(torn.out + torn.err).not.toContain('\u001b');

    mkdirSync(file('knowledge/new/deep'), { recursive: true });
    writeFileSync(file('knowledge/new/deep/b.md'), TORN);
    expect((await watching.round()).out).toMatch(/2 documents, 2 errors, 0 warnings\n$/);

    renameSync(file('knowledge/new'), file('knowledge/old'));
    const moved = (await watching.round()).out;
    expect(moved).toContain('knowledge/old/deep/b.md:7:1');
    expect(moved).not.toContain('knowledge/new');

    rmSync(file('knowledge/old'), { recursive: true });
    expect((await watching.round()).out).toMatch(/1 document, 1 error, 0 warnings\n$/);

    watching.interrupt('SIGINT');
    expect(await watching.ended).toBe(0);
  });

  it('takes several changes at once for one, and none of files that are no documents', async () => {
    const root = folder({ 'knowledge/a.md': NOTE });
    const watching = new Watching(root);
    await watching.round();
    writeFileSync(join(root, 'knowledge/notes.txt'), 'nothing');
    writeFileSync(join(root, 'other.md'), TORN);
    await new Promise((done) => setTimeout(done, 400));
    for (let number = 0; number < 20; number++) writeFileSync(join(root, `knowledge/${number}.md`), NOTE);
    expect((await watching.round()).out).toBe('21 documents, no findings\n');
    watching.interrupt('SIGTERM');
    expect(await watching.ended).toBe(0);
  });

  it('sees the configuration made, broken and put right', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, 'other/b.md': TORN });
    const configure = (text: string) => writeFileSync(join(root, 'probatum.config.yaml'), text);
    const watching = new Watching(root);
    await watching.round();
    configure('corpus: [other/*.md]\n');
    expect((await watching.round()).out).toMatch(/1 document, 1 error, 0 warnings\n$/);
    writeFileSync(join(root, 'other/b.md'), NOTE);
    expect((await watching.round()).out).toBe('1 document, no findings\n');
    configure('corpora: []\n');
    const broken = await watching.round();
    expect(broken.out).toBe('');
    expect(broken.err).toContain('unknown key "corpora"');
    configure('corpus: ["**/*.md"]\n');
    expect((await watching.round()).out).toBe('2 documents, no findings\n');
  });

  it('sees a corpus that is removed and made again', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, 'other/b.md': NOTE });
    const watching = new Watching(root);
    await watching.round();
    rmSync(join(root, 'knowledge'), { recursive: true });
    expect((await watching.round()).err).toContain('no document was found');
    mkdirSync(join(root, 'knowledge'));
    writeFileSync(join(root, 'knowledge/a.md'), TORN);
    expect((await watching.round()).out).toMatch(/1 document, 1 error, 0 warnings\n$/);
  });

  it('shows each error of the configuration on a line of its own', async () => {
    const root = folder({ 'knowledge/a.md': NOTE, 'probatum.config.yaml': 'corpus: x\nrules: y\n' });
    const { err } = await new Watching(root).round();
    expect(err).not.toContain('\\u000a');
    expect(err.trim().split('\n').length).toBeGreaterThan(1);
  });

  it('waits for the first document', async () => {
    const root = folder();
    const watching = new Watching(root);
    expect((await watching.round()).err).toMatch(/^error: no document was found/);
    mkdirSync(join(root, 'knowledge'));
    writeFileSync(join(root, 'knowledge/a.md'), NOTE);
    expect((await watching.round()).out).toBe('1 document, no findings\n');
  });
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyDraft, EXAMPLE } from '../../../src/demo/example.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const LAWS = 'knowledge/dev/laws/dieu44-trien-khai';

/** The documents that the author has to do with. */
export const DOCUMENTS = {
  package: EXAMPLE.package,
  ddl: `${LAWS}/v0.2-ddl-authoring/dot-iu-cutter-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`,
  review: `${LAWS}/reviews/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`,
} as const;

/** A repository of an author: the example before its rehearsal, with one planted defect, and the package installed. */
export class Workspace {
  constructor(readonly root: string) {
    mkdirSync(root, { recursive: true });
    copyDraft(root);
    this.replace(DOCUMENTS.package, 'revision: r1\n  sha256: adfd66', 'revision: r2\n  sha256: adfd66');
    // The built program, started by a file that leaves a mark, so that "it did not start" can be seen.
    const dist = join(root, 'node_modules/probatum/dist');
    mkdirSync(dist, { recursive: true });
    writeFileSync(
      join(dist, 'cli.js'),
      `require('node:fs').writeFileSync(${JSON.stringify(this.mark)}, '');\nimport(${JSON.stringify(join(REPOSITORY, 'dist/cli.js'))});\n`,
    );
  }

  /** Whether the language server was started since the folder was made. */
  get serverStarted(): boolean {
    return existsSync(this.mark);
  }

  /** What is on disk. */
  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Changes a file on disk, as another program would. */
  replace(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
    writeFileSync(join(this.root, path), text.replace(from, to));
  }

  /** Line and column, from 1, of a text in a file, `into` it. */
  place(path: string, text: string, into = 0): string {
    const before = this.read(path).split(text)[0]!;
    const lines = before.split('\n');
    return `${lines.length}:${lines.at(-1)!.length + 1 + into}`;
  }

  private get mark(): string {
    return join(this.root, 'node_modules/server-started');
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The documents that defects are planted in, cut into lines by hand: what is expected of a mutant may not rest on the
 * parser that is tested.
 */

export const REPOSITORY = join(import.meta.dirname, '../..');

/** Where a line stands: in the front matter, in a fence (by its info string), in a table, or in other text. */
type Region = 'front matter' | 'fence' | 'mark' | 'table' | 'text';

export interface Line {
  readonly document: Original;
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly region: Region;
  /** Role of the SQL fence that the line or mark belongs to; empty for other lines. */
  readonly role: string;
}

export interface Original {
  readonly path: string;
  readonly kind: string;
  readonly text: string;
  readonly lines: readonly Line[];
}

const LAW = 'knowledge/dev/laws/dieu44-trien-khai';
const DDL = `${LAW}/v0.2-ddl-authoring/dot-iu-cutter`;
const REVIEW = `${LAW}/reviews/dot-iu-cutter-v0.2-p0-2`;
const RUN = `${LAW}/v0.2-execution/dot-iu-cutter-v0.2-p0-2`;

/** The documents by what they are. */
export const PATHS = {
  readme: 'knowledge/README.md',
  law: `${LAW}/governed-migration-protocol-2026-05-10.md`,
  base: `${DDL}-base-tables-ddl-draft-2026-05-11.sql.md`,
  first: `${DDL}-v0.1-ddl-draft-2026-05-12.sql.md`,
  alpha: `${DDL}-v0.2-phase-alpha-ddl-draft-2026-05-14.sql.md`,
  ddl: `${DDL}-v0.2-p0-2-ddl-draft-2026-05-16.sql.md`,
  package: `${RUN}-production-command-review-package-2026-05-16.md`,
  execution: `${RUN}-production-execution-report-2026-05-16.md`,
  dryRun: `${LAW}/v0.2-dry-run/dot-iu-cutter-v0.2-p0-2-dry-run-report-2026-05-16.md`,
  ddlReview: `${REVIEW}-ddl-gpt-review-2026-05-16.md`,
  dryRunReview: `${REVIEW}-dry-run-gpt-review-2026-05-16.md`,
  packageReview: `${REVIEW}-production-command-review-gpt-review-2026-05-16.md`,
} as const;

/** The tool's own change has no rehearsal, and no reports that a defect could be planted in. */
export const OWN = 'knowledge/probatum/';

/** All documents of the example in `knowledge/`, in the order of their paths. */
export class Originals {
  readonly all: readonly Original[];
  readonly lines: readonly Line[];
  private readonly named = new Map<string, boolean>();

  constructor() {
    const names = readdirSync(join(REPOSITORY, 'knowledge'), { recursive: true }) as string[];
    this.all = names
      .map((name) => `knowledge/${name.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.md') && !path.startsWith(OWN))
      .sort()
      .map((path) => original(path, readFileSync(join(REPOSITORY, path), 'utf8')));
    this.lines = this.all.flatMap(({ lines }) => lines);
  }

  get(name: keyof typeof PATHS): Original {
    return this.all.find(({ path }) => path === PATHS[name])!;
  }

  /** Whether a document, as it is, has a file name in its text. */
  names(path: string, fileName: string): boolean {
    const key = `${path} ${fileName}`;
    const known =
      this.named.get(key) ?? this.all.some((one) => one.path === path && one.text.includes(fileName));
    this.named.set(key, known);
    return known;
  }
}

/** The one line of a document that a pattern finds first. */
export function lineWith({ lines, path }: Original, pattern: RegExp): Line {
  const found = lines.find(({ text }) => pattern.test(text));
  if (!found) throw new Error(`no line of ${path} has ${pattern}`);
  return found;
}

function original(path: string, text: string): Original {
  const lines: Line[] = [];
  const document: Original = { path, kind: /^kind: (.*)$/m.exec(text)![1]!, text, lines };
  let region: Region = 'text';
  let role = '';
  const rows = text.split('\n');
  if (rows.at(-1) === '') rows.pop();
  for (const [index, row] of rows.entries()) {
    const header = row === '---' && (index === 0 || region === 'front matter');
    const mark = region !== 'front matter' && row.startsWith('```');
    if (mark && region !== 'fence') role = row.slice(3).replace(/^sql ?/, '');
    const inside = region === 'front matter' || region === 'fence';
    const here = header || mark ? 'mark' : inside ? region : row.startsWith('|') ? 'table' : 'text';
    lines.push({ document, number: index + 1, text: row, region: here, role });
    if (header) region = index === 0 ? 'front matter' : 'text';
    if (mark) region = region === 'fence' ? 'text' : 'fence';
    if (mark && region === 'text') role = '';
  }
  return document;
}

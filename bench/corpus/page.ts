import { createHash } from 'node:crypto';

/** Rules that the generator can break on purpose, each with exactly one finding. */
export type PlantedRule =
  | 'abbreviated-digest'
  | 'check-format'
  | 'column-count-claims'
  | 'declared-scope'
  | 'document-digest-matches'
  | 'document-path-matches'
  | 'front-matter-schema'
  | 'malformed-table'
  | 'no-broken-anchor'
  | 'no-broken-reference'
  | 'no-empty-glob'
  | 'no-stale-revision'
  | 'no-undefined-id'
  | 'sql-digest-matches'
  | 'sql-syntax';

/** A planted defect: what a linter of the corpus has to report, and where. */
export interface Defect {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly rule: PlantedRule;
}

/** What later documents need to know of one that is written: enough to refer to it and to pin it. */
export interface Written {
  readonly path: string;
  readonly title: string;
  readonly sha256: string;
  readonly anchors: readonly string[];
}

/** A document in the making: its lines, and the one defect that it is to hold, if any. */
export class Page {
  readonly lines: string[] = [];
  defect: Defect | null = null;

  constructor(
    readonly path: string,
    readonly planted: PlantedRule | null,
  ) {}

  add(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  /** The wrong text where this document is to break the rule and has not yet, for the line that is added next. */
  slot(rule: PlantedRule, right: string, wrong: string): string {
    if (rule !== this.planted || this.defect) return right;
    this.defect = { file: this.path, line: this.lines.length + 1, rule };
    return wrong;
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    this.add('', row(header), row(header.map(() => '---')));
    for (const cells of rows) this.add(this.slot('malformed-table', row(cells), row(spilled(cells))));
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The cells with a bar in the last one that nobody escaped. */
function spilled(cells: readonly string[]): string[] {
  return [...cells.slice(0, -1), `${cells.at(-1)} | rows`];
}

/** Lower-case hex SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

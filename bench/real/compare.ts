import type { JudgedLink } from './links.js';

/** A finding as `lint --format json` writes it, as far as it is needed here. */
export interface Finding {
  readonly ruleId: string;
  readonly file: string;
  readonly message: string;
  readonly position: { readonly start: { readonly line: number } };
}

/** Links that the compiler and the second judge find broken: by both, or by one alone. */
export interface Comparison {
  readonly links: number;
  readonly both: readonly string[];
  readonly onlyReported: readonly string[];
  readonly onlyMissed: readonly string[];
  /** Every link with both verdicts, a line each. */
  readonly all: readonly string[];
}

const RULES = ['no-broken-reference', 'no-broken-anchor'];

/**
 * Compares link by link. A finding belongs to a link of its file where it names the link's target and stands in the
 * link's block; a finding that belongs to none is counted as only reported.
 */
export function compare(links: readonly JudgedLink[], findings: readonly Finding[]): Comparison {
  const byFile = new Map<string, Finding[]>();
  const reports = findings.filter(({ ruleId }) => RULES.includes(ruleId));
  for (const one of reports) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  const anchorsJudged = reports.some(({ ruleId }) => ruleId === 'no-broken-anchor');
  const used = new Set<Finding>();
  const both: string[] = [];
  const onlyReported: string[] = [];
  const onlyMissed: string[] = [];
  const all: string[] = [];
  for (const link of links) {
    const mine = (byFile.get(link.file) ?? []).filter((one) => belongs(one, link));
    for (const one of mine) used.add(one);
    const reported = mine.length > 0;
    const broken = !link.fileExists || (anchorsJudged && link.anchorExists === false);
    const line = describe(link, reported, broken);
    all.push(line);
    if (reported && broken) both.push(line);
    if (reported && !broken) onlyReported.push(line);
    if (!reported && broken) onlyMissed.push(line);
  }
  const stray = reports.filter((one) => !used.has(one));
  const unlinked = stray.map(({ file, position, message }) => `${file}:${position.start.line} ${message}`);
  return { links: links.length, both, onlyReported: [...onlyReported, ...unlinked], onlyMissed, all };
}

function belongs({ position, message, ruleId }: Finding, link: JudgedLink): boolean {
  const { line } = position.start;
  if (line < link.from || line > link.to) return false;
  const named = ruleId === 'no-broken-reference' ? link.target : link.anchor;
  return named !== null && message.includes(`"${named}"`);
}

function describe({ file, from, to, href, target }: JudgedLink, reported: boolean, broken: boolean): string {
  const verdicts = `${reported ? 'REPORTED' : 'resolved'} ${broken ? 'broken' : 'there'}`;
  return `${file}:${from}${to > from ? `-${to}` : ''} ${verdicts} ${href} -> ${target}`;
}

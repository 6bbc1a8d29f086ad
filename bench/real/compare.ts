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
 * Compares link by link. A finding belongs to the links of its file that have the target or anchor which it names: it
 * may stand at a definition, far from where that is used. A finding without such a link (a definition that nothing
 * uses, a path in the text) is right where its target, or its anchor, is not on the disk either.
 *
 * @param exists whether a path is a file of the repository, with the anchor
 */
export function compare(
  links: readonly JudgedLink[],
  findings: readonly Finding[],
  exists: (path: string, anchor: string | null) => boolean,
): Comparison {
  const reports = findings.filter(({ ruleId }) => RULES.includes(ruleId));
  const byFile = new Map<string, Finding[]>();
  for (const one of reports) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  const anchorsJudged = reports.some(({ ruleId }) => ruleId === 'no-broken-anchor');
  const used = new Set<Finding>();
  const found = { both: [] as string[], onlyReported: [] as string[], onlyMissed: [] as string[] };
  const all: string[] = [];
  const sort = (line: string, reported: boolean, broken: boolean) => {
    all.push(line);
    if (reported && broken) found.both.push(line);
    else if (reported) found.onlyReported.push(line);
    else if (broken) found.onlyMissed.push(line);
  };
  for (const link of links) {
    const mine = (byFile.get(link.file) ?? []).filter((one) => belongs(one, link));
    for (const one of mine) used.add(one);
    const broken = !link.fileExists || (anchorsJudged && link.anchorExists === false);
    sort(describe(link, mine.length > 0, broken), mine.length > 0, broken);
  }
  for (const one of reports.filter((report) => !used.has(report))) {
    const [path = '', anchor] = Array.from(one.message.matchAll(/"([^"]+)"/g), (match) => match[1]);
    const broken = !exists(path, one.ruleId === 'no-broken-anchor' && anchor ? anchor : null);
    const verdict = broken ? 'broken' : 'there';
    sort(`${one.file}:${one.position.start.line} REPORTED ${verdict} ${one.message}`, true, broken);
  }
  return { links: links.length, ...found, all };
}

function belongs({ message, ruleId }: Finding, { target, anchor }: JudgedLink): boolean {
  const named = ruleId === 'no-broken-reference' ? `"${target}"` : `"${target}" has the anchor "${anchor}"`;
  return message.includes(named);
}

function describe({ file, from, to, href, target }: JudgedLink, reported: boolean, broken: boolean): string {
  const verdicts = `${reported ? 'REPORTED' : 'resolved'} ${broken ? 'broken' : 'there'}`;
  return `${file}:${from}${to > from ? `-${to}` : ''} ${verdicts} ${href} -> ${target}`;
}

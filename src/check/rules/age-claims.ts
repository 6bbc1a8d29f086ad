import type { Range } from '../../base/position.js';
import type { Entry } from '../../model/entry.js';
import type { Model } from '../../model/model.js';
import { headerPosition } from '../../parse/document.js';
import { type AgeClaims, ageClaims as readAgeClaims } from '../age-claims.js';
import { shownSeconds } from '../durations.js';
import { corpusRule } from '../rule.js';
import { alternatives } from '../words.js';

export const ageClaims = corpusRule<AgeClaims>({
  id: 'age-claims',
  scope: 'corpus',
  group: 'claims',
  severity: 'error',
  what: 'An age or duration that does not lie between the two times beside it, or is more than its gate allows; a limit that is not the one of the law or the package; an end before its start, but in a report that is rendered from a record: clocks may have been turned back.',
  why: 'The age of a backup decides whether it may be relied on, and it is calculated by hand.',
  fix: 'Calculate it again, or correct the time or limit that is wrong.',
  collect: (entry) => (entry.kind === 'note' ? null : readAgeClaims(entry.document)),
  check({ entry, model, collected, report }) {
    for (const finding of collected.findings) report(finding);
    // What contradicts its own line needs no second finding.
    const known = new Set(collected.findings.map(({ position }) => placeOf(position)));
    for (const { what, gate, seconds, position } of collected.gates) {
      const limits = limitsOf(model, entry, gate);
      if (limits.length === 0 || known.has(placeOf(position))) continue;
      const allowed = [...new Set(limits.map((limit) => limit.seconds))].sort((a, b) => a - b);
      if (what === 'age' ? seconds <= allowed[0]! : allowed.includes(seconds)) continue;
      report({
        message:
          what === 'age'
            ? `an age of ${shownSeconds(seconds)} where ${gate} allows at most ${shownSeconds(allowed[0]!)}`
            : `${shownSeconds(seconds)} is not the limit of ${gate}, which is ${alternatives(allowed.map(shownSeconds))}`,
        position,
        expected:
          what === 'age' ? `at most ${shownSeconds(allowed[0]!)}` : alternatives(allowed.map(shownSeconds)),
        observed: shownSeconds(seconds),
        related: limits.map(({ path, place }) => ({
          file: path,
          position: place,
          message: `the limit of ${gate}`,
        })),
        help: 'the law and the package decide; correct the number here',
      });
    }
  },
});

function placeOf({ start }: Range): string {
  return `${start.line}:${start.column}`;
}

interface Limit {
  readonly seconds: number;
  readonly path: string;
  readonly place: Range;
}

/** Limits of a gate in the law and the package that a document is or names, and in the law of that package. */
function limitsOf(model: Model, entry: Entry, gate: string): Limit[] {
  const named = (one: Entry) => one.mentioned.paths.flatMap(({ value }) => model.entries.get(value) ?? []);
  const packages = [entry, ...named(entry)].filter(({ kind }) => kind === 'command-package');
  const laws = [entry, ...named(entry), ...packages.flatMap(named)].filter(({ kind }) => kind === 'law');
  return [...new Set([...packages, ...laws])].flatMap((one) => limitIn(one, gate));
}

function limitIn({ document, kind }: Entry, gate: string): Limit[] {
  const data = document.header?.data ?? {};
  const holder = kind === 'law' ? (data.protocol as { readonly gates?: unknown } | undefined) : data;
  const key = kind === 'law' ? 'protocol.gates' : 'gates';
  const gates = Array.isArray(holder?.gates) ? holder.gates : [];
  return gates.flatMap(
    (item: { readonly id?: unknown; readonly max_age_seconds?: unknown }, index: number) => {
      const { id, max_age_seconds: text } = item;
      if (id !== gate || typeof text !== 'string' || !/^\d{1,12}$/.test(text)) return [];
      const place = headerPosition(document, `${key}.${index}.max_age_seconds`)!;
      return [{ seconds: Number(text), path: document.path, place }];
    },
  );
}

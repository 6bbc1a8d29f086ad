import type { Range } from '../../base/position.js';
import type { FullEntry } from '../../model/entry.js';
import { REVISION } from '../../model/pins.js';
import { pathMentions } from '../../model/references.js';
import { headerValue, type Mention } from '../../parse/document.js';
import { proseAt } from '../prose-line.js';
import type { DocumentRule, Finding } from '../rule.js';

/*
 * The schemas judge the revisions of governed kinds; this rule judges what they leave: the revision in a header of
 * the old form, in the pins of a note, and beside a path in the text.
 */
export const revisionFormat: DocumentRule = {
  id: 'revision-format',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A revision that is not written as `r1`, `r2`, …: in a header of the old form, in the pin of a note, or beside a path.',
  why: 'A revision in another form is compared with nothing, so it can be stale without being noticed.',
  fix: 'Write `r` and the number.',
  check({ entry, report }) {
    const { document, kind, pins } = entry;
    if (!document.header) return;
    const own = headerValue(document, 'revision');
    if (own && document.header.origin === 'legacy' && !REVISION.test(firstWord(own.value)))
      report(finding(own.value, own.position));
    if (kind === null || kind === 'note')
      for (const { name, value, position } of pins.flatMap(({ fields }) => fields))
        if (name === 'revision' && !REVISION.test(value)) report(finding(value, position));
    besidePaths(entry).forEach(report);
  },
};

function firstWord(text: string): string {
  return /^\S*/.exec(text)![0];
}

/** A number with one of the words that people write for a revision. */
const LOOSE = String.raw`r(?:ev(?:ision)?)?[.\s-]*\d[\w.]*`;
const AFTER = new RegExp(`^[\`)\\]"'*_]*\\s*\\((${LOOSE})\\)`, 'i');
const BEFORE = new RegExp(`\\((${LOOSE})\\)\\s*:\\s*[\`("']*$`, 'i');
/** How far from a path its revision may stand, in characters. */
const BESIDE = 60;

function besidePaths({ document }: FullEntry): Finding[] {
  return pathMentions(document).flatMap((mention) => {
    if (mention.in !== 'prose' && mention.in !== 'key-value') return [];
    const line = proseAt(document, mention.position.start.line) ?? '';
    const beside = revisionBeside(line, mention);
    return beside && !REVISION.test(beside.text) ? [finding(beside.text, beside.position)] : [];
  });
}

function revisionBeside(line: string, { position }: Mention): { text: string; position: Range } | null {
  const from = position.start.column - 1;
  const to = position.end.column - 1;
  const first = Math.max(0, from - BESIDE);
  const [ahead, behind] = [line.slice(first, from), line.slice(to, to + BESIDE)];
  const after = behind.includes('(') ? AFTER.exec(behind) : null;
  const before = !after && ahead.includes('(') ? BEFORE.exec(ahead) : null;
  const text = after?.[1] ?? before?.[1];
  if (text === undefined) return null;
  const start = after ? to + after[0].length - 1 - text.length : first + before!.index + 1;
  const at = position.start.line;
  return {
    text,
    position: { start: { line: at, column: start + 1 }, end: { line: at, column: start + text.length + 1 } },
  };
}

function finding(observed: string, position: Range): Finding {
  const number = /^(?:r(?:ev(?:ision)?)?|v)?[.\s-]*0*([1-9]\d*)$/i.exec(observed)?.[1];
  const expected = number === undefined ? 'r1, r2, …' : `r${number}`;
  return {
    message: `"${observed}" has not the form of a revision`,
    position,
    expected,
    observed,
    ...(number === undefined
      ? {}
      : { fix: { title: `write ${expected}`, kind: 'safe', edits: [{ position, text: expected }] } }),
  };
}

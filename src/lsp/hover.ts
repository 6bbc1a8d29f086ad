import type { Hover } from 'vscode-languageserver/node';
import type { Point } from '../base/position.js';
import { RULES } from '../check/rules/index.js';
import { reviewsOf } from '../model/chain.js';
import { type Entry, kindName, unitOf } from '../model/entry.js';
import type { Pin } from '../model/pins.js';
import { derivedOf } from '../model/scope.js';
import { headerText } from '../parse/document.js';
import { encodeMarkdown } from '../render/encode.js';
import { holds, toClientRange } from './positions.js';
import { digestPlaces } from './resolve.js';
import type { Place, Snapshot } from './snapshot.js';
import { type Subject, subjectAt } from './subject.js';

/** What is known of what stands at a place, as Markdown; values of documents are encoded, as anybody may have written them. */
export function hoverAt(snapshot: Snapshot, path: string, point: Point): Hover | null {
  const found = subjectAt(snapshot, path, point);
  if (!found) return null;
  const pin = snapshot
    .entry(path)
    ?.pins.find(
      ({ pathPosition, fields }) =>
        holds(pathPosition, point) || fields.some(({ position }) => holds(position, point)),
    );
  const lines = [...linesOf(snapshot, found.subject), ...(pin ? pinLines(snapshot, pin) : [])];
  if (lines.length === 0) return null;
  return {
    contents: { kind: 'markdown', value: lines.join('\n\n') },
    range: toClientRange(found.position),
  };
}

function linesOf(snapshot: Snapshot, subject: Subject): string[] {
  switch (subject.kind) {
    case 'document':
      return subject.paths.length === 1
        ? documentLines(snapshot, subject.paths[0]!)
        : [`${subject.paths.length} documents:`, list(subject.paths.slice(0, SHOWN).map(encodeMarkdown))];
    case 'heading':
      return subject.headings.map(
        ({ path, heading }) => `**${encodeMarkdown(heading.text)}**, ${shown(path)}`,
      );
    case 'id':
      return subject.declarations.length === 0
        ? [`${subject.id} is declared in no document.`]
        : subject.declarations.slice(0, SHOWN).flatMap((place) => idLines(snapshot, subject.id, place));
    case 'digest':
      return digestLines(snapshot, subject.digests);
    case 'rule':
      return ruleLines(subject.id);
  }
}

const SHOWN = 5;

function documentLines(snapshot: Snapshot, path: string): string[] {
  const entry = snapshot.entry(path)!;
  const { document, sql } = entry;
  const fields = ['revision', 'status', 'date', 'change', 'author'].flatMap((key) => {
    const value = headerText(document, key);
    return value === undefined ? [] : [`${key}: ${encodeMarkdown(value)}`];
  });
  const digests = sql.units.map(({ role, digest }) => `${role} SQL: \`${digest}\``);
  return [
    `**${encodeMarkdown(path)}**`,
    list([
      `kind: ${encodeMarkdown(kindName(entry) ?? 'none')}`,
      ...fields,
      `sha256: \`${document.digest}\``,
      ...digests,
    ]),
    ...reviewLines(snapshot, path),
  ];
}

function reviewLines(snapshot: Snapshot, path: string): string[] {
  const reviews = reviewsOf(snapshot.model, [path]).map((review) => {
    const { document } = review.entry;
    const who = headerText(document, 'author');
    const verdict = review.entry.kind === 'authorization' ? 'authorization' : `review, ${review.verdict}`;
    const by = who === undefined ? '' : ` by ${encodeMarkdown(who)}`;
    const bytes = review.subjectMatches ? 'of these bytes' : '**of other bytes than these**';
    return `${encodeMarkdown(verdict)}${by}, ${bytes}: ${encodeMarkdown(document.path)}`;
  });
  return reviews.length === 0 ? [] : ['Reviewed:', list(reviews)];
}

/** What a pin says beside what is there now. */
function pinLines(snapshot: Snapshot, pin: Pin): string[] {
  const target = snapshot.entry(pin.path);
  if (!target) return [`The pin names ${encodeMarkdown(pin.path)}, which is no document of the corpus.`];
  const stale = pin.fields.flatMap(({ name, value }) => {
    const now = currentValue(target, name);
    return now === value ? [] : [`${name} is ${now === undefined ? 'not there' : `\`${now}\``} now`];
  });
  if (stale.length === 0) return [`The pin holds: ${shown(pin.path)} is as it was read.`];
  return [`**${shown(pin.path)} is not what was pinned:**`, list(stale)];
}

/** What a field of a pin has to say of a document as it is now. */
export function currentValue(target: Entry, field: Pin['fields'][number]['name']): string | undefined {
  switch (field) {
    case 'revision':
      return headerText(target.document, 'revision');
    case 'sha256':
      return target.document.digest;
    case 'migration_sha256':
      return unitOf(target, 'migration')?.digest;
    case 'rollback_sha256':
      return unitOf(target, 'rollback')?.digest;
  }
}

function idLines(snapshot: Snapshot, id: string, { path, position }: Place): string[] {
  const entry = snapshot.entry(path)!;
  const check = entry.sql.checks.find((one) => one.id === id);
  if (check) {
    const answer = check.evidence === null ? [] : [`answered by: ${encodeMarkdown(check.evidence)}`];
    const expected = check.expect.map(({ text }) => `expects: ${encodeMarkdown(text)}`);
    return [
      `**${id}**: ${encodeMarkdown(check.title)}`,
      list([`${check.phase} check of ${shown(path)}`, ...answer, ...expected]),
    ];
  }
  const derived = derivedOf(entry).find((one) => one.id === id);
  if (derived && !entry.declared.some((one) => one.id === id)) {
    const expected = derived.expected.map((text) => `expects: ${encodeMarkdown(text)}`);
    return [
      `**${id}**: ${encodeMarkdown(derived.title)}`,
      list([`follows from the migration of ${shown(path)}`, ...expected]),
    ];
  }
  return [`**${id}**, declared in ${shown(path)}`, declarationText(snapshot, entry, position)];
}

/** The mapping of the front matter that declares an id, else the line. */
function declarationText(snapshot: Snapshot, { document }: Entry, { start }: Place['position']): string {
  const key = document.header?.values.find(
    ({ position }) => position.start.line === start.line && position.start.column === start.column,
  )?.path;
  const parent = key?.endsWith('.id') ? key.slice(0, -2) : null;
  const fields = document.header?.values.filter(
    ({ path }) => parent !== null && path.startsWith(parent) && path !== key,
  );
  if (parent !== null && fields && fields.length > 0)
    return list(fields.map(({ path, value }) => `${path.slice(parent.length)}: ${encodeMarkdown(value)}`));
  return encodeMarkdown(snapshot.source(document.path).line(start.line).trim());
}

function digestLines(snapshot: Snapshot, digests: readonly string[]): string[] {
  const places = digests.flatMap((digest) => digestPlaces(snapshot, digest));
  if (places.length === 0) return ['No document of the corpus has this digest now, and no SQL in one.'];
  return [
    ...new Set(
      places.map(
        ({ digest, of, path }) =>
          `\`${digest}\`: ${of === 'document' ? 'the document' : `the ${encodeMarkdown(of)} of`} ${shown(path)}`,
      ),
    ),
  ];
}

function ruleLines(id: string): string[] {
  const rule = RULES.find((one) => one.id === id);
  if (!rule) return [`There is no rule ${encodeMarkdown(id)}.`];
  return [
    `**${rule.id}** (${rule.group}, ${rule.severity})`,
    rule.what,
    `Why: ${rule.why}`,
    `What to do: ${rule.fix}`,
  ];
}

function shown(path: string): string {
  return encodeMarkdown(path.slice(path.lastIndexOf('/') + 1));
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

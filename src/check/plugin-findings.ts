import type { Diagnostic, Edit, Fix, RelatedPlace } from '../base/diagnostic.js';
import { SEVERITIES } from '../base/diagnostic.js';
import { FILE_START, type Range } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import { isPluginRule, moduleOf } from './plugin-rules.js';
import type { Finding, Rule } from './rule.js';
import { pluginFailed } from './rules/plugin-failed.js';

/** Largest number that the protocol of editors has for a line or column. */
const LARGEST = 2 ** 31 - 1;

/** Lets a rule judge. What a plugin's rule throws is a finding at the document and ends nothing else. */
export function letJudge<Result>(
  rule: Rule,
  { document }: Entry,
  into: Diagnostic[],
  judge: () => Result,
): Result | null {
  if (!isPluginRule(rule)) return judge();
  const failed = (how: string) =>
    into.push({
      ruleId: pluginFailed.id,
      severity: pluginFailed.severity,
      message: `rule ${rule.id} of ${moduleOf(rule)} ${how}`,
      file: document.path,
      position: FILE_START,
      help: 'the rule has not judged this document; correct it, or take its plugin out of the configuration',
    });
  try {
    const result = judge();
    if (!(result instanceof Promise)) return result;
    // Nobody waits for it, and nobody else would catch what it throws.
    result.catch(() => {});
    failed('answers later, and rules judge at once');
  } catch (error) {
    failed(`failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return null;
}

/** Lengths of the lines of a document in UTF-16 units, to which the places that plugins give are held. */
export type LineLengths = readonly number[];

/** The lines of a document; behind a last line end there is one more, which is empty. */
export function lineLengths(bytes: Uint8Array): LineLengths {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.split(/\r\n|\n|\r/).map(({ length }) => length);
}

/**
 * A finding of a plugin's rule as plain data with nothing else in it.
 * @param path of the document that it judges @param lines of that document
 * @throws TypeError where it is none, or stands at a place that the document does not have
 */
export function plainFinding(finding: unknown, path: string, lines: LineLengths): Finding {
  const range = (position: unknown) => within(lines, span(position));
  const given = mapping(finding, 'a finding');
  const { message, position, severity, expected, observed, help, related, fix } = given;
  if (severity !== undefined && !SEVERITIES.includes(severity as 'error'))
    throw new TypeError('severity of a finding must be error, warning or info');
  return {
    message: text(message, 'message'),
    position: range(position),
    ...(severity === undefined ? {} : { severity: severity as Diagnostic['severity'] }),
    ...(expected === undefined ? {} : { expected: text(expected, 'expected') }),
    ...(observed === undefined ? {} : { observed: text(observed, 'observed') }),
    ...(help === undefined ? {} : { help: text(help, 'help') }),
    ...(related === undefined
      ? {}
      : { related: list(related, 'related').map((place) => plainPlace(place, path, range)) }),
    ...(fix === undefined ? {} : { fix: plainFix(fix, range) }),
  };
}

type ReadRange = (position: unknown) => Range;

/** @param range reads a place of the document at the path; the lines of others are not at hand */
function plainPlace(place: unknown, path: string, range: ReadRange): RelatedPlace {
  const { file, position, message } = mapping(place, 'a related place');
  const read = file === path ? range : span;
  return { file: text(file, 'file'), position: read(position), message: text(message, 'message') };
}

/** That something was read again is for the author to say, never for a plugin: its fixes are all `safe`. */
function plainFix(fix: unknown, range: ReadRange): Fix {
  const { title, kind, edits } = mapping(fix, 'fix');
  if (kind !== 'safe') throw new TypeError('the fix of a plugin must be of kind safe');
  const plain = list(edits, 'edits').map((edit): Edit => {
    const { position, text: replacement } = mapping(edit, 'an edit');
    if (typeof replacement !== 'string') throw new TypeError('text of an edit must be text');
    return { position: range(position), text: replacement };
  });
  return { title: text(title, 'title'), kind, edits: plain };
}

function span(position: unknown): Range {
  const given = mapping(position, 'position');
  const [start, end] = [point(given.start), point(given.end)];
  if (end.line < start.line || (end.line === start.line && end.column < start.column))
    throw new TypeError(`a place ends at ${shown(end)}, before it begins at ${shown(start)}`);
  return { start, end };
}

function within(lines: LineLengths, range: Range): Range {
  for (const point of [range.start, range.end]) {
    const length = lines[point.line - 1];
    if (length !== undefined && point.column <= length + 1) continue;
    const [what, end] =
      length === undefined
        ? ['document', { line: lines.length, column: lines.at(-1)! + 1 }]
        : ['line', { line: point.line, column: length + 1 }];
    throw new TypeError(`there is no place ${shown(point)}: the ${what} ends at ${shown(end)}`);
  }
  return range;
}

function shown({ line, column }: Range['start']): string {
  return `${line}:${column}`;
}

function point(value: unknown): Range['start'] {
  const { line, column } = mapping(value, 'a place');
  for (const number of [line, column])
    if (!Number.isInteger(number) || (number as number) < 1 || (number as number) > LARGEST)
      throw new TypeError('line and column of a place are whole numbers from 1');
  return { line: line as number, column: column as number };
}

function mapping(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} must be an object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be a list`);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} of a finding must be text`);
  return value;
}

/** What a plugin's rule collects of a document, as the plain data that is kept of it. */
export function plainCollected(data: unknown): unknown {
  const json = JSON.stringify(data);
  if (json === undefined) throw new TypeError('collect must give plain data, or null');
  return JSON.parse(json);
}

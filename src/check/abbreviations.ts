import type { Range } from '../base/position.js';
import type { FullEntry } from '../model/entry.js';
import type { Document, Mention, Table } from '../parse/document.js';
import { proseAt } from './prose-line.js';

/** The beginning of a digest, and its end where it is written. */
export interface Abbreviation {
  readonly value: string;
  /** Lower-case hex digits. */
  readonly head: string;
  /** The same; empty where there is no end. */
  readonly tail: string;
  readonly position: Range;
}

/**
 * Abbreviations in a document that stand for a digest. An address (`0x12ab…`), a commit (`1a2b3c4…`) and a token look
 * the same: with no end, only what is called a digest is one, or what stands behind a path; and in a note, which may speak of
 * digests of any kind, none.
 */
export function abbreviationsIn({ document, kind, mentioned }: FullEntry): Abbreviation[] {
  return mentioned.digests.flatMap((mention) => {
    if (mention.kind !== 'abbreviated-digest') return [];
    const { value, position } = mention;
    const [head = '', tail = ''] = value.toLowerCase().split(/[ \u00a0]?(?:…|\.{3}|&hellip;)[ \u00a0]?/);
    const around = surroundings(document, mention);
    if (ADDRESS.test(around.before)) return [];
    const isMeant = around.isNamed || (tail !== '' && looksLikeOne(value, head, tail));
    return isMeant && (tail !== '' || kind !== 'note') ? [{ value, head, tail, position }] : [];
  });
}

/** The beginning of an address of the web or of a chain. */
const ADDRESS = /0x[\da-f]*(?:…|\.{2,3})?$|:\/\/[^\s<>"'`|),;\]]*$/i;

/** Words such as `facade…decade` and numbers such as `100000…200000` have hex digits too, and `1a2b3c4...5d6e7f8` is a range of commits. */
function looksLikeOne(value: string, head: string, tail: string): boolean {
  // Between blanks the dots may as well leave out words.
  const digits = /\s/.test(value) ? head : head + tail;
  if (!/\d/.test(digits) || !/[a-f]/.test(digits)) return false;
  return !(value.includes('...') && head.length === 7 && tail.length === 7);
}

const NAME = /sha-?256|digest|checksum/i;
/** Such a name before it in its sentence, with nothing else between them that looks so. */
const NAMED = /(?:sha-?256|digest|checksum)(?:(?!;|[.!?]\s|\bcommits?\b|\btokens?\b|\baddress).)*$/i;
const BEHIND_PATH = /\.md[\s`*_()"'|:,–—\]-]{1,8}$/;

/** What stands before a mention on its line, and whether that says that it is a digest. */
function surroundings(document: Document, { key, position }: Mention): { before: string; isNamed: boolean } {
  const { line, column } = position.start;
  const before = (proseAt(document, line) ?? '').slice(Math.max(0, column - 101), column - 1);
  const isNamed =
    NAME.test(key ?? '') ||
    NAMED.test(before) ||
    BEHIND_PATH.test(before) ||
    document.tables.some((table) => NAME.test(columnAt(table, position) ?? ''));
  return { before, isNamed };
}

/** How the column of a place is headed; undefined where it is in no row of the table. */
function columnAt({ header, rows, position }: Table, { start }: Range): string | undefined {
  if (start.line < position.start.line || start.line > position.end.line) return undefined;
  const row = rows.find((one) => one.position.start.line === start.line);
  const index = row?.cells.findIndex((cell) => start.column < cell.position.end.column) ?? -1;
  return header.cells[index]?.text;
}

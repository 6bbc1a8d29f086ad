import type { Range } from '../base/position.js';
import type { Document } from '../parse/document.js';
import { proseAt } from './prose-line.js';

/** Places of sections that the text says are of another work: `RFC 9562, §5.7`, `§7 Abs. 2 DSGVO`, `§35 of the GDPR`. */
export function foreignSections(document: Document): string[] {
  return document.mentions.flatMap(({ kind, position }) => {
    if (kind !== 'section') return [];
    const text = proseAt(document, position.start.line) ?? '';
    const before = text.slice(Math.max(0, position.start.column - 1 - REACH), position.start.column - 1);
    const behind = text.slice(position.end.column - 1, position.end.column - 1 + REACH);
    return isWork(BEFORE.exec(before)?.[1]) || PART.test(behind) || isWork(BEHIND.exec(behind)?.[1])
      ? [placeOf(position)]
      : [];
  });
}

/** A place as it is compared. */
export function placeOf({ start }: Range): string {
  return `${start.line}:${start.column}`;
}

/** How far the name of a work may stand from the section, in characters. */
const REACH = 60;
/** A series of standards with a number, or the abbreviation of a name. */
const WORK = String.raw`(?:RFC|ISO|IEC|DIN|EN|IEEE|NIST|PEP|EIP|BIP)[\s-]*[\d.:-]*\d|\p{Lu}[\p{L}]*\p{Lu}[\p{L}]*`;
const BEFORE = new RegExp(String.raw`(?<![\p{L}\p{N}_-])(${WORK}),?\s*\(?$`, 'u');
const BEHIND = new RegExp(
  String.raw`^,?\s+(?:(?:of|in)(?: the)? |des |der |im )?(${WORK})(?![\p{L}\p{N}_-])`,
  'u',
);
/** Parts into which laws are divided, and documents are not. */
const PART = /^\s*(?:Abs(?:\.|atz)|Satz|Nr\.|lit\.)\s*[\da-z]/;
/** What is written in capitals beside a section and is no work. */
const WORDS = new Set(
  'DDL SQL LAW SEE THE AND NOT OR BUT PASS FAIL OK TODO TBD GATE STEP CHECK GUARD LOCK'.split(' '),
);

function isWork(name: string | undefined): boolean {
  return name !== undefined && !WORDS.has(name);
}

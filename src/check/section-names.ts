/** `§4 — `, `4. `, `4.1) `, `4: ` before a heading's own words. */
const NUMBERING = /^§?\s*\d+(?:\.\d+)*[.):]?\s*(?:[—–-]\s*)?/;
/** What a heading says besides its name: `Preflight (10/10 PASS)`. */
const REMARK = /\s*\([^()]*\)$/;

/** The names by which a heading can be asked for: without numbering and case, with and without a last remark. */
export function sectionNames(heading: string): string[] {
  const text = heading.normalize('NFC').replace(/\s+/g, ' ').trim();
  const words = text.replace(NUMBERING, '');
  const name = (words === '' ? text : words).toLowerCase();
  return [...new Set([name, name.replace(REMARK, '')])];
}

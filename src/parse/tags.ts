const TAG = /<[A-Za-z][A-Za-z0-9-]*(\s[^>]*)/g;
const NAME = /\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/gi;

/** Adds the names that tags of a line give to places. */
export function findAnchors(text: string, found: string[]): void {
  for (const [, attributes] of text.matchAll(TAG)) {
    for (const [, double, single, bare] of attributes!.matchAll(NAME)) {
      const name = double ?? single ?? bare!;
      if (name !== '') found.push(name);
    }
  }
}

/** `{#name}` at the end of a heading, as handbooks write it for other renderers. @param text without blanks behind it */
export function headingAnchor(text: string): string | null {
  if (!text.endsWith('}') && !text.endsWith('#')) return null;
  return /\{#([^\s{}]+)\}(?:\s+#+)?$/.exec(text)?.[1] ?? null;
}

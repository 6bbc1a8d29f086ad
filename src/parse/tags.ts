const TAG = /<[A-Za-z][A-Za-z0-9-]*(\s[^>]*)/g;
const NAME = /\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/gi;

/** Adds the names that tags of a line give to places. */
export function findAnchors(text: string, found: string[]): void {
  for (const [, attributes] of withoutComments(text).matchAll(TAG)) {
    for (const [, double, single, bare] of attributes!.matchAll(NAME)) {
      const name = double ?? single ?? bare!;
      if (name !== '') found.push(name);
    }
  }
}

/** `{#name}`, `{: #name }` at the end of a heading, as handbooks write it for other renderers. @param text without blanks behind it */
export function headingAnchor(text: string): string | null {
  if (!text.endsWith('}') && !text.endsWith('#')) return null;
  return /\{:?[ \t]*#([^\s{}]+)(?:\s[^{}]*)?\}(?:\s+#+)?$/.exec(text)?.[1] ?? null;
}

/** What a comment of the same line holds is no place. Cut by hand: a pattern takes quadratic time on many openings. */
function withoutComments(text: string): string {
  let kept = '';
  for (let at = 0; ; ) {
    const open = text.indexOf('<!--', at);
    if (open < 0) return kept + text.slice(at);
    kept += text.slice(at, open);
    const close = text.indexOf('-->', open + 4);
    if (close < 0) return kept;
    at = close + 3;
  }
}

/** Values of `id` and `name` attributes in raw HTML: places that a link can lead to besides headings. */
export function htmlAnchors(html: string): string[] {
  return [...withoutComments(html).matchAll(/<[A-Za-z][^<>]*>/g)].flatMap(([tag]) =>
    [...tag.matchAll(/\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)].map(
      ([, double, single, bare]) => double ?? single ?? bare ?? '',
    ),
  );
}

/** The id that a heading gives itself at its end, as several site generators read it: `## Title {#id}`, `{: #id }`. */
export function headingAnchor(text: string): string | null {
  return /\{:?[ \t]*#([^\s{}]+)(?:\s[^{}]*)?\}$/.exec(text.trimEnd())?.[1] ?? null;
}

/** A comment that is not closed hides the rest. Cut by hand: a pattern takes quadratic time on many openings. */
function withoutComments(html: string): string {
  let kept = '';
  for (let at = 0; ; ) {
    const open = html.indexOf('<!--', at);
    if (open < 0) return kept + html.slice(at);
    kept += html.slice(at, open);
    const close = html.indexOf('-->', open + 4);
    if (close < 0) return kept;
    at = close + 3;
  }
}

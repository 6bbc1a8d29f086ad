/** Kinds of HTML block as CommonMark numbers them. */
export type HtmlKind = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const RAW = /^<(?:script|pre|style|textarea)(?=[\s>]|$)/i;
const BLOCK =
  /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?=[\s>]|\/>|$)/i;
const ATTRIBUTE = String.raw`[ \t]+[A-Za-z_:][A-Za-z0-9_.:-]*(?:[ \t]*=[ \t]*(?:[^\s"'=<>\x60]+|'[^']*'|"[^"]*"))?`;
const COMPLETE = new RegExp(
  String.raw`^<(?:/[A-Za-z][A-Za-z0-9-]*[ \t]*|[A-Za-z][A-Za-z0-9-]*(?:${ATTRIBUTE})*[ \t]*/?)>[ \t]*$`,
);
const RAW_END = /<\/(?:script|pre|style|textarea)>/i;

/** The kind of HTML block that a line opens, 0 for none. @param line from its `<` to its end */
export function htmlKind(line: string, interrupts: boolean): HtmlKind | 0 {
  const code = line.charCodeAt(1);
  if (code === 33) {
    if (line.startsWith('--', 2)) return 2;
    if (line.startsWith('[CDATA[', 2)) return 5;
    return /^[A-Za-z]/.test(line.slice(2, 3)) ? 4 : 0;
  }
  if (code === 63) return 3;
  if (RAW.test(line)) return 1;
  if (BLOCK.test(line)) return 6;
  return !interrupts && COMPLETE.test(line) ? 7 : 0;
}

/** Whether the block's end stands in a line. @param opens the line is the block's first, from its `<` */
export function endsHtml(kind: HtmlKind, line: string, opens: boolean): boolean {
  switch (kind) {
    case 1:
      return RAW_END.test(line);
    case 2:
      return line.includes('-->', opens ? 2 : 0);
    case 3:
      return line.includes('?>', opens ? 1 : 0);
    case 4:
      return line.includes('>');
    case 5:
      return line.includes(']]>');
    default:
      return false;
  }
}

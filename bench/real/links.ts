import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A link to a Markdown file of the repository, as a reader of its own finds and judges it. */
export interface JudgedLink {
  readonly file: string;
  /** First and last line of the block that it stands in, 1-based. */
  readonly from: number;
  readonly to: number;
  readonly href: string;
  /** Path from the root. */
  readonly target: string;
  readonly anchor: string | null;
  readonly fileExists: boolean;
  /** Whether the target has the anchor; null where it is not there or none is named. */
  readonly anchorExists: boolean | null;
}

interface Token {
  readonly type: string;
  readonly map: readonly [number, number] | null;
  readonly content: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
}

interface MarkdownIt {
  parse(text: string, env: object): readonly Token[];
}

const peers = join(dirname(dirname(fileURLToPath(import.meta.url))), 'peers', 'package.json');
const create = createRequire(peers)('markdown-it') as (options: object) => MarkdownIt;
const parser = create({ html: true });

/** Every Markdown file below a folder, folders with a dot and links of the file system left out. */
export function markdownFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map(({ parentPath, name }) => posix.join(parentPath.slice(root.length + 1), name))
    .filter((path) => !/(?:^|\/)\./.test(path))
    .sort();
}

/**
 * Links between Markdown files of a work tree, read by markdown-it and judged against the disk, after the rules by
 * which GitHub shows them. It shares no code with the compiler.
 */
export function judgedLinks(root: string): JudgedLink[] {
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (path: string) => {
    const known = anchors.get(path) ?? readAnchors(join(root, path));
    anchors.set(path, known);
    return known;
  };
  return markdownFiles(root).flatMap((file) =>
    hrefs(body(readFileSync(join(root, file), 'utf8'))).flatMap(({ href, from, to }) => {
      const named = resolve(file, href);
      if (!named) return [];
      const fileExists = isFile(root, named.target);
      const known = named.anchor && fileExists ? anchorsOf(named.target) : null;
      return [
        { file, from, to, href, ...named, fileExists, anchorExists: known?.has(named.anchor!) ?? null },
      ];
    }),
  );
}

/** Whether a path is a file of the work tree, with the anchor if one is named. */
export function isThere(root: string, path: string, anchor: string | null): boolean {
  return isFile(root, path) && (anchor === null || readAnchors(join(root, path)).has(anchor));
}

/** The text without front matter, which markdown-it does not know; its lines stay, empty. */
function body(text: string): string {
  const header = /^---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  return header ? header[0].replace(/[^\n]/g, '') + text.slice(header[0].length) : text;
}

function hrefs(text: string): { href: string; from: number; to: number }[] {
  const found: { href: string; from: number; to: number }[] = [];
  for (const block of parser.parse(text, {})) {
    if (block.type !== 'inline' || !block.map) continue;
    for (const token of block.children ?? []) {
      const name = token.type === 'link_open' ? 'href' : token.type === 'image' ? 'src' : null;
      const href = name && token.attrGet(name);
      if (href) found.push({ href, from: block.map[0] + 1, to: block.map[1] });
    }
  }
  return found;
}

function resolve(file: string, href: string): { target: string; anchor: string | null } | null {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) return null;
  const path = href.split('#', 1)[0] ?? '';
  const anchor = href.slice(path.length + 1);
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    plain = path;
  }
  const base = plain.startsWith('/') ? plain.slice(1) : posix.join(posix.dirname(file), plain);
  const target = plain === '' ? file : posix.normalize(base);
  if (!target.endsWith('.md') || target.startsWith('../')) return null;
  return { target, anchor: anchor ? decodeURI(anchor) : null };
}

/** There, as a file, in exactly this spelling; through links of the file system too. */
function isFile(root: string, path: string): boolean {
  const file = join(root, path);
  if (!existsSync(file)) return false;
  const real = lstatSync(file).isSymbolicLink() ? realpathSync(file) : file;
  return lstatSync(real).isFile() && readdirSync(dirname(file)).includes(posix.basename(path));
}

/** Anchors of a file: headings as GitHub writes them, and ids and names in HTML. */
function readAnchors(file: string): ReadonlySet<string> {
  const text = body(readFileSync(file, 'utf8'));
  const found = new Set<string>();
  const tokens = parser.parse(text, {});
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue;
    const plain = (tokens[index + 1]?.children ?? [])
      .map(({ type, content }) => (type === 'softbreak' ? ' ' : type === 'html_inline' ? '' : content))
      .join('');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    for (let number = 0; ; number++) {
      const anchor = number === 0 ? slug : `${slug}-${number}`;
      if (found.has(anchor)) continue;
      found.add(anchor);
      break;
    }
  }
  // Jekyll, Hugo and others let a heading end with its own id.
  for (const [, id] of text.matchAll(/^#+ .*\{:? *#([^\s}]+) *\}[ \t]*$/gm)) found.add(id!);
  for (const [, id] of text.matchAll(/<[a-z][^>]*\s(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi)) found.add(id!);
  return found;
}

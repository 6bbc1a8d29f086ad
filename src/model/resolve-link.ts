import { posix } from 'node:path';
import type { DocumentIndex } from '../parse/document.js';

/** A link's target as a path of the corpus and its anchor; null for other addresses. */
export function resolveLink(
  document: Pick<DocumentIndex, 'path'>,
  url: string,
): { path: string; anchor: string | null } | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) return null;
  const hash = url.indexOf('#');
  // What a site is asked for besides the file is no part of its name.
  const before = decodedUrl((hash < 0 ? url : url.slice(0, hash)).replace(/\?.*$/s, ''));
  const anchor = hash < 0 ? null : url.slice(hash + 1);
  if (before === '') return { path: document.path, anchor };
  if (before.startsWith('/')) return { path: normalized(before.slice(1)), anchor };
  return { path: below(document.path, before), anchor };
}

/** A way from a document's folder as a path. */
function below(document: string, way: string): string {
  let end = document.lastIndexOf('/') + 1;
  let from = 0;
  // Nearly every link is of this form.
  for (; end > 0 && way.startsWith('../', from); from += 3) end = document.lastIndexOf('/', end - 2) + 1;
  const rest = from === 0 ? way : way.slice(from);
  if (rest !== '' && !/^[./]|\/[./]/.test(rest)) return document.slice(0, end) + rest;
  return normalized(`${posix.dirname(document)}/${way}`);
}

/** What `posix.normalize` says, in time that grows as the path does: with its own, `../` many times takes minutes. */
function normalized(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  const whole = `${absolute ? '/' : ''}${parts.join('/')}${path.endsWith('/') && parts.length > 0 ? '/' : ''}`;
  return whole === '' ? (path.endsWith('/') ? './' : '.') : whole;
}

function decodedUrl(url: string): string {
  if (!url.includes('%')) return url;
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

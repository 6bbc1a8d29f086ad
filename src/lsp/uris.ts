import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Absolute path of a `file:` address; null for every other one. */
export function fileOfUri(uri: string): string | null {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : null;
  } catch {
    return null;
  }
}

/** Address of a path of the corpus. */
export function uriOfPath(root: string, path: string): string {
  return pathToFileURL(join(root, path)).href;
}

/** Path of an address as the corpus spells it; null where it lies outside the root. */
export function pathOfUri(root: string, uri: string): string | null {
  const file = fileOfUri(uri);
  if (file === null) return null;
  const inside = relative(root, file);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return null;
  return inside.split(sep).join('/').normalize('NFC');
}

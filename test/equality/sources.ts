import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Documents that somebody wrote. */
export interface Source {
  /** The folder's name; `owner+name` is shown as `owner/name`. */
  readonly name: string;
  readonly documents: readonly { readonly path: string; readonly text: string }[];
}

/** Every Markdown file below a folder that is UTF-8. */
export function readSource(folder: string): Source {
  const names = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /\.(?:md|markdown)$/.test(name) && !name.includes('node_modules'))
    .sort();
  const documents = names.flatMap((path) => {
    const bytes = readBytes(join(folder, path));
    return bytes && isUtf8(bytes) ? [{ path, text: bytes.toString() }] : [];
  });
  return { name: basename(folder).replace('+', '/'), documents };
}

/** A link may lead nowhere, and a folder may be called like a file. */
function readBytes(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

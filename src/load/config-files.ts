import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from '../base/digest.js';
import { readPlainFile } from '../base/read-plain-file.js';
import type { CustomKind, JsonSchema } from '../base/team-settings.js';
import { UsageError } from '../base/usage-error.js';
import { badConfiguration, type Places, placeOf, pointer } from './config-yaml.js';

/** A module with rules of the team's own. It is code: importing it runs it with the rights of the user. */
export interface Plugin {
  /** As the configuration names it. */
  readonly path: string;
  /** File URL to import it by; another one when its bytes change, so that a process that stays sees the change. */
  readonly url: string;
  /** SHA-256 of its file, and of the files beside it that it may import. */
  readonly digest: string;
}

/** Reads the modules' bytes for their digests; none is loaded. @throws UsageError `bad-configuration` */
export function readPlugins(root: string, paths: readonly string[], places: Places): Plugin[] {
  return paths.map((path, index) => {
    const { file, bytes } = readInside(root, path, placeOf(places, pointer('plugins', index)));
    const digest = withImports(file, bytes);
    return { path, url: `${pathToFileURL(file).href}?sha256=${digest}`, digest };
  });
}

/**
 * Digest of a module and of every file that a text in it may name by a relative path, and in those: more than it
 * imports does no harm. Packages are not looked into; what they are is for the lock file of the package manager.
 */
function withImports(file: string, bytes: Buffer): string {
  const seen = new Map<string, string>([[file, sha256(bytes)]]);
  const look = (from: string, text: Buffer) => {
    for (const [, name = ''] of text.toString('latin1').matchAll(/['"`](\.{1,2}\/[^'"`\n]{1,500})['"`]/g)) {
      const at = resolve(dirname(from), name);
      if (seen.has(at) || !statSync(at, { throwIfNoEntry: false })?.isFile()) continue;
      const read = readFileSync(at);
      seen.set(at, sha256(read));
      look(at, read);
    }
  };
  look(file, bytes);
  return seen.size === 1 ? sha256(bytes) : sha256([...seen.values()].join('\n'));
}

/** Kinds of the team's own with their schemas read, and the sections of all kinds. */
export function readKinds(
  root: string,
  kinds: {
    readonly [kind: string]: { readonly schema: string; readonly requiredSections?: readonly string[] };
  },
  sections: { readonly [kind: string]: readonly string[] },
  places: Places,
): {
  customKinds: { [kind: string]: CustomKind };
  requiredSections: { readonly [kind: string]: readonly string[] };
} {
  const customKinds: { [kind: string]: CustomKind } = {};
  const requiredSections = { ...sections };
  for (const [kind, { schema, requiredSections: own = [] }] of Object.entries(kinds)) {
    const place = placeOf(places, pointer('customKinds', kind, 'schema'));
    customKinds[kind] = { path: schema, schema: readSchema(root, schema, place) };
    if (own.length > 0) requiredSections[kind] = [...(sections[kind] ?? []), ...own];
  }
  return { customKinds, requiredSections };
}

function readSchema(root: string, path: string, place: string): JsonSchema {
  const { bytes } = readInside(root, path, place);
  let schema: unknown;
  try {
    schema = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw badConfiguration([`${place} ${path} is no JSON: ${(error as Error).message}`]);
  }
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  throw badConfiguration([`${place} ${path} is no usable schema: it is not an object`]);
}

/** Reads a file that the configuration names; also a link may not lead out of the root. */
function readInside(root: string, path: string, place: string): { file: string; bytes: Buffer } {
  try {
    const file = realpathSync(resolve(root, path));
    const inside = relative(realpathSync(root), file);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw badConfiguration([`${place} ${path} leads out of the folder of the configuration`]);
    return { file, bytes: readPlainFile(file, path) };
  } catch (error) {
    if (error instanceof UsageError && error.code === 'cannot-read')
      throw badConfiguration([`${place} ${error.message}`]);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'bad-configuration' || code === undefined) throw error;
    throw badConfiguration([`${place} cannot read ${path}: ${code}`]);
  }
}

import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readPlainFile } from '../base/read-plain-file.js';
import type { CustomKind, JsonSchema } from '../base/team-settings.js';
import { UsageError } from '../base/usage-error.js';
import { badConfiguration, type Places, placeOf, pointer } from './config-yaml.js';
import { type PluginFiles, pluginFiles } from './plugin-files.js';

/** A module with rules of the team's own. It is code: importing it runs it with the rights of the user. */
export interface Plugin extends PluginFiles {
  /** As the configuration names it. */
  readonly path: string;
  /** File URL to import it by; another one when its bytes change, so that a process that stays sees the change. */
  readonly url: string;
}

/** Reads the modules' bytes for their digests; none is loaded. @throws UsageError `bad-configuration` */
export function readPlugins(root: string, paths: readonly string[], places: Places): Plugin[] {
  return paths.map((path, index) => {
    const { file, bytes } = readInside(root, path, placeOf(places, pointer('plugins', index)));
    const files = pluginFiles(file, bytes);
    return { path, url: `${pathToFileURL(file).href}?sha256=${files.digest}`, ...files };
  });
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

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256 } from '../base/digest.js';
import { PACKAGE_ROOT } from '../base/package-root.js';

/** What a plugin's code comes from. */
export interface PluginFiles {
  /** SHA-256 of its file, and of the files of the repository that it may import. */
  readonly digest: string;
  /** Whether there is certainly no other file that it imports, but for installed packages. */
  readonly isWhole: boolean;
}

/** Files that are looked into at most; a plugin with more of them is taken for one that is not known as a whole. */
const MOST_FILES = 1000;
/** What stands between two quotes of a line. Quotes are not paired: one in a comment would put the others out of step. */
const QUOTED = /(?<=['"`])([^'"`\n]{1,500})(?=['"`])/g;
/** An import of what is not written there: a text with values in it, a name, a sum. */
const CALCULATED =
  /\b(?:import|require)(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*\((?!\s*(?:\/\*[^*]*\*\/\s*)?(?:'[^'\n\\]*'|"[^"\n\\]*"|`[^`$\\]*`)\s*[,)])/;
/** An importing function by another name, whose calls do not look like imports. */
const RENAMED = /(?<!\brequire\s*=\s*(?:\w+\.)?)\bcreateRequire\s*(?:\(|as\b)|=\s*require\s*(?:[;,)\n]|$)/;
/** An import of a name with an escape or another quote in it. */
const ODD_NAME =
  /\b(?:from|import|require)\s*\(?\s*(?:"[^"\n]*['`\\][^"\n]*"|'[^'\n]*["`\\][^'\n]*'|`[^`\n]*['"\\][^`\n]*`)/;
/** What makes a module import what its quoted texts do not tell. */
const HIDING = [CALCULATED, RENAMED, ODD_NAME];
/** A name of a package that certainly is imported. */
const IMPORTED = /\b(?:from|import|require)\s*\(?\s*['"`]((?:@[\w.~-]+\/)?[\w~-][\w.~-]*)/g;
const PACKAGE = /^((?:@[\w.~-]+\/)?[\w~-][\w.~-]*)(\/.*)?$/;
/** What `require` and older bundlers put behind a name that leaves it out. */
const ENDINGS = ['', '.js', '.json', '.mjs', '.cjs', '/index.js', '/index.json', '/index.mjs', '/index.cjs'];

/**
 * Follows every text in a module, and in what it may import, that may name a file: by a path, by the `imports` of the
 * package it is in, by that package's own name, or by that of a package that is linked and not installed (a workspace).
 * More than it imports does no harm. What is in installed packages is for the lock file of the package manager.
 */
export function pluginFiles(file: string, bytes: Buffer): PluginFiles {
  const seen = new Map<string, string>([[file, sha256(bytes)]]);
  let isWhole = true;
  const waiting = [{ at: file, text: bytes.toString('latin1') }];
  const take = (path: string) => {
    // Most texts are no paths, and asking whether one is there never throws.
    if (!existsSync(path) || !statSync(path).isFile()) return;
    const at = realpathSync(path);
    if (seen.has(at)) return;
    const read = readFileSync(at);
    seen.set(at, sha256(read));
    if (at.endsWith('.json') || at.endsWith('.node')) return;
    if (seen.size > MOST_FILES) isWhole = false;
    else waiting.push({ at, text: read.toString('latin1') });
  };
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const from = new Importer(one.at);
    if (HIDING.some((form) => form.test(one.text)) || from.missesOne(one.text)) isWhole = false;
    for (const [, name = ''] of one.text.matchAll(QUOTED)) for (const at of from.resolve(name)) take(at);
  }
  return { digest: seen.size === 1 ? sha256(bytes) : sha256([...seen.values()].join('\n')), isWhole };
}

/** A module that imports others, with the packages that it can name. */
class Importer {
  private readonly folder: string;
  private readonly modules: readonly string[];
  private readonly own: Package | null;

  constructor(private readonly file: string) {
    this.folder = dirname(file);
    const above = foldersFrom(this.folder);
    this.modules = above.map((folder) => join(folder, 'node_modules')).filter((path) => existsSync(path));
    this.own = above.map(readPackage).find((found) => found !== null) ?? null;
  }

  /** Files that a text may name, whether they are there or not. */
  resolve(name: string): string[] {
    if (/^(?:\.{0,2}\/|file:)/.test(name)) return withEndings(this.byUrl(name));
    if (name.startsWith('#')) return this.own ? this.targets(this.own, this.own.imports, name) : [];
    const [, called, inside = ''] = PACKAGE.exec(name) ?? [];
    if (called === undefined || isBuiltin(name)) return [];
    if (this.own?.name === called) return this.inPackage(this.own, inside);
    const linked = this.linked(called);
    return linked ? this.inPackage(linked, inside) : [];
  }

  /** Whether the text imports a package that some resolver of the package manager's own has to find. */
  missesOne(text: string): boolean {
    if (!foldersFrom(this.folder).some((folder) => existsSync(join(folder, '.pnp.cjs')))) return false;
    return [...text.matchAll(IMPORTED)].some(
      ([, name = '']) =>
        !isBuiltin(name) &&
        this.own?.name !== name &&
        !this.modules.some((folder) => existsSync(join(folder, name))),
    );
  }

  private byUrl(name: string): string {
    try {
      return fileURLToPath(new URL(name, pathToFileURL(this.file)));
    } catch {
      return resolve(this.folder, name);
    }
  }

  /** The package of a name, where it is a link to a folder that is not below `node_modules`. */
  private linked(name: string): Package | null {
    const place = this.modules.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (place === undefined) return null;
    const folder = realpathSync(place);
    // This package is known by its build.
    const isInstalled = folder.split(sep).includes('node_modules') || folder === PACKAGE_ROOT;
    return isInstalled ? null : readPackage(folder);
  }

  private inPackage(found: Package, inside: string): string[] {
    if (found.exports !== undefined) return this.targets(found, exportsOf(found.exports), `.${inside}`);
    const names = inside === '' ? ['.', ...found.main] : [`.${inside}`];
    return [found.file, ...names.flatMap((name) => withEndings(join(found.folder, name)))];
  }

  /** What a map of a package gives for a name under any condition. */
  private targets(found: Package, map: unknown, name: string): string[] {
    if (typeof map !== 'object' || map === null) return [];
    const leaves = Object.entries(map).flatMap(([key, value]) => {
      const [before = '', after] = key.split('*');
      if (after === undefined) return key === name ? textsIn(value) : [];
      const fits = name.length >= key.length && name.startsWith(before) && name.endsWith(after);
      if (!fits) return [];
      const middle = name.slice(before.length, name.length - after.length);
      return textsIn(value).map((text) => text.replaceAll('*', middle));
    });
    // Only `imports` may lead to another package.
    const others = name.startsWith('#') ? leaves.filter((leaf) => !/^[.#]/.test(leaf)) : [];
    const inside = leaves.filter((leaf) => leaf.startsWith('./')).map((leaf) => join(found.folder, leaf));
    const files = [...inside, ...others.flatMap((leaf) => this.resolve(leaf))];
    return [found.file, ...files];
  }
}

interface Package {
  readonly folder: string;
  /** Its manifest. */
  readonly file: string;
  readonly name: unknown;
  readonly main: readonly string[];
  readonly imports: unknown;
  readonly exports: unknown;
}

function readPackage(folder: string): Package | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return null;
  let manifest: Record<string, unknown> = {};
  try {
    manifest = Object(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Whoever imports by it says what is wrong with it.
  }
  const { name, main, imports, exports } = manifest;
  return { folder, file, name, main: textsIn(main), imports, exports };
}

/** `exports` as a map by names: it may also be what the package itself leads to. */
function exportsOf(exports: unknown): unknown {
  const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports)[0]?.startsWith('.');
  return isMap ? exports : { '.': exports };
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function withEndings(path: string): string[] {
  return ENDINGS.map((ending) => path + ending);
}

/** A folder and those above it, nearest first. */
function foldersFrom(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersFrom(above)];
}

import type { Node } from 'yaml';
import { builtFile } from '../base/built-file.js';
import { UsageError } from '../base/usage-error.js';

/** Name of the configuration file at the root of a corpus. */
export const CONFIG_FILE = 'probatum.config.yaml';

/** Places in the configuration file, by JSON pointer: `probatum.config.yaml:3:5`. */
export type Places = ReadonlyMap<string, string>;

/** A JSON pointer (RFC 6901) to a value of the configuration. */
export function pointer(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Place of a value, else of what holds it, else the file alone. */
export function placeOf(places: Places, at: string): string {
  for (let path = at; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
    const place = places.get(path);
    if (place !== undefined) return place;
  }
  return places.get('') ?? CONFIG_FILE;
}

/**
 * Reads the configuration as YAML in which every scalar is text, with the place of every key and value.
 * @throws UsageError `bad-configuration`
 */
export function readConfigYaml(text: string): { readonly data: unknown; readonly places: Places } {
  const { isAlias, isNode, LineCounter, parseDocument, visit } = yamlPackage();
  const lines = new LineCounter();
  const yaml = parseDocument(text, {
    schema: 'failsafe',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${CONFIG_FILE}:${line}:${col}`;
  };
  const problems = [...yaml.errors, ...yaml.warnings].map(
    ({ message, pos }) => `${place(pos[0])} ${message}`,
  );
  visit(yaml, (_, node) => {
    if (!isNode(node)) return;
    const { anchor, tag } = node as { readonly anchor?: string; readonly tag?: string };
    const at = place(node.range?.[0] ?? 0);
    if (isAlias(node) || anchor !== undefined)
      problems.push(`${at} YAML anchor or alias: write the value out`);
    if (tag !== undefined) problems.push(`${at} YAML tag: values are plain text; remove the tag`);
  });
  if (problems.length > 0) throw badConfiguration(problems);
  const places = new Map<string, string>();
  addPlaces(yaml.contents, '', place, places);
  return { data: yaml.contents === null ? {} : yaml.toJS(), places };
}

/**
 * The reader of YAML, loaded where there is a configuration. The build makes one file of its dozens (.ci/build.mjs):
 * those take longer to load than a document to check.
 */
function yamlPackage(): Pick<
  typeof import('yaml'),
  'isAlias' | 'isMap' | 'isNode' | 'isScalar' | 'isSeq' | 'LineCounter' | 'parseDocument' | 'visit'
> {
  return builtFile('yaml.cjs') as typeof import('yaml');
}

/** Every problem on a line of its own, each with its place in front. */
export function badConfiguration(problems: readonly string[], help?: string): UsageError {
  const message = `${CONFIG_FILE} is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
  return new UsageError('bad-configuration', message, help);
}

/** A value of a mapping is shown at its key. */
function addPlaces(
  node: unknown,
  at: string,
  place: (offset: number) => string,
  places: Map<string, string>,
): void {
  const { isMap, isScalar, isSeq } = yamlPackage();
  const start = (node as Node | null)?.range?.[0];
  if (start !== undefined && !places.has(at)) places.set(at, place(start));
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) addPlaces(item, `${at}/${index}`, place, places);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    const child = `${at}${pointer(isScalar(key) ? String(key.value) : '')}`;
    places.set(child, place((key as Node).range?.[0] ?? 0));
    addPlaces(value, child, place, places);
  }
}

import { existsSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { readPlainFile } from '../base/read-plain-file.js';
import type { CustomKind, KindAssignment, LevelOverride, RuleLevels } from '../base/team-settings.js';
import { UsageError } from '../base/usage-error.js';
import { type Plugin, readKinds, readPlugins } from './config-files.js';
import type { SignatureConfig, TargetConfig } from './config-types.js';
import {
  badConfiguration,
  CONFIG_FILE,
  type Places,
  placeOf,
  pointer,
  readConfigYaml,
} from './config-yaml.js';
import { schemaErrors } from './schemas.js';

/** The configuration of one corpus. */
export interface Config {
  /** Absolute path of the folder that document paths are relative to. */
  readonly root: string;
  /** Globs of the corpus, relative to the root. */
  readonly corpus: readonly string[];
  /** Globs of files that the corpus leaves out. */
  readonly ignore: readonly string[];
  readonly targets: { readonly [name: string]: TargetConfig };
  /** What findings weigh, by rule. */
  readonly rules: RuleLevels;
  /** What they weigh in some documents; a later entry counts more than an earlier one, and all more than `rules`. */
  readonly overrides: readonly LevelOverride[];
  /** Kinds of documents that name none; a later entry counts more than an earlier one. */
  readonly kinds: readonly KindAssignment[];
  /** Kinds of the team's own, by name. */
  readonly customKinds: { readonly [kind: string]: CustomKind };
  /** Headings that every document of a kind must have, by kind. */
  readonly requiredSections: { readonly [kind: string]: readonly string[] };
  /** Rules of the team's own; none is loaded by reading the configuration. */
  readonly plugins: readonly Plugin[];
  /** Where its parts stand, for errors. */
  readonly places: Places;
  /** Who may sign, and what has to be signed. */
  readonly signatures?: SignatureConfig;
  /** Where `signatures` and the signers were read from, if that was not the work tree. */
  readonly policy?: TrustedPolicy;
  /** Whether migrations are also shown to squawk, which the corpus must have installed. */
  readonly squawk?: boolean;
}

/** A policy of signatures as a git revision has it. */
export interface TrustedPolicy {
  readonly revision: string;
  /** Text of its `allowed_signers`. */
  readonly allowedSigners: string;
  /** Whether the work tree has another policy, or other signers. */
  readonly differs: boolean;
}

/** Where documents are kept unless a configuration says otherwise. */
const DEFAULT_FOLDER = 'knowledge';

/** The configuration of a corpus without a configuration file. */
export function defaultConfig(root: string): Config {
  return {
    root,
    corpus: [`${DEFAULT_FOLDER}/**/*.md`],
    ignore: [],
    targets: {},
    rules: {},
    overrides: [],
    kinds: [],
    customKinds: {},
    requiredSections: {},
    plugins: [],
    places: new Map(),
  };
}

/** What the file says, when its schema has been kept. */
type Written = Partial<Pick<Config, 'corpus' | 'ignore' | 'targets' | 'rules' | 'overrides' | 'kinds'>> & {
  readonly squawk?: 'true' | 'false';
  readonly signatures?: SignatureConfig;
  readonly customKinds?: {
    readonly [kind: string]: { readonly schema: string; readonly requiredSections?: readonly string[] };
  };
  readonly requiredSections?: Config['requiredSections'];
  readonly plugins?: readonly string[];
};

/**
 * Finds the root (`configRoot`) and reads the configuration with the files that it names. @throws UsageError `bad-configuration`
 */
export function loadConfig(from: string): Config {
  if (!existsSync(from)) throw new UsageError('bad-argument', `no such folder: ${from}`);
  const root = configRoot(from);
  const file = join(root, CONFIG_FILE);
  if (!existsSync(file)) return defaultConfig(root);
  const { data, places } = readConfigYaml(readPlainFile(file).toString('utf8'));
  requireSchema(data, places);
  const { corpus, ignore, targets, rules, overrides, kinds, ...named } = data as Written;
  const { signatures } = named;
  if (signatures) requireRoles(signatures, places);
  const plain = { corpus, ignore, targets, rules, overrides, kinds };
  const said = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...defaultConfig(root),
    ...said,
    ...readKinds(root, named.customKinds ?? {}, named.requiredSections ?? {}, places),
    plugins: readPlugins(root, named.plugins ?? [], places),
    ...(named.squawk === 'true' ? { squawk: true } : {}),
    ...(signatures ? { signatures } : {}),
    places,
  };
}

/** @throws UsageError with every place at which the configuration is not what its schema says */
function requireSchema(data: unknown, places: Places): void {
  const problems = schemaErrors('config', data).map(({ path, pointer, message, expected }) => {
    const wanted = expected === undefined ? '' : `, expected ${expected}`;
    // The schema allows less for those rules that nobody may turn down.
    const rule = expected !== undefined && /(?:^|\.)rules\.[^.]+$/.test(path) && !/\boff\b/.test(expected);
    const why = rule ? ': this rule cannot be lowered' : '';
    return `${placeOf(places, pointer)} ${path === '' ? '(top)' : path}: ${message}${wanted}${why}`;
  });
  if (problems.length > 0) throw badConfiguration(problems);
}

/**
 * What the text of a configuration says of signatures; undefined where it says nothing.
 * @throws UsageError `bad-configuration`
 */
export function readSignatureConfig(text: string): SignatureConfig | undefined {
  const { written, places } = readParts(text, ['signatures']);
  if (written.signatures) requireRoles(written.signatures, places);
  return written.signatures;
}

/** Which files are documents by the text of a configuration. @throws UsageError `bad-configuration` */
export function readCorpusGlobs(text: string): Pick<Config, 'corpus' | 'ignore'> {
  const { corpus, ignore } = defaultConfig('');
  return { corpus, ignore, ...readParts(text, ['corpus', 'ignore']).written };
}

/** Parts of a configuration's text. Its others are not judged: it may be an older one. */
function readParts(text: string, keys: readonly string[]): { written: Written; places: Places } {
  const { data, places } = readConfigYaml(text);
  const isMapping = typeof data === 'object' && data !== null && !Array.isArray(data);
  const entries = Object.entries(isMapping ? data : {}).filter(([key]) => keys.includes(key));
  // What is no mapping is refused as a whole.
  const said = isMapping ? Object.fromEntries(entries) : data;
  requireSchema(said, places);
  return { written: said as Written, places };
}

/** A role that nobody has would be asked for in vain, or be a slip of the pen. */
function requireRoles({ roles = {}, required = {} }: SignatureConfig, places: Places): void {
  const unknown = Object.entries(required).flatMap(([kind, { role }]) => {
    const place = placeOf(places, pointer('signatures', 'required', kind, 'role'));
    return Object.hasOwn(roles, role)
      ? []
      : [`${place} signatures.required.${kind}: there is no role ${role}`];
  });
  if (unknown.length > 0) throw badConfiguration(unknown);
}

/** Paths of the configuration file and of those that it names, relative to the root; they judge every document. */
export function configurationFiles({ plugins, customKinds }: Config): string[] {
  const named = [...plugins, ...Object.values(customKinds)].map(({ path }) => posix.normalize(path));
  return [CONFIG_FILE, ...named];
}

/**
 * The nearest folder at or above one with a configuration file; else the nearest one that has the default corpus, if
 * both are in one git repository or the folder lies in that corpus; else the folder itself. Absolute.
 */
export function configRoot(from: string): string {
  const start = resolve(from);
  const above = [start];
  for (let at = start; dirname(at) !== at; at = dirname(at)) above.push(dirname(at));
  const configured = above.find((folder) => existsSync(join(folder, CONFIG_FILE)));
  if (configured !== undefined) return configured;
  const top = above.findIndex((folder) => existsSync(join(folder, '.git')));
  const corpus = above.findIndex((folder) => existsSync(join(folder, DEFAULT_FOLDER)));
  if (corpus < 0) return start;
  const inside = above[corpus - 1] === join(above[corpus]!, DEFAULT_FOLDER);
  return inside || corpus <= top ? above[corpus]! : start;
}

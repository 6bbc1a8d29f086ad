import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { builtFile } from '../base/built-file.js';
import type { Json } from '../base/canonical-json.js';
import { PACKAGE_ROOT } from '../base/package-root.js';
import { patternWords } from './pattern-words.js';

/** Names of the JSON Schemas in `schemas/`, without `.schema.json`. */
export const SCHEMA_NAMES = [
  'common',
  'law',
  'ddl',
  'command-package',
  'review',
  'authorization',
  'dry-run-report',
  'execution-report',
  'note',
  'config',
  'plan',
  'event',
  'record',
  'seal',
  'run-end',
] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** One violation: dotted path of the value (or of the mapping that lacks it), and what is wrong in words. */
export interface SchemaError {
  readonly path: string;
  /** The same as a JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
  readonly expected?: string;
}

/** A validator as the build compiles it from its schema. */
type Validator = ((data: unknown) => boolean) & { readonly errors?: readonly ErrorObject[] | null };

const validators = new Map<SchemaName, Validator>();

/** Compiling a schema takes longer than reading a document: the build does it (.ci/build.mjs). */
function validator(name: SchemaName): Validator {
  const known = validators.get(name);
  if (known) return known;
  const loaded = builtFile(`validators/${name}.cjs`) as { validate: Validator };
  validators.set(name, loaded.validate);
  return loaded.validate;
}

/** The JSON Schema itself, as data: what an editor can offer. */
export function readSchema(name: SchemaName): { readonly [key: string]: Json } {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', `${name}.schema.json`), 'utf8'));
}

/** Validates data against a schema of this package. */
export function schemaErrors(name: SchemaName, data: unknown): SchemaError[] {
  const validate = validator(name);
  if (validate(data)) return [];
  return describeErrors(validate.errors ?? []);
}

/** A validator's errors in our own words. */
export function describeErrors(errors: readonly ErrorObject[]): SchemaError[] {
  const ofKeys = new Map(
    errors.flatMap(({ keyword, propertyName, params }) =>
      keyword === 'pattern' && propertyName !== undefined ? [[propertyName, String(params.pattern)]] : [],
    ),
  );
  return dedupe(errors.flatMap((error) => describe(error, ofKeys)));
}

/** @param ofKeys patterns that keys do not match */
function describe(error: ErrorObject, ofKeys: ReadonlyMap<string, string>): SchemaError[] {
  const params = error.params as Record<string, unknown>;
  // What is wrong with a key is said by the keyword that judges keys.
  if (error.propertyName !== undefined && error.keyword !== 'propertyNames') return [];
  const said = (message: string, expected?: unknown): SchemaError[] => [
    {
      ...placed(error.instancePath),
      message,
      ...(expected === undefined ? {} : { expected: String(expected) }),
    },
  ];
  const ofKey = (key: unknown, problem: string, pattern?: string): SchemaError[] => [
    {
      ...placed(error.instancePath, String(key)),
      message: `${problem} key "${key}"`,
      ...(pattern === undefined ? {} : { expected: patternWords(pattern) }),
    },
  ];
  switch (error.keyword) {
    case 'required':
      return ofKey(params.missingProperty, 'missing');
    case 'unevaluatedProperties':
      return ofKey(params.unevaluatedProperty, 'unknown');
    case 'additionalProperties':
      return ofKey(params.additionalProperty, 'unknown');
    case 'propertyNames':
      return ofKey(params.propertyName, 'unexpected', ofKeys.get(String(params.propertyName)));
    case 'enum':
      return said('not one of the allowed values', (params.allowedValues as string[]).join(', '));
    case 'const':
      return said('not the value that is required here', params.allowedValue);
    case 'type':
      return said(`must be ${words(params.type)}`);
    case 'pattern':
      return said('does not have the form that is required here', patternWords(String(params.pattern)));
    case 'minLength':
    case 'minItems':
      return said('must not be empty');
    case 'if':
    case 'oneOf':
    case 'anyOf':
      return said('has none of the forms that are allowed here');
    default:
      return said(error.message ?? error.keyword);
  }
}

function placed(instancePath: string, key?: string): { path: string; pointer: string } {
  const escaped = key?.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointer = escaped === undefined ? instancePath : `${instancePath}/${escaped}`;
  const keys = pointer.split('/').slice(1);
  return { path: keys.map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~')).join('.'), pointer };
}

function words(type: unknown): string {
  const names: Record<string, string> = { object: 'a mapping', array: 'a list', string: 'plain text' };
  return [type]
    .flat()
    .map((name) => names[String(name)] ?? String(name))
    .join(' or ');
}

function dedupe(errors: SchemaError[]): SchemaError[] {
  const seen = new Set<string>();
  return errors.filter(
    ({ path, message }) => !seen.has(`${path}\n${message}`) && seen.add(`${path}\n${message}`),
  );
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { PACKAGE_ROOT } from '../base/package-root.js';

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
] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** One violation: dotted path of the value (or of the mapping that lacks it), and what is wrong in words. */
export interface SchemaError {
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
}

/** A validator as the build compiles it from its schema. */
type Validator = ((data: unknown) => boolean) & { readonly errors?: readonly ErrorObject[] | null };

const validators = new Map<SchemaName, Validator>();
const load = createRequire(import.meta.url);

/** Compiling a schema takes longer than reading a document: the build does it (.ci/build.mjs). */
function validator(name: SchemaName): Validator {
  const known = validators.get(name);
  if (known) return known;
  const loaded = load(join(PACKAGE_ROOT, 'dist', 'validators', `${name}.cjs`)) as { validate: Validator };
  validators.set(name, loaded.validate);
  return loaded.validate;
}

/** Validates data against a schema of this package. */
export function schemaErrors(name: SchemaName, data: unknown): SchemaError[] {
  const validate = validator(name);
  if (validate(data)) return [];
  return dedupe((validate.errors ?? []).flatMap((error) => describe(error)));
}

function describe(error: ErrorObject): SchemaError[] {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as Record<string, unknown>;
  const at = (key: unknown) => (path === '' ? String(key) : `${path}.${String(key)}`);
  switch (error.keyword) {
    case 'required':
      return [{ path: at(params.missingProperty), message: `missing key "${params.missingProperty}"` }];
    case 'unevaluatedProperties':
      return [
        { path: at(params.unevaluatedProperty), message: `unknown key "${params.unevaluatedProperty}"` },
      ];
    case 'additionalProperties':
      return [{ path: at(params.additionalProperty), message: `unknown key "${params.additionalProperty}"` }];
    case 'enum': {
      const expected = (params.allowedValues as string[]).join(', ');
      return [{ path, message: `not one of the allowed values`, expected }];
    }
    case 'const':
      return [
        { path, message: 'not the value that is required here', expected: String(params.allowedValue) },
      ];
    case 'type':
      return [{ path, message: `must be ${words(params.type)}` }];
    case 'pattern':
      return [
        { path, message: 'does not have the form that is required here', expected: String(params.pattern) },
      ];
    case 'minLength':
    case 'minItems':
      return [{ path, message: 'must not be empty' }];
    case 'if':
    case 'oneOf':
    case 'anyOf':
      return [{ path, message: 'has none of the forms that are allowed here' }];
    default:
      return [{ path, message: error.message ?? error.keyword }];
  }
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

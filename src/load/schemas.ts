import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';

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

let compiler: Ajv2020 | undefined;

function ajv(): Ajv2020 {
  if (compiler) return compiler;
  compiler = new Ajv2020({
    allErrors: true,
    coerceTypes: false,
    ownProperties: true,
    strict: true,
    // A kind adds to the common schema: what it requires may be defined there.
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
  });
  // The package is CommonJS: under Node's rules its default export is the module object.
  (addFormatsModule as unknown as { default: (ajv: Ajv2020) => void }).default(compiler);
  for (const name of SCHEMA_NAMES) {
    const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
    compiler.addSchema(JSON.parse(readFileSync(file, 'utf8')), name);
  }
  return compiler;
}

/** Validates data against a schema of this package. */
export function schemaErrors(name: SchemaName, data: unknown): SchemaError[] {
  const validate = ajv().getSchema(name)!;
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

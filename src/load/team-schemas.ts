import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { PACKAGE_ROOT } from '../base/package-root.js';
import type { JsonSchema } from '../base/team-settings.js';
import { describeErrors, type SchemaError } from './schemas.js';

/**
 * Compiles a JSON Schema of a team's own, which may refer to our common schema by its `$id` and to nothing else.
 * @throws Error where it is no usable schema
 */
export function schemaErrorsBy(schema: JsonSchema): (data: unknown) => SchemaError[] {
  // Such a validator answers later, and its promise would be taken for a yes.
  if ('$async' in schema) throw new Error('"$async" is not allowed');
  const ajv = new Ajv2020({
    allErrors: true,
    ownProperties: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    logger: false,
  });
  // The package is CommonJS: under Node's rules its default export is the module object.
  (addFormatsModule as unknown as { default: (ajv: Ajv2020) => void }).default(ajv);
  ajv.addSchema(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', 'common.schema.json'), 'utf8')));
  const validate = compiled(ajv, schema);
  return (data) => {
    try {
      return validate(data) ? [] : describeErrors(validate.errors ?? []);
    } catch (error) {
      if (!endless(error)) throw error;
      const message =
        'cannot be judged: its schema refers to itself without end, or the front matter is nested too deep';
      return [{ path: '', pointer: '', message }];
    }
  };
}

/** A schema that is its own subschema is never done, which shows where nothing depends on the data. */
function compiled(ajv: Ajv2020, schema: JsonSchema) {
  try {
    const validate = ajv.compile(schema);
    validate({});
    return validate;
  } catch (error) {
    throw endless(error) ? new Error('it refers to itself without end') : error;
  }
}

function endless(error: unknown): boolean {
  return error instanceof RangeError;
}

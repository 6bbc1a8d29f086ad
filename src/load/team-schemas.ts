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
  const validate = ajv.compile(schema);
  return (data) => (validate(data) ? [] : describeErrors(validate.errors ?? []));
}

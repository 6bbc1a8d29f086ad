import type { Json } from '../base/canonical-json.js';
import { allowedLevels } from '../check/protected-rules.js';
import type { Rule } from '../check/rule.js';

/** The definition of `ruleLevels` in schemas/config.schema.json: every rule with what it finds, for editors. */
export function ruleLevelsSchema(rules: readonly Rule[]): Json {
  const properties = rules.map((rule): [string, Json] => {
    const levels = allowedLevels(rule);
    const all = levels.includes('off');
    const description = `${rule.what} (${rule.severity} unless said${all ? '' : '; cannot be lowered'})`;
    return [rule.id, { description, ...(all ? { $ref: '#/$defs/level' } : { enum: levels }) }];
  });
  return {
    description: 'Generated from the rules by `npm run generate`.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    patternProperties: { '^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$': { $ref: '#/$defs/level' } },
  };
}

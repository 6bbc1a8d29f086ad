import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isProtected } from '../../src/check/protected-rules.js';
import { RULES } from '../../src/check/rules/index.js';
import { KINDS } from '../../src/model/kinds.js';
import { ruleLevelsSchema } from '../../src/render/config-schema.js';

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: { readonly [key: string]: Schema };
  readonly [keyword: string]: unknown;
}

const schema: Schema & { readonly $defs: { readonly [name: string]: Schema } } = JSON.parse(
  readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
);

/** Every schema within a schema, with its place. */
function parts(value: unknown, at = ''): [string, Schema][] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, child]) => parts(child, `${at}/${key}`));
  return Array.isArray(value) ? inside : [[at, value as Schema], ...inside];
}

describe('the schema of the configuration, as an editor reads it', () => {
  it('describes every property', () => {
    const bare = parts(schema).flatMap(([at, { properties = {} }]) =>
      at.endsWith('/properties')
        ? []
        : Object.entries(properties).flatMap(([name, { description }]) =>
            description === undefined ? [`${at}/${name}`] : [],
          ),
    );
    expect(bare).toEqual([]);
  });

  it('needs no other file', () => {
    const refs = parts(schema).flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []));
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((ref) => !/^#\/\$defs\/\w+$/.test(ref))).toEqual([]);
    expect(refs.filter((ref) => !(ref.slice('#/$defs/'.length) in schema.$defs))).toEqual([]);
  });

  it('has the rules as they are, and the kinds', () => {
    expect(schema.$defs.ruleLevels, 'run "npm run generate"').toEqual(ruleLevelsSchema(RULES));
    expect(Object.keys(schema.properties!.requiredSections!.properties!)).toEqual(KINDS);
  });

  it('offers no level below its own for a rule that cannot be lowered', () => {
    const kept = RULES.filter(isProtected);
    expect(kept.map(({ id }) => id)).toContain('document-digest-matches');
    for (const { id, severity } of kept) {
      const { enum: levels } = schema.$defs.ruleLevels!.properties![id] as { enum: string[] };
      expect(levels[0], id).toBe(severity);
      expect(levels, id).not.toContain('off');
    }
  });
});

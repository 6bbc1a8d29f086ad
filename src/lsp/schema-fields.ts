import type { Json } from '../base/canonical-json.js';
import { readSchema, SCHEMA_NAMES, type SchemaName } from '../load/schemas.js';

type Schema = { readonly [key: string]: Json };

/** A schema with the whole file whose definitions its references mean. */
interface Part {
  readonly schema: Schema;
  readonly root: Schema;
}

/** What the JSON Schema of a kind says of one field. */
export interface Field {
  /** Schemas that all speak of it. */
  readonly parts: readonly Part[];
  /** Names of the definitions that it refers to: `path`, `digest`, `revision`, `id`, … */
  readonly names: ReadonlySet<string>;
}

/**
 * The field at a path of keys (`[]` for an item of a list) in the front matter of a kind.
 * @param kind a schema of ours by name, or a team's own
 */
export function fieldAt(kind: SchemaName | Schema, path: readonly string[]): Field {
  const root = typeof kind === 'string' ? schemaOf(kind) : kind;
  let field = flatten([{ schema: root, root }]);
  for (const key of path) field = flatten(field.parts.flatMap((part) => childOf(part, key)));
  return field;
}

/** A key that a mapping may have. */
export interface Key {
  readonly required: boolean;
  /** Whether its value is a mapping or list of its own. */
  readonly nested: boolean;
}

/** Keys that a mapping may have. */
export function keysOf({ parts }: Field): Map<string, Key> {
  const required = new Set(parts.flatMap(({ schema }) => (schema.required as string[] | undefined) ?? []));
  const found = new Map<string, Key>();
  for (const part of parts) {
    for (const key of Object.keys(propertiesOf(part))) {
      const types = flatten(childOf(part, key)).parts.map(({ schema }) => schema.type);
      const nested = types.includes('object') || types.includes('array');
      found.set(key, { required: required.has(key), nested: nested || found.get(key)?.nested === true });
    }
  }
  return found;
}

/** The closed list of values of a field; empty where it has none. */
export function valuesOf({ parts }: Field): string[] {
  const lists = parts.flatMap(({ schema }) =>
    Array.isArray(schema.enum)
      ? [schema.enum as string[]]
      : schema.const === undefined
        ? []
        : [[String(schema.const)]],
  );
  // Each part narrows: a kind's own `const` within the list of all kinds.
  return lists.length === 0 ? [] : lists.reduce((a, b) => a.filter((value) => b.includes(value)));
}

function propertiesOf({ schema }: Part): Schema {
  return isSchema(schema.properties) ? schema.properties : {};
}

function childOf(part: Part, key: string): Part[] {
  const child = key === '[]' ? part.schema.items : propertiesOf(part)[key];
  return isSchema(child) ? [{ schema: child, root: part.root }] : [];
}

/** Follows references and the parts that a schema is put together from. */
function flatten(from: readonly Part[]): Field {
  const parts: Part[] = [];
  const names = new Set<string>();
  const visit = (part: Part) => {
    const { schema, root } = part;
    parts.push(part);
    if (typeof schema.$ref === 'string') {
      const [name = '', pointer = ''] = schema.$ref.split('#');
      const file = SCHEMA_NAMES.find((known) => name.split('/').at(-1) === `${known}.schema.json`);
      const target = name === '' ? root : file && schemaOf(file);
      const definition = pointer.replace('/$defs/', '');
      if (definition !== '') names.add(definition);
      const found =
        definition === '' ? target : isSchema(target?.$defs) ? target.$defs[definition] : undefined;
      const seen = parts.some((one) => one.schema === found);
      if (target && isSchema(found) && !seen) visit({ schema: found, root: target });
    }
    for (const key of ['allOf', 'anyOf', 'oneOf'])
      for (const one of (schema[key] as Json[] | undefined) ?? [])
        if (isSchema(one)) visit({ schema: one, root });
  };
  for (const part of from) visit(part);
  return { parts, names };
}

const schemas = new Map<SchemaName, Schema>();

function schemaOf(name: SchemaName): Schema {
  const schema = schemas.get(name) ?? readSchema(name);
  schemas.set(name, schema);
  return schema;
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { yamlScalar } from '../../base/yaml-scalar.js';
import { schemaErrors } from '../../load/schemas.js';
import type { Kind } from '../../model/kinds.js';

type Fields = { [key: string]: string | Fields };

/** Whether documents of a kind have a field, so that it belongs into the front matter. */
export function hasField(kind: Kind, key: string): boolean {
  if (Object.hasOwn(Object.prototype, key) || key === 'prototype') return false;
  return !schemaErrors(kind, { kind, [key]: '' }).some(({ message }) => message === `unknown key "${key}"`);
}

/**
 * The lines of front matter with these fields. What the kind requires besides is written as an empty field with a
 * question beside it: the linter asks for it until somebody who knows has answered.
 */
export function frontMatter(kind: Kind, known: ReadonlyMap<string, string>): string[] {
  const fields: Fields = { kind, ...Object.fromEntries(known) };
  while (addMissing(kind, fields));
  return ['---', ...print(fields, ''), '---'];
}

/** Adds an empty value for each key that is missing. @returns whether there was one */
function addMissing(kind: Kind, fields: Fields): boolean {
  let added = false;
  for (const { path, message } of schemaErrors(kind, fields)) {
    const names = path.split('.');
    const key = names.pop()!;
    const parent = names.reduce<string | Fields | undefined>(
      (at, name) => (typeof at === 'object' ? at[name] : undefined),
      fields,
    );
    if (typeof parent !== 'object') continue;
    const missing = message.startsWith('missing key');
    if (missing) parent[key] = '';
    else if (message === 'must be a mapping' && parent[key] === '') parent[key] = {};
    else continue;
    added = true;
  }
  return added;
}

function print(fields: Fields, indent: string): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (typeof value === 'object') return [`${indent}${key}:`, ...print(value, `${indent}  `)];
    return [`${indent}${key}: ${value === '' ? '# ? not in the older document' : yamlScalar(value)}`];
  });
}

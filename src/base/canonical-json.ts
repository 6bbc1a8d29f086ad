import serialize from 'canonicalize';

/** JSON as plain data: what can be written and read again without loss. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The one JSON text of a value (RFC 8785). Throws where a value has none (undefined, NaN, a bigint). */
export function canonicalJson(value: unknown): string {
  const text = (serialize as unknown as (input: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

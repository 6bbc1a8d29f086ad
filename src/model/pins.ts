import type { Range } from '../base/position.js';
import type { DocumentIndex, HeaderValue } from '../parse/document.js';
import { headerPosition } from '../parse/document.js';

/** A reference in the header that pins what was read: a document, its revision, its digests. */
export interface Pin {
  /** Dotted path of the mapping in the header (`ddl`, `depends_on.0`, `subject`). */
  readonly key: string;
  readonly path: string;
  readonly pathPosition: Range;
  readonly fields: readonly PinField[];
}

export interface PinField {
  readonly name: 'revision' | 'sha256' | 'migration_sha256' | 'rollback_sha256';
  readonly value: string;
  readonly position: Range;
}

/** A revision or digest that the text says a document has, besides those that stand beside its path. */
export interface TextPin {
  /** Path of the document. */
  readonly path: string;
  /** `digest` is that of the document or of its SQL. */
  readonly name: PinField['name'] | 'digest';
  readonly value: string;
  readonly position: Range;
}

/** Shape of a revision (FORMAT, "Front matter"). */
export const REVISION = /^r[1-9]\d*$/;

const FIELDS = ['revision', 'sha256', 'migration_sha256', 'rollback_sha256'] as const;

/** Every mapping of the header that has a `document` key. */
export function pinsOf(document: DocumentIndex): Pin[] {
  const pins: Pin[] = [];
  const walk = (value: HeaderValue, key: string) => {
    if (typeof value === 'string') return;
    if (isMapping(value) && typeof value.document === 'string') pins.push(readPin(document, value, key));
    for (const [name, child] of Object.entries(value)) walk(child, key === '' ? name : `${key}.${name}`);
  };
  if (document.header) walk(document.header.data, '');
  return pins;
}

function readPin(document: DocumentIndex, value: { readonly [key: string]: HeaderValue }, key: string): Pin {
  const place = (name: string) => headerPosition(document, key === '' ? name : `${key}.${name}`)!;
  const fields = FIELDS.flatMap((name) => {
    const text = value[name];
    return typeof text === 'string' ? [{ name, value: text, position: place(name) }] : [];
  });
  return { key, path: String(value.document), pathPosition: place('document'), fields };
}

function isMapping(value: HeaderValue): value is { readonly [key: string]: HeaderValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

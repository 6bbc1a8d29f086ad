import { posix } from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver/node';
import type { Config } from '../load/config.js';
import { knownIds } from '../model/ids.js';
import { KINDS } from '../model/kinds.js';
import type { FrontMatterCursor } from './front-matter-cursor.js';
import { currentValue } from './hover.js';
import { type Cursor, type Offer, pathOffers } from './offers.js';
import { fieldAt, keysOf, valuesOf } from './schema-fields.js';
import type { Snapshot } from './snapshot.js';

/** Keys of the kind that are not there yet, and values where the schema or the corpus knows them. */
export function completeFrontMatter(snapshot: Snapshot, cursor: Cursor, header: FrontMatterCursor): Offer[] {
  const { parents, key, start } = header;
  const { customKinds } = snapshot.compilation.config;
  const kind = kindOf(cursor.lines, customKinds);
  if (key !== null) return completeValue(snapshot, cursor, header, [...parents, key], kind);
  const offers = completeKey(header, kind);
  if (parents.at(-1) !== '[]') return offers;
  // An item of a list is a value or the first key of a mapping.
  return [...offers, ...completeValue(snapshot, cursor, { ...header, start }, parents, kind)];
}

type KindSchema = Parameters<typeof fieldAt>[0];

/** The schema of the kind that the text names now, which the facts may not know yet. */
function kindOf(lines: readonly string[], customKinds: Config['customKinds']): KindSchema {
  const named = lines.map((line) => /^kind: +(\S+)\s*$/.exec(line)?.[1]).find((name) => name !== undefined);
  const custom = named !== undefined && Object.hasOwn(customKinds, named) ? customKinds[named] : undefined;
  return KINDS.find((known) => known === named) ?? custom?.schema ?? 'common';
}

function completeKey({ parents, siblings, start }: FrontMatterCursor, kind: KindSchema): Offer[] {
  const keys = [...keysOf(fieldAt(kind, parents))].filter(([key]) => !siblings.has(key));
  return keys.map(([key, { required, nested }]) => ({
    label: key,
    start,
    kind: CompletionItemKind.Property,
    text: nested ? `${key}:` : `${key}: `,
    order: `${required ? 0 : 1}${key}`,
    ...(required ? { detail: 'required' } : {}),
  }));
}

function completeValue(
  snapshot: Snapshot,
  { path, line, lines, column }: Cursor,
  { siblings, start }: FrontMatterCursor,
  place: readonly string[],
  kind: KindSchema,
): Offer[] {
  const key = place.at(-1)!;
  const only = (label: string | undefined, detail: string): Offer[] =>
    label === undefined ? [] : [{ label, start, kind: CompletionItemKind.Value, detail }];
  // A value needs its blank: `key:` is not yet one.
  if (key !== '[]' && (lines[line] ?? '').slice(0, column).endsWith(':')) return [];
  if (place.length === 1 && key === 'document_path') return only(path, 'this file');
  if (place.length === 1 && key === 'date')
    return only(/\d{4}-\d{2}-\d{2}/.exec(posix.basename(path))?.[0], 'as in the file name');
  if (place.length === 1 && key === 'kind')
    return kindNames(snapshot).map((label) => ({ label, start, kind: CompletionItemKind.EnumMember }));
  const pinned = snapshot.entry(siblings.get('document') ?? '');
  if (pinned && isPinField(key)) return only(currentValue(pinned, key), pinned.document.path);
  const field = fieldAt(kind, place);
  const values = valuesOf(field);
  if (values.length > 0)
    return values.map((label) => ({ label, start, kind: CompletionItemKind.EnumMember }));
  if (key === 'document' || field.names.has('path')) return pathOffers(snapshot, start);
  const entry = snapshot.entry(path);
  if (!field.names.has('id') || !entry) return [];
  return [...knownIds(snapshot.model, entry)]
    .filter((id) => !id.startsWith('§'))
    .map((label) => ({ label, start, kind: CompletionItemKind.Constant }));
}

function kindNames({ compilation }: Snapshot): string[] {
  return [...KINDS, ...Object.keys(compilation.config.customKinds)];
}

const PIN_FIELDS = ['revision', 'sha256', 'migration_sha256', 'rollback_sha256'] as const;

function isPinField(key: string): key is (typeof PIN_FIELDS)[number] {
  return (PIN_FIELDS as readonly string[]).includes(key);
}

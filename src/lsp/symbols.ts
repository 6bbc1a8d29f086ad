import {
  type DocumentSymbol,
  type SymbolInformation,
  SymbolKind,
  type WorkspaceSymbol,
} from 'vscode-languageserver/node';
import type { Point, Range } from '../base/position.js';
import { headerText } from '../parse/document.js';
import type { Addresses } from './client.js';
import { comparePoints, holds, toClientRange } from './positions.js';
import type { Snapshot } from './snapshot.js';

/** A named part of a document; a heading has the level of its section. */
interface Part {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  /** Smaller holds larger. */
  readonly level: number;
  readonly position: Range;
  /** Where the part ends by itself; null for a section, which goes on to the next heading of its level. */
  readonly end: Point | null;
}

const FENCE_LEVEL = 10;

/** Headings as a tree of sections, with the fences that have a role and the checks in them. */
export function documentSymbols(snapshot: Snapshot, path: string): DocumentSymbol[] {
  const parts = partsOf(snapshot, path);
  const source = snapshot.source(path);
  const last = { line: source.lineCount, column: source.line(source.lineCount).length + 1 };
  const roots: DocumentSymbol[] = [];
  const open: { part: Part; end: Point; children: DocumentSymbol[] }[] = [];
  for (const [index, part] of parts.entries()) {
    const next = parts.slice(index + 1).find(({ level }) => level <= part.level);
    const end = part.end ?? next?.position.start ?? last;
    while (open.length > 0 && !encloses(open.at(-1)!, part)) open.pop();
    const children: DocumentSymbol[] = [];
    const { name, detail, kind, position } = part;
    (open.at(-1)?.children ?? roots).push({
      name: name === '' ? '(untitled)' : name,
      detail,
      kind,
      range: toClientRange({
        start: position.start,
        end: comparePoints(end, position.end) < 0 ? position.end : end,
      }),
      selectionRange: toClientRange(position),
      children,
    });
    open.push({ part, end, children });
  }
  return roots;
}

function encloses({ part, end }: { part: Part; end: Point }, inner: Part): boolean {
  return part.level < inner.level && holds({ start: part.position.start, end }, inner.position.start);
}

function partsOf(snapshot: Snapshot, path: string): Part[] {
  const entry = snapshot.entry(path);
  if (!entry) return [];
  const { document, sql } = entry;
  const headings = document.headings.map(
    ({ text, depth, position }): Part => ({
      name: text,
      detail: '',
      kind: SymbolKind.String,
      level: depth,
      position,
      end: null,
    }),
  );
  const fences = document.fences
    .filter(({ role }) => role !== null)
    .map(
      ({ role, digest, position, lastLine }): Part => ({
        name: `sql ${role}`,
        detail: `sha256 ${digest.slice(0, 8)}…`,
        kind: SymbolKind.Module,
        level: FENCE_LEVEL,
        position,
        end: { line: lastLine + 1, column: 1 },
      }),
    );
  const checks = sql.checks.map(
    ({ id, title, position }): Part => ({
      name: id,
      detail: title,
      kind: SymbolKind.Function,
      level: FENCE_LEVEL + 1,
      position,
      end: position.end,
    }),
  );
  const byPlace = (a: Part, b: Part) =>
    comparePoints(a.position.start, b.position.start) || a.level - b.level;
  return [...headings, ...fences, ...checks].sort(byPlace);
}

/** The same as a list, for clients that show no tree. */
export function flatSymbols(
  tree: readonly DocumentSymbol[],
  uri: string,
  containerName?: string,
): SymbolInformation[] {
  return tree.flatMap(({ name, kind, range, children }) => [
    { name, kind, location: { uri, range }, ...(containerName === undefined ? {} : { containerName }) },
    ...flatSymbols(children ?? [], uri, name),
  ]);
}

const MOST = 500;

/** Documents and declared ids whose name holds what was typed. */
export function workspaceSymbols(snapshot: Snapshot, typed: string, addresses: Addresses): WorkspaceSymbol[] {
  const wanted = typed.toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(wanted);
  const found: WorkspaceSymbol[] = [];
  for (const { document, declared } of snapshot.model.entries.values()) {
    const { path } = document;
    const uri = addresses.uri(path);
    const title = headerText(document, 'title') ?? document.headings[0]?.text ?? '';
    if (matches(path) || matches(title))
      found.push({ name: path, kind: SymbolKind.File, location: { uri, range: TOP }, containerName: title });
    for (const { id, position } of declared)
      if (matches(id))
        found.push({
          name: id,
          kind: SymbolKind.Constant,
          location: { uri, range: toClientRange(position) },
          containerName: path,
        });
    if (found.length >= MOST) return found.slice(0, MOST);
  }
  return found;
}

const TOP = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

import { posix } from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver/node';
import { isProtected } from '../check/protected-rules.js';
import { RULES } from '../check/rules/index.js';
import type { Entry } from '../model/entry.js';
import { knownIds } from '../model/ids.js';
import { referencedEntries } from '../model/references.js';
import { resolveLink } from '../model/resolve-link.js';
import { type Cursor, type Offer, pathOffers } from './offers.js';
import { digestsOf } from './resolve.js';
import type { Snapshot } from './snapshot.js';

/** What could be named at a place of the text: by what stands before it on its line. */
export function completeProse(snapshot: Snapshot, cursor: Cursor): Offer[] {
  const before = (cursor.lines[cursor.line] ?? '').slice(0, cursor.column);
  const language = fenceLanguage(cursor);
  if (language !== null && language !== 'yaml' && language !== 'yml') return [];
  for (const complete of [rules, links, sections, ids, digests, paths]) {
    const offers = complete(snapshot, cursor, before);
    if (offers) return offers;
  }
  return [];
}

/** Offers, or null where what stands before the cursor is not of this sort. */
type Complete = (snapshot: Snapshot, cursor: Cursor, before: string) => Offer[] | null;

const rules: Complete = (_snapshot, { column }, before) => {
  const typed = /<!--\s*probatum-disable[a-z-]*\s+(?:[\w-]+\s*,\s*)*([\w-]*)$/.exec(before)?.[1];
  if (typed === undefined) return null;
  return RULES.filter((rule) => !isProtected(rule)).map(({ id, what }) => ({
    label: id,
    start: column - typed.length,
    kind: CompletionItemKind.Constant,
    detail: what,
  }));
};

const links: Complete = (snapshot, { path, column }, before) => {
  const typed = /\]\(<?([^()<>\s]*)$/.exec(before)?.[1];
  if (typed === undefined) return null;
  const hash = typed.indexOf('#');
  if (hash >= 0) {
    const target = resolveLink({ path }, typed);
    const entry = target && snapshot.entry(target.path);
    return (entry?.document.headings ?? [])
      .filter(({ slug }) => slug !== '')
      .map(({ slug, text }) => ({
        label: slug,
        start: column - typed.length + hash + 1,
        kind: CompletionItemKind.Reference,
        detail: text,
      }));
  }
  const folder = posix.dirname(path);
  return pathOffers(snapshot, column - typed.length)
    .filter(({ label }) => label !== path)
    .map((offer) => ({ ...offer, label: posix.relative(folder, offer.label) }));
};

const sections: Complete = (snapshot, { path, column }, before) => {
  const typed = /§[\d.]*$/.exec(before)?.[0];
  return typed === undefined
    ? null
    : known(snapshot, path, column - typed.length, (id) => id.startsWith('§'));
};

const ids: Complete = (snapshot, { path, column }, before) => {
  const typed = /(?<![\p{L}\p{N}_/.-])(?:C|G|PF|V|D|N|GUARD)(?:-?[\w-]*)?$/u.exec(before)?.[0];
  if (typed === undefined) return null;
  return known(snapshot, path, column - typed.length, (id) => id.startsWith(typed));
};

function known(snapshot: Snapshot, path: string, start: number, wanted: (id: string) => boolean): Offer[] {
  const entry = snapshot.entry(path);
  if (!entry) return [];
  return [...knownIds(snapshot.model, entry)]
    .filter(wanted)
    .map((label) => ({ label, start, kind: CompletionItemKind.Constant }));
}

/** Digests of the document that the line names, else of all that the text names. */
const digests: Complete = (snapshot, { path, column }, before) => {
  const typed = /(?:sha-?256|digest)["'`:=\s]*?([0-9a-f]*)$/i.exec(before)?.[1];
  const entry = snapshot.entry(path);
  if (typed === undefined || !entry) return null;
  const named = [...referencedEntries(snapshot.model, entry)];
  const beside = named.filter(({ document }) => before.includes(document.path));
  return (beside.length > 0 ? beside : named).flatMap((other: Entry) =>
    digestsOf(other).map(({ digest, of, path: owner }) => ({
      label: digest,
      start: column - typed.length,
      kind: CompletionItemKind.Value,
      detail: `${of}, ${posix.basename(owner)}`,
    })),
  );
};

const paths: Complete = (snapshot, { column }, before) => {
  const typed = /[\p{L}\p{N}_.~@+/-]+$/u.exec(before)?.[0];
  const begins =
    typed !== undefined &&
    snapshot.model.roots.some((root) => root !== '' && (root.startsWith(typed) || typed.startsWith(root)));
  if (typed === undefined || typed.length < 2 || !(begins || typed.includes('/'))) return null;
  return pathOffers(snapshot, column - typed.length);
};

/** Language of the fence that a line stands in; null outside. */
function fenceLanguage({ lines, line }: Cursor): string | null {
  let open: { readonly marker: string; readonly language: string } | null = null;
  for (const text of lines.slice(0, line)) {
    const [, marker = '', info = ''] = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/.exec(text) ?? [];
    if (marker === '') continue;
    if (!open) open = { marker, language: info };
    else if (info === '' && marker.startsWith(open.marker)) open = null;
  }
  return open?.language ?? null;
}

import { FILE_START } from '../../base/position.js';
import { schemaErrors } from '../../load/schemas.js';
import { kindName } from '../../model/entry.js';
import { KINDS } from '../../model/kinds.js';
import { headerPosition, headerText, headerValue } from '../../parse/document.js';
import type { DocumentContext, DocumentRule } from '../rule.js';
import type { FrontMatterError } from '../settings.js';
import { alternatives } from '../words.js';

export const frontMatterSchema: DocumentRule = {
  id: 'front-matter-schema',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'Front matter with a missing, unknown or malformed field for its kind of document.',
  why: 'A field that is misspelt or left out looks like a statement and is none.',
  fix: "Write the fields that the kind's JSON Schema asks for (schemas/KIND.schema.json), in their form.",
  check(context) {
    const { document } = context.entry;
    const kind = kindName(context.entry);
    if (kind === null) {
      if (document.header?.origin === 'front-matter') reportKind(context);
      return;
    }
    for (const { path, message, expected } of errorsOf(context, kind)) {
      const observed = headerValue(document, path)?.value;
      const aboutKey = / key "/.test(message);
      context.report({
        message: aboutKey ? message : `${path}: ${message}`,
        // An unknown key is shown itself; a missing one at the mapping that lacks it.
        position: message.startsWith('unknown key') ? keyPosition(context, path) : position(context, path),
        ...(expected === undefined ? {} : { expected }),
        ...(observed === undefined || aboutKey ? {} : { observed }),
        help: context.entry.kind
          ? `see schemas/${kind}.schema.json`
          : `see the schema of customKinds.${kind}`,
      });
    }
  },
};

/** A document whose kind the team says may do without front matter, as far as the schema lets it. */
function errorsOf({ entry, settings }: DocumentContext, kind: string): readonly FrontMatterError[] {
  const { header } = entry.document;
  const data = { kind, ...(header?.origin === 'front-matter' ? header.data : {}) };
  if (entry.kind) return schemaErrors(entry.kind, data);
  return settings.customKinds[kind]!.errors(data);
}

function reportKind(context: DocumentContext): void {
  const { document } = context.entry;
  const observed = headerText(document, 'kind');
  context.report({
    message: observed === undefined ? 'missing key "kind"' : `unknown kind "${observed}"`,
    position: position(context, 'kind'),
    expected: alternatives([...KINDS, ...Object.keys(context.settings.customKinds)]),
    ...(observed === undefined ? {} : { observed }),
    help: 'the kind decides which fields and which SQL a document may have',
  });
}

/** A mapping in a list has no place of its own: it is shown at its first key. */
function position({ entry }: DocumentContext, path: string) {
  const { document } = entry;
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  const items = [path, parent].filter((item) => /\.\d+$/.test(item) && !headerValue(document, item));
  const first = document.header?.keys.find((key) => items.some((item) => key.path.startsWith(`${item}.`)));
  const exact = document.header?.keys.some((key) => key.path === path);
  return first && !exact ? first.position : (headerPosition(document, path) ?? FILE_START);
}

function keyPosition(context: DocumentContext, path: string) {
  const key = context.entry.document.header?.keys.find((known) => known.path === path);
  return key?.position ?? position(context, path);
}

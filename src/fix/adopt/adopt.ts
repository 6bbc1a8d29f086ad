import { UsageError } from '../../base/usage-error.js';
import { KINDS, type Kind } from '../../model/kinds.js';
import { type Document, headerText } from '../../parse/document.js';
import { readKeyValue } from '../../parse/legacy-header.js';
import { readDocument } from '../../parse/read-document.js';
import { SourceText } from '../../parse/source-text.js';
import { sameSql } from '../same-sql.js';
import { adoptBody } from './body.js';
import { frontMatter, hasField } from './front-matter.js';
import { guessKinds } from './guess-kind.js';
import { isMarkup, type Line, linesOf } from './lines.js';
import { lostText } from './lost-text.js';

/**
 * Rewrites a document that was written before the format into the present one, without losing a word. A document
 * with front matter is returned as it is.
 * @param kind the kind that the user names; otherwise the document's own words decide where they are clear
 * @throws UsageError where the kind is not clear, or the document cannot be read
 */
export async function adopt(path: string, bytes: Uint8Array, kind?: Kind): Promise<Uint8Array> {
  const document = await readDocument(path, bytes);
  const [problem] = document.problems;
  if (problem) throw new UsageError('cannot-read', `${path}: ${problem.message}`, problem.help);
  if (document.header?.origin === 'front-matter') return bytes;
  const source = new SourceText(bytes);
  const text = rewrite(source, document, kind);
  const after = Buffer.from(text);
  const read = await readDocument(path, after);
  const unread =
    read.problems[0]?.message ?? (sameSql(document, read) ? null : 'its SQL would be read differently');
  const lost = lostText(source.text, text);
  if (unread !== null || lost.length > 0) {
    const why = unread ?? `this text would be lost: ${lost.slice(0, 5).join(' ')}`;
    throw new UsageError(
      'cannot-read',
      `${path} cannot be adopted: ${why}`,
      'write its front matter by hand',
    );
  }
  return after;
}

function rewrite(source: SourceText, document: Document, named: Kind | undefined): string {
  const lines = linesOf(source, document);
  const { header } = document;
  const first = header ? header.position.start.line - 1 : 0;
  const last = header ? header.position.end.line : 0;
  const titleAt = lines.findIndex(({ text }) => text.trim() !== '');
  const hasTitle =
    header !== null && titleAt < first && !lines[titleAt]!.code && !isMarkup(lines[titleAt]!.text);
  const title = titleAt < 0 ? '' : lines[titleAt]!.text;
  const kind = kindOf(document, title, named);

  const known = new Map<string, string>();
  const unknown: Line[] = [];
  for (let line = first; line < last; line++) {
    const { key, value } = readKeyValue(source, line + 1)!;
    if (key === 'kind' && value === kind) continue;
    if (value === '' || known.has(key) || !hasField(kind, key)) unknown.push(lines[line]!);
    else known.set(key, value);
  }
  if (!known.has('document_path')) known.set('document_path', document.path);
  const above = lines
    .slice(0, first)
    .map((line, index) => (hasTitle && index === titleAt ? titled(line) : line));
  const parts = [above, unknown, lines.slice(last)].filter((part) => part.length > 0);
  const whole = parts.flatMap((part, index) => (index > 0 ? [BLANK, ...part] : part));
  const body = adoptBody(withoutDoubleBlanks(whole));
  const end = /\r?\n/.exec(source.text)?.[0] ?? '\n';
  const atEnd = /[\r\n]$/.test(source.text) ? end : '';
  return [...frontMatter(kind, known), '', ...body].join(end) + atEnd;
}

const BLANK: Line = { text: '', code: false };

/** Drops the added blank lines where the document has its own, and those at its start. */
function withoutDoubleBlanks(lines: readonly Line[]): Line[] {
  const isBlank = (line: Line | undefined) => line === undefined || line.text.trim() === '';
  const kept = lines.filter(
    (line, index) => line !== BLANK || !(isBlank(lines[index - 1]) || isBlank(lines[index + 1])),
  );
  const first = kept.findIndex((line) => !isBlank(line));
  return first < 0 ? [] : kept.slice(first);
}

function titled(line: Line): Line {
  return { ...line, text: `# ${line.text}` };
}

function kindOf(document: Document, title: string, named: Kind | undefined): Kind {
  const own = KINDS.find((kind) => kind === headerText(document, 'kind'));
  if (own && named && own !== named)
    throw new UsageError('wrong-kind', `${document.path} says that it is of kind ${own}, not ${named}`);
  const [guess, ...more] = own ? [own] : guessKinds(document, title);
  if (named ?? (more.length === 0 && guess)) return (named ?? guess)!;
  const words = guess ? `its words speak of several: ${[guess, ...more].join(', ')}` : 'its words do not say';
  throw new UsageError(
    'wrong-kind',
    `the kind of ${document.path} is not clear: ${words}`,
    'name it with --kind',
  );
}

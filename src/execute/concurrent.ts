import type { ConcurrentMoment } from '../record/events.js';
import { type CatalogueObject, deltaLines } from '../target/catalogue.js';
import type { CatalogueDelta } from '../target/catalogue-delta.js';
import type { CatalogueWatch } from '../target/catalogue-watch.js';
import type { Session } from '../target/engine.js';
import type { RunContext } from './context.js';

/** Reads the catalogue inside our transaction, and keeps in the journal which rows are ours: a resumed run needs it. */
export async function readInside(context: RunContext, session: Session): Promise<CatalogueDelta> {
  const watch = watched(context);
  const foreign = await watch.readInside(session);
  context.emit({ type: 'catalogue-attributed', transactions: watch.transactions, removed: watch.removed });
  return foreign;
}

/** What follows the catalogue since the migration's BEGIN. */
export function watched({ state }: RunContext): CatalogueWatch {
  if (!state.watch) throw new Error('the catalogue is not watched');
  return state.watch;
}

/** What acts on statements that do not name it. */
const ACTS_UNNAMED: ReadonlySet<string> = new Set([
  'built-in objects',
  'cast',
  'database',
  'default privileges',
  'event trigger',
  'operator class',
]);

/** As many lines as a person reads; the number of all of them is told. */
const MOST_LINES = 50;

/**
 * Records what other sessions changed in the catalogue meanwhile.
 * @returns lines of what the plan refers to, of which its backup, baselines and checks speak
 */
export function recordConcurrent(
  context: RunContext,
  moment: ConcurrentMoment,
  delta: CatalogueDelta,
): readonly string[] {
  const lines = deltaLines(delta);
  if (lines.length === 0) return [];
  const named = planWords(context);
  const refers = (object: CatalogueObject) => planRefersTo(named, object);
  const touched = deltaLines({
    added: delta.added.filter(refers),
    removed: delta.removed.filter(refers),
    changed: delta.changed.filter(({ before, after }) => refers(before) || refers(after)),
  });
  context.emit({
    type: 'concurrent-changes',
    moment,
    count: lines.length,
    lines: lines.slice(0, MOST_LINES),
    touching: touched.slice(0, MOST_LINES),
  });
  return touched;
}

/** Every word and every quoted name of the reviewed SQL; null where names may be written in a way that hides them. */
function planWords({ bytes }: RunContext): ReadonlySet<string> | null {
  const text = [bytes.migration, bytes.rollback, bytes.preflight, bytes.verify]
    .map((unit) => unit.bytes.toString('utf8'))
    .join('\n');
  if (/\bu&"/i.test(text)) return null;
  const words = text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  const quoted = text.match(/"(?:[^"]|"")+"/g) ?? [];
  return new Set([...words, ...quoted.map(unquoted)]);
}

/** Whether an object could be meant by the reviewed SQL: more than is meant, never less. */
function planRefersTo(words: ReadonlySet<string> | null, object: CatalogueObject): boolean {
  const { kind, name, table, definition } = object;
  if (words === null || ACTS_UNNAMED.has(kind) || /^(?:pg_catalog|information_schema)\./.test(name))
    return true;
  const references =
    kind === 'constraint' ? /REFERENCES (.*?)\(/.exec(definition.definition ?? '')?.[1] : null;
  const parents = kind === 'table' ? (definition.inherits ?? '').split(', ') : [];
  return [table ?? name, references ?? '', ...parents]
    .map(lastIdentifier)
    .some((last) => last !== '' && (words.has(last) || words.has(last.toLowerCase())));
}

/** Last part of a qualified name, without quotes and without the arguments of a function. */
function lastIdentifier(name: string): string {
  const [first = ''] = /^(?:"(?:[^"]|"")*"|[^("])*/.exec(name) ?? [];
  const last = /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(first.trim())?.[0] ?? '';
  return unquoted(last);
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

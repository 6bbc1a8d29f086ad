import type { Range } from '../base/position.js';
import { newName, renamedObject } from './effect-names.js';
import { effectsOf } from './effects.js';
import type { Node, ParsedStatement } from './grammar.js';
import { commandsOf, labelOf, partLabel } from './made.js';
import { quoteName, relationName } from './names.js';

/** Something that was renamed, with the statement that did it last. */
export interface Renamed {
  /** What it was called at first, and is called now; of a part, the label. */
  readonly first: string;
  readonly now: string;
  /** First name of the object, also where a part of it was renamed. */
  readonly object: string;
  readonly position: Range;
}

/** Behind the name of something that took the name of something else when that was renamed. */
const ANOTHER = '\u0000';
const FIRST_ITEM = /^(?:"(?:[^"]|"")*"|[^".]+)/;
const LAST_ITEM = /\.(?:"(?:[^"]|"")*"|[^".]+)$/;
const NUMBERED = /^(?:part \d+ of table |constraint [\d.]+ of )/;
const PART = /^(?:column|constraint|trigger) /;

/** A name as a message has it. */
export function shownName(first: string): string {
  return first.replace(/\u0000\d+/g, '');
}

/**
 * Follows what objects are called while statements rename them: each keeps the name that it had at first, and something
 * else that takes a name then has one of its own.
 */
export class Names {
  /** First names by those of now. */
  private readonly known = new Map<string, string>();
  private readonly changes = new Map<string, Omit<Renamed, 'first'>>();
  private others = 0;

  /** First name of an object, or of a schema as effects name it. */
  name(now: string): string {
    const key = this.objectKey(now);
    return this.known.get(key) ?? key;
  }

  /** First label of an object or a part, as `madeBy` labels them. */
  label(now: string): string {
    const numbered = NUMBERED.exec(now)?.[0];
    if (numbered !== undefined) return numbered + this.name(now.slice(numbered.length));
    if (PART.test(now)) {
      const key = this.partKey(now);
      return this.known.get(key) ?? key;
    }
    if (now.startsWith('schema ')) return this.name(now);
    const kind = now.slice(0, now.indexOf(' ') + 1);
    return kind + this.name(now.slice(kind.length));
  }

  /** Takes what a statement renames and drops. @param position where it stands */
  follow({ node, tree }: ParsedStatement, position: Range): void {
    for (const label of droppedBy(node, tree)) this.free(label);
    if (node !== 'RenameStmt') return;
    const [before, after] = namesIn(tree);
    const [from, to] = PART.test(before)
      ? [this.partKey(before), this.partKey(after)]
      : [this.objectKey(before), this.objectKey(after)];
    const first = this.known.get(from) ?? from;
    const object = PART.test(before) ? this.name(renamedObject(tree)) : first;
    this.others += 1;
    this.known.set(from, `${from}${ANOTHER}${this.others}`);
    this.known.set(to, first);
    this.changes.set(first, { now: after, object, position });
  }

  /** A name of what is dropped is free again. */
  private free(label: string): void {
    const object = label.startsWith('schema ') ? label : label.slice(label.indexOf(' ') + 1);
    const key = PART.test(label) ? this.partKey(label) : this.objectKey(object);
    if (!this.known.delete(key)) return;
    this.others += 1;
    if ([...this.known.values()].includes(key)) this.known.set(key, `${key}${ANOTHER}${this.others}`);
  }

  /** What is called otherwise than at first. */
  renamed(): Renamed[] {
    const all = [...this.changes].map(([first, change]) => ({ first, ...change }));
    return all.filter(
      ({ first, now }) => first !== (PART.test(now) ? this.partKey(now) : this.objectKey(now)),
    );
  }

  private objectKey(now: string): string {
    if (now.startsWith('schema ')) return now;
    const schema = FIRST_ITEM.exec(now)?.[0] ?? '';
    const first = this.known.get(`schema ${schema}`)?.slice('schema '.length);
    return first === undefined ? now : first + now.slice(schema.length);
  }

  private partKey(now: string): string {
    const kind = now.slice(0, now.indexOf(' ') + 1);
    const part = LAST_ITEM.exec(now)?.[0] ?? '';
    return `${kind}${this.name(now.slice(kind.length, now.length - part.length))}${part}`;
  }
}

/** What a statement renames, before and after: names of objects, labels of parts. */
function namesIn(tree: Node): readonly [string, string] {
  const object = renamedObject(tree);
  const after = newName(tree);
  if (after !== null) return [object, after];
  const kind = /CONSTRAINT$/.test(String(tree.renameType)) ? 'constraint' : 'column';
  const label = (name: unknown) => `${kind} ${object}.${quoteName(String(name))}`;
  return [label(tree.subname), label(tree.newname)];
}

function droppedBy(node: string, tree: Node): string[] {
  if (node === 'DropStmt') return effectsOf(node, tree).map(({ kind, name }) => labelOf(kind, name));
  const table = node === 'AlterTableStmt' ? relationName(tree.relation) : '';
  return commandsOf(tree).flatMap(({ subtype, name }) => {
    if (subtype === 'AT_DropColumn') return [partLabel('column', table, name)];
    return subtype === 'AT_DropConstraint' ? [partLabel('constraint', table, name)] : [];
  });
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Range } from '../base/position.js';
import { loadConfig } from '../load/config.js';
import { type Entry, unitOf } from '../model/entry.js';
import type { Model } from '../model/model.js';
import { headerText } from '../parse/document.js';
import { SourceText } from '../parse/source-text.js';
import { compile } from '../pipeline.js';

interface Edit {
  readonly position: Range;
  readonly value: string;
}

/**
 * Refreshes the digests that the corpus' hand-written documents pin, dependencies first, until nothing changes.
 * Only for the example: elsewhere a pin is what somebody read, and only they may renew it.
 */
export async function repinExample(root: string): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const { model } = await compile(loadConfig(root));
    let changed = false;
    for (const entry of model.entries.values()) {
      const edits = editsOf(model, entry);
      if (edits.length > 0) applyEdits(join(root, entry.document.path), edits);
      changed ||= edits.length > 0;
    }
    if (!changed) return;
  }
  throw new Error('the documents pin each other in a circle');
}

function editsOf(model: Model, entry: Entry): Edit[] {
  if (entry.kind === 'dry-run-report' || entry.kind === 'execution-report') return [];
  const pins = entry.pins.flatMap(({ path, fields }) => {
    const target = model.entries.get(path);
    return fields.map(({ name, value, position }) => ({
      value,
      position,
      actual: target && actual(target, name),
    }));
  });
  const ddl = model.entries.get(entry.pins.find(({ key }) => key === 'ddl')?.path ?? '');
  const checks = entry.sql.checks.flatMap(({ evidence, expect }) => {
    const name = evidence?.startsWith('provenance.') ? evidence.slice('provenance.'.length) : null;
    const [line] = expect;
    if (!name || !line || !ddl) return [];
    return [{ value: line.text, position: line.position, actual: actual(ddl, name) }];
  });
  return [...pins, ...checks].flatMap(({ value, position, actual: now }) =>
    now !== undefined && now !== value ? [{ position, value: now }] : [],
  );
}

function actual(entry: Entry, field: string): string | undefined {
  if (field === 'sha256') return entry.document.digest;
  if (field === 'revision') return headerText(entry.document, 'revision');
  return unitOf(entry, field === 'migration_sha256' ? 'migration' : 'rollback')?.digest;
}

function applyEdits(file: string, edits: readonly Edit[]): void {
  const source = new SourceText(readFileSync(file));
  const offset = ({ line, column }: Range['start']) => source.lineStart(line) + column - 1;
  let text = source.text;
  for (const { position, value } of [...edits].sort(
    (a, b) => offset(b.position.start) - offset(a.position.start),
  ))
    text = text.slice(0, offset(position.start)) + value + text.slice(offset(position.end));
  writeFileSync(file, text);
}

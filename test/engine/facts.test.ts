import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RULES } from '../../src/check/rules/index.js';
import { judgeDocument } from '../../src/check/run-rules.js';
import { FactsLost, FolderStore, lengthOf, MemoryStore, packed } from '../../src/engine/fact-store.js';
import { encodeFacts, type Facts } from '../../src/engine/facts-codec.js';
import { PartReader, PartsWriter } from '../../src/engine/parts.js';
import { readFacts } from '../../src/engine/read-facts.js';
import { StoredEntry } from '../../src/engine/stored-entry.js';
import type { FullEntry } from '../../src/model/entry.js';
import { FORMAT_KINDS } from '../../src/model/kinds.js';

const REPOSITORY = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'probatum-facts-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Values of all lengths, and what is not plain about text. */
const value = fc.oneof(
  fc.integer({ min: -(2 ** 44), max: 2 ** 44 }),
  fc.integer({ min: -300, max: 300 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'a'.repeat(5000), 'é', '\u{1f600}', '\ud83d', '\ude00', '\0', '__proto__'),
);

it('what is written in parts is read part by part', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 30 }), { minLength: 1, maxLength: 8 }), (parts) => {
      const writer = new PartsWriter(parts.length);
      for (const values of parts) {
        for (const one of values) typeof one === 'number' ? writer.number(one) : writer.text(one);
        writer.end();
      }
      const bytes = writer.bytes();
      for (const [index, values] of [...parts.entries()].reverse()) {
        const reader = new PartReader(bytes, parts.length, index);
        const read = values.map((one) => (typeof one === 'number' ? reader.number() : reader.text()));
        expect(read).toEqual(values);
        expect(reader.more).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

const ODD = `---
kind: note
document_path: "half of a pair: \\ud83d"
__proto__: { document: law.md, revision: r1 }
list: [[], {}, [a, { b: c }]]
---
# Überschrift 😀

## ?

See \`law.md\` (r2), C-01 and §3; 0123456789abcdef… is none. <a name="é"></a> [x](../a%20b.md#é)

<!-- probatum-disable-next-line no-broken-reference: it is gone -->
file.md
`;

async function readAll(): Promise<FullEntry[]> {
  const names = (readdirSync(join(REPOSITORY, 'knowledge'), { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.md'),
  );
  const files = names.map((name) => [name, readFileSync(join(REPOSITORY, 'knowledge', name))] as const);
  const all = [...files, ['odd.md', Buffer.from(ODD)], ['empty.md', Buffer.alloc(0)]] as const;
  return Promise.all(all.map(([name, bytes]) => readFacts(`knowledge/${name}`, bytes, FORMAT_KINDS)));
}

const stored = (entry: FullEntry, { face, body }: Facts) =>
  new StoredEntry(entry.document.path, Buffer.from(entry.document.digest, 'hex'), {
    face: () => face,
    body: () => body,
  });

/** What stays known of a document. */
const KEPT = ['path', 'digest', 'size', 'problems', 'headings', 'fences', 'links', 'mentions'] as const;
const MORE = ['suppressions', 'anchors'] as const;
const OF_ENTRY = ['sql', 'kind', 'customKind', 'pins', 'declared', 'written', 'landings'] as const;

it('a stored entry says what the document said', async () => {
  const entries = await readAll();
  expect(entries.length).toBeGreaterThan(5);
  for (const entry of entries) {
    const judgement = judgeDocument(entry, new Uint8Array(), RULES);
    const kept = stored(entry, encodeFacts(entry, judgement));
    for (const key of [...KEPT, ...MORE]) expect(kept.document[key], key).toEqual(entry.document[key]);
    for (const key of OF_ENTRY) expect(kept[key], key).toEqual(entry[key]);
    for (const key of ['paths', 'digests', 'ids'] as const)
      expect(kept.mentioned[key], key).toEqual(entry.mentioned[key]);
    for (const key of ['origin', 'position', 'data', 'values', 'keys'] as const)
      expect(kept.header?.[key], key).toEqual(entry.document.header?.[key]);
    expect(kept.judgement).toEqual(judgement);
  }
});

describe('a store in a folder', () => {
  const facts = fc.record({
    face: fc.integer({ min: 0, max: 9000 }),
    body: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 100_000, max: 300_000 })),
    fill: fc.integer({ min: 0, max: 255 }),
  });
  const batches = fc.array(fc.array(facts, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 });

  it('gives what was appended, in any order and while it grows', () => {
    fc.assert(
      fc.property(batches, fc.array(fc.nat(), { maxLength: 40 }), (given, order) => {
        const stores = [new FolderStore(work, []), new MemoryStore()];
        const kept: { facts: Facts; locations: { segment: number; offset: number; length: number }[] }[] = [];
        for (const batch of given) {
          const made = batch.map(({ face, body, fill }) => ({
            face: Buffer.alloc(face, fill),
            body: Buffer.alloc(body, fill + 1),
          }));
          const places = stores.map((store) => store.append(packed(made)));
          let from = 0;
          for (const one of made) {
            const length = lengthOf(one);
            const at = from;
            const locations = places.map(({ segment, offset }) => ({ segment, offset: offset + at, length }));
            kept.push({ facts: one, locations });
            from += length;
          }
          for (const number of order) {
            const one = kept[number % kept.length]!;
            for (const [index, store] of stores.entries()) {
              const location = one.locations[index]!;
              expect(store.body(location).equals(one.facts.body)).toBe(true);
              expect(store.face(location).equals(one.facts.face)).toBe(true);
              expect(store.raw(location).equals(packed([one.facts]))).toBe(true);
            }
          }
        }
        for (const store of stores) store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('takes no byte for facts that was changed', () => {
    const one = { face: Buffer.alloc(100, 1), body: Buffer.alloc(200, 2) };
    const bytes = packed([one]);
    const damaged = (at: number) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 16;
      writeFileSync(join(work, 'damaged.facts'), changed);
      const store = new FolderStore(work, ['damaged.facts']);
      const location = { segment: 0, offset: 0, length: lengthOf(one) };
      try {
        return [store.face(location), store.body(location)];
      } finally {
        store.close();
      }
    };
    for (let at = 0; at < bytes.length; at++) expect(() => damaged(at), `byte ${at}`).toThrow(FactsLost);
  });

  it('is given back as memory once it lies in a file, where it is much, and kept where there is no file', () => {
    const many = () => packed([{ face: Buffer.alloc(10, 1), body: Buffer.alloc(100_000, 2) }]);
    const location = {
      segment: 0,
      offset: 0,
      length: lengthOf({ face: Buffer.alloc(10), body: Buffer.alloc(0) }),
    };
    const stores = [new FolderStore(work, []), new MemoryStore()];
    const left = stores.map((store) => {
      const batch = many();
      store.append(batch);
      expect(store.raw(location).equals(many())).toBe(true);
      store.close();
      return batch.length;
    });
    expect(left).toEqual([0, many().length]);
  });

  it('leaves memory alone that other things lie in', () => {
    const all = Buffer.alloc(200_000, 3);
    const store = new FolderStore(work, []);
    store.append(all.subarray(0, 100_000));
    store.close();
    expect(all.equals(Buffer.alloc(200_000, 3))).toBe(true);
  });
});

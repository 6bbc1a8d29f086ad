import type { ListedFile, Stamp } from '../load/list-files.js';
import { readableLandings } from '../model/model.js';
import { fileKey, landingsKey, PRESENCE } from '../model/offers.js';
import { NONE_KNOWN, soundExamples } from '../sql/fences.js';
import { isSameFile, replaced } from './columns.js';
import type { FactStore } from './fact-store.js';
import { isRoughNumber, keyNumber, pathKeyNumber, placeKeyNumber } from './keys.js';
import type { Batch, Item } from './read-batch.js';
import type { Row } from './row.js';
import { StoredEntry } from './stored-entry.js';

/** A document as it is to be compiled: a file on disk, or bytes in its place. */
export type Source = Omit<ListedFile, 'stamp'> & {
  readonly stamp: Stamp | null;
  readonly bytes?: Uint8Array;
};

/** What differs between the rows that are known and the sources that are there. */
export class Changes {
  /** Files to read. */
  readonly items: Item[] = [];
  /** Numbers of the keys whose answers may have changed; none where nothing was known before. */
  readonly keys = new Set<number>();
  /** How many documents were read anew. */
  read = 0;
  /** Whether anything has to be written down. */
  any = false;
  private readonly rows: (Row | undefined)[] = [];
  private readonly places = new Map<string, number>();
  private readonly stamps = new Map<string, Stamp | null>();

  /** @param listed when the stamps of the rows were taken, in milliseconds */
  constructor(
    private readonly before: readonly Row[],
    sources: readonly Source[],
    listed: number,
    private readonly store: FactStore,
  ) {
    let at = 0;
    for (const source of sources) {
      while (at < before.length && before[at]!.path < source.path) this.appearedOrWent(before[at++]!);
      const known = before[at]?.path === source.path ? before[at++]! : undefined;
      if (!known || !source.stamp || !isSameFile(known, source.stamp, listed)) this.toRead(source, known);
      this.rows.push(known);
    }
    while (at < before.length) this.appearedOrWent(before[at++]!);
  }

  private toRead({ path, name, bytes, stamp }: Source, known: Row | undefined): void {
    this.places.set(path, this.rows.length);
    this.stamps.set(path, stamp);
    this.items.push({
      path,
      name,
      known: known?.digest.toString('hex') ?? null,
      ...(bytes ? { bytes } : {}),
    });
  }

  /** Takes what was read of some files. */
  take(given: readonly Item[], { outcomes, digests, offers: offered, facts }: Batch): void {
    const { segment, offset } = facts.length > 0 ? this.store.append(facts) : { segment: 0, offset: 0 };
    let from = offset;
    let keys = 0;
    let at = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.became === 'suspect') continue;
      const { path } = given[index]!;
      const place = this.places.get(path)!;
      const known = this.rows[place];
      const stamp = this.stamps.get(path) ?? null;
      this.any = true;
      if (outcome.became === 'same') {
        this.rows[place] = replaced(known!, { stamp });
        continue;
      }
      const { length, release } = outcome;
      const offers = offered.subarray(keys, keys + outcome.offered);
      const digest = Buffer.from(digests.subarray(at, at + 32));
      keys += outcome.offered;
      at += 32;
      const row = {
        path,
        stamp,
        digest,
        release,
        offers,
        facts: { segment, offset: from, length },
        asked: null,
        findings: null,
      };
      this.rows[place] = row;
      this.read += 1;
      from += length;
      if (known) this.changed(known, row);
      else this.appearedOrWent(row);
    }
  }

  /** Digests of texts that are known to be SQL from how a document was before. @throws FactsLost */
  soundIn(path: string): ReadonlySet<string> {
    const known = this.rows[this.places.get(path)!];
    if (!known) return NONE_KNOWN;
    const { fences, sql } = this.entry(known);
    return soundExamples(fences, sql);
  }

  /** A file that is no document came or went. */
  fileMoved(path: string): void {
    this.any = true;
    this.keys.add(keyNumber(fileKey(path)));
  }

  /** The rows as they are now, in path order. Those that were read are not judged yet. */
  current(): Row[] {
    return this.rows as Row[];
  }

  private appearedOrWent({ path, offers }: Row): void {
    this.any = true;
    if (this.before.length === 0) return;
    for (const key of offers) this.keys.add(key);
    this.keys.add(pathKeyNumber(path));
    this.keys.add(placeKeyNumber(path));
    this.keys.add(keyNumber(landingsKey(path)));
    this.keys.add(keyNumber(PRESENCE));
  }

  private changed(before: Row, after: Row): void {
    this.keys.add(pathKeyNumber(after.path));
    for (const key of onlyIn(before.offers, after.offers)) this.keys.add(key);
    for (const key of onlyIn(after.offers, before.offers)) this.keys.add(key);
    if (this.landings(before) !== this.landings(after)) this.keys.add(keyNumber(landingsKey(after.path)));
  }

  /** Where links into a document can lead, as one text. @throws FactsLost */
  private landings(row: Row): string {
    return JSON.stringify(readableLandings(this.entry(row)));
  }

  private entry({ path, digest, facts }: Row): StoredEntry {
    return new StoredEntry(path, digest, {
      face: () => this.store.face(facts),
      body: () => this.store.body(facts),
    });
  }
}

/** A rough key's answers may be others although it is still offered. */
function onlyIn(keys: Uint32Array, others: Uint32Array): number[] {
  return [...keys].filter((key) => isRoughNumber(key) || !others.includes(key));
}

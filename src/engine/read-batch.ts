import { createHash } from 'node:crypto';
import { judgeDocument } from '../check/run-rules.js';
import { readBytes } from '../load/corpus.js';
import { offers } from '../model/offers.js';
import type { TeamRules } from '../team-rules.js';
import { lengthOf, packed } from './fact-store.js';
import { encodeFacts, type Facts } from './facts-codec.js';
import { joined, keyNumbers } from './keys.js';
import { readFacts, readHarmlessFacts, type SoundSql } from './read-facts.js';
import { encodeRelease } from './releases.js';

/** A file that is to be read. */
export interface Item {
  readonly path: string;
  /** The path as the disk has it. */
  readonly name: string;
  /** Bytes in place of the file's own. */
  readonly bytes?: Uint8Array;
  /** Digest of the bytes whose facts are known, in hex; null where none are. */
  readonly known: string | null;
}

/** What became of one file. */
export type Outcome =
  | { readonly became: 'same' }
  /** It has to be read under a time limit, which a batch does not give. */
  | { readonly became: 'suspect' }
  | {
      readonly became: 'read';
      /** Length of the face of its facts, which stands behind that of the document read before. */
      readonly length: number;
      /** How many keys it offers. */
      readonly offered: number;
      readonly release: string;
    };

/** What became of several files. Those that were read have their part of each list, one behind the other. */
export interface Batch {
  readonly outcomes: readonly Outcome[];
  /** SHA-256 of the bytes of each, of 32 bytes. */
  readonly digests: Uint8Array;
  /** Numbers of the keys that they can be found by. */
  readonly offers: Uint32Array;
  /** Facts as a store keeps them. */
  readonly facts: Buffer;
}

/** Files to read. */
export interface ReadTask {
  readonly root: string;
  readonly items: readonly Item[];
  /** Whether each is given as long as it may take; otherwise one that may take long is a suspect. */
  readonly limited: boolean;
}

/** Reads files as far as they have changed. @param soundIn gives what SQL is known from how a document was before */
export async function readBatch(
  { root, items, limited }: ReadTask,
  team: TeamRules,
  soundIn?: (path: string) => ReturnType<SoundSql>,
): Promise<Batch> {
  const outcomes: Outcome[] = [];
  const digests: Buffer[] = [];
  const offered: Uint32Array[] = [];
  const facts: Facts[] = [];
  for (const { path, name, bytes: given, known } of items) {
    const bytes = given ?? readBytes(root, name);
    const digest = createHash('sha256').update(bytes).digest();
    if (digest.toString('hex') === known) {
      outcomes.push({ became: 'same' });
      continue;
    }
    const read = limited ? readFacts : readHarmlessFacts;
    const entry = await read(path, bytes, team.kinds, soundIn && (() => soundIn(path)));
    if (!entry) {
      outcomes.push({ became: 'suspect' });
      continue;
    }
    const kept = encodeFacts(entry, judgeDocument(entry, bytes, team.rules, team.settings));
    const keys = keyNumbers(offers(entry));
    facts.push(kept);
    digests.push(digest);
    offered.push(keys);
    const release = encodeRelease(entry);
    outcomes.push({ became: 'read', length: lengthOf(kept), offered: keys.length, release });
  }
  return { outcomes, digests: Buffer.concat(digests), offers: joined(offered), facts: packed(facts) };
}

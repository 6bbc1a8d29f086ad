import type { Stamp } from '../load/list-files.js';

/** Where the facts of a document are kept. */
export interface Location {
  /** Number of the segment in its store. */
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** What is known of one document without reading its facts. */
export interface Row {
  readonly path: string;
  /** Null where the bytes did not come from the file as it is on disk. */
  readonly stamp: Stamp | null;
  /** SHA-256 of the bytes that the facts are of. */
  readonly digest: Buffer;
  readonly facts: Location;
  /** Its revision and where it stands, for the lock file; empty for what is not governed. */
  readonly release: string;
  /** Numbers of the keys that it can be found by. */
  readonly offers: Uint32Array;
  /** Numbers of the keys that its findings depend on; null while it was not judged. */
  readonly asked: Uint32Array | null;
  /** Its findings as JSON; null where there is none. */
  readonly findings: string | null;
}

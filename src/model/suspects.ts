import type { Entry } from './entry.js';
import type { Model } from './model.js';
import { type PinStep, pinsMet, pinWay } from './pin-walk.js';

/** A pin that no longer holds, and the way that leads to it from the document whose word became suspect. */
export interface BrokenPin {
  /** Documents from the one that gave its word to the one that has the pin. */
  readonly way: readonly string[];
  /** Dotted path of the pin in the last one's header. */
  readonly key: string;
  /** The line of the digest there. */
  readonly line: number;
  /** What is pinned, and by which digest. */
  readonly document: string;
  readonly pinned: string;
  /** Digest that the document has now; null where there is no such document. */
  readonly found: string | null;
}

/** A word that was given of bytes that changed. */
export interface Suspect {
  readonly document: string;
  readonly broken: readonly BrokenPin[];
}

/** Those of the documents that rest, directly or through what they pin, on bytes that are not there any more. */
export function suspectsAmong(model: Model, entries: readonly Entry[]): Suspect[] {
  return entries.flatMap((entry) => {
    const broken = [...pinsMet(model, entry, holds)].filter((step) => !step.holds);
    if (broken.length === 0) return [];
    return [{ document: entry.document.path, broken: broken.map((step) => brokenPin(model, entry, step)) }];
  });
}

function holds(step: PinStep): boolean {
  return step.holds;
}

function brokenPin(model: Model, start: Entry, { from, pin, sha256, to }: PinStep): BrokenPin {
  const way = pinWay(model, start, from, holds) ?? [];
  return {
    way: [start.document.path, ...way.map(({ pin: { path } }) => path)],
    key: pin.key,
    line: pin.fields.find(({ name }) => name === 'sha256')!.position.start.line,
    document: pin.path,
    pinned: sha256,
    found: to?.document.digest ?? null,
  };
}

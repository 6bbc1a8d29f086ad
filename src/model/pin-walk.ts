import type { Entry } from './entry.js';
import type { Model } from './model.js';
import type { Pin } from './pins.js';

/** A pin with a document's digest, on a way along pins. */
export interface PinStep {
  readonly from: Entry;
  readonly pin: Pin;
  readonly sha256: string;
  /** What is there now; undefined where there is no such document. */
  readonly to: Entry | undefined;
  /** Whether it is what was pinned. */
  readonly holds: boolean;
}

/** Pins of a document that say a document's digest: only these bind it to exact bytes. */
export function digestPins(model: Model, from: Entry): PinStep[] {
  return from.pins.flatMap((pin) => {
    const sha256 = pin.fields.find(({ name }) => name === 'sha256')?.value;
    if (sha256 === undefined) return [];
    const to = model.entries.get(pin.path);
    return [{ from, pin, sha256, to, holds: to?.document.digest === sha256 }];
  });
}

/**
 * The pins that are met on the way from a document along its digest pins, nearest first; every document is entered
 * once. @param follow whether the way goes on behind a pin
 */
export function* pinsMet(model: Model, start: Entry, follow: (step: PinStep) => boolean): Generator<PinStep> {
  const queue = [start];
  const entered = new Set([start.document.path]);
  for (const entry of queue)
    for (const step of digestPins(model, entry)) {
      yield step;
      if (!step.to || entered.has(step.to.document.path) || !follow(step)) continue;
      entered.add(step.to.document.path);
      queue.push(step.to);
    }
}

/**
 * The shortest way along digest pins from one document to another, which may be none at all; null where none leads.
 * @param follow whether the way may go on behind a pin
 */
export function pinWay(
  model: Model,
  from: Entry,
  to: Entry,
  follow: (step: PinStep) => boolean,
): PinStep[] | null {
  const goal = to.document.path;
  const cameBy = new Map<string, PinStep>();
  if (from.document.path === goal) return [];
  for (const step of pinsMet(model, from, follow)) {
    const path = step.to?.document.path;
    if (path === undefined || path === from.document.path || cameBy.has(path)) continue;
    cameBy.set(path, step);
    if (path !== goal) continue;
    const way: PinStep[] = [];
    for (let last = cameBy.get(goal); last; last = cameBy.get(last.from.document.path)) way.unshift(last);
    return way;
  }
  return null;
}

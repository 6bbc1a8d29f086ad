import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statementToSeal } from '../../src/record/seal.js';
import { readRecord } from '../../src/record/store.js';
import { forgeJournal, forgeSeal, type Signer } from '../support/forge-run.js';
import type { Published } from '../support/sealed-run.js';

/* What attacks are made of: each changes files of a corpus. */

/** What is done to the corpus of a folder. */
export type Step = (root: string) => unknown;
/** One after the other. */
export const all =
  (...steps: readonly Step[]): Step =>
  async (root) => {
    for (const step of steps) await step(root);
  };
/** Another text of a file. */
export const edit =
  (path: string, change: (text: string) => string): Step =>
  (root) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
/** Files and folders that are gone. */
export const remove =
  (...paths: string[]): Step =>
  (root) => {
    for (const path of paths) rmSync(join(root, path), { recursive: true });
  };
/** Files and folders as another corpus has them. */
export const take =
  (from: string, ...paths: string[]): Step =>
  (root) => {
    for (const path of paths) cpSync(join(from, path), join(root, path), { recursive: true });
  };
/** A document and its signature. */
export const signed = (path: string) => [path, `${path}.sig`];

/** The seal as it has to be for the files that are there, signed by somebody. */
export const reseal =
  (published: Published, by: Signer): Step =>
  (root) => {
    const file = join(root, published.record);
    const report = readFileSync(join(root, published.report), 'utf8');
    return forgeSeal(root, published, () => statementToSeal(file, readRecord(file), report), by);
  };

/** Another time of a statement: chain, record and report follow. */
export const rewritten =
  (published: Published): Step =>
  (root) =>
    forgeJournal(root, published, (lines) => {
      for (const line of lines) if (line.type === 'statement-executed') line.milliseconds = 12_345;
    });

import { compareReaders, shrink } from './compare.js';
import { generate, mutate } from './fragments.js';
import { Random } from './random.js';
import { readSource, type Source } from './sources.js';

/** What was compared of one source. */
export interface Count {
  readonly source: string;
  documents: number;
  bytes: number;
}

/** The part of a run that one process does. */
export interface Share {
  /** How many documents to generate; half from fragments, half by mutation. */
  readonly count: number;
  readonly seed: number;
  readonly folders: readonly string[];
  /** Which documents of the folders: those whose number leaves `index` when divided by `jobs`. */
  readonly index: number;
  readonly jobs: number;
}

/** How far a process is. */
export interface Far {
  readonly counts: readonly Count[];
  /** How many of the documents that it generates are compared. */
  readonly generated: number;
  /** All of its documents are compared. */
  readonly ended: boolean;
}

/** What a process tells: how far it is, or where the readers disagree. */
export type Told = Far | { readonly disagreement: string };

/** Compares one share of the documents. It returns at the end, or tells of the first disagreement and stops there. */
export function compareShare(share: Share, tell: (told: Told) => void): void {
  const sources = share.folders.map(readSource);
  const counts: Count[] = [];
  const count = (source: string): Count => {
    counts.push({ source, documents: 0, bytes: 0 });
    return counts.at(-1)!;
  };
  for (const source of sources) {
    if (!compareSource(source, share, count(source.name), tell)) return;
    tell({ counts, generated: 0, ended: false });
  }
  const random = new Random(share.seed);
  const texts = sources.flatMap(({ documents }) => documents.map(({ text }) => text));
  const fragments = count('generated from fragments');
  const mutants = count('mutated from the documents above');
  for (let number = 1; number <= share.count; number++) {
    const even = number % 2 === 0;
    const name = `seed ${share.seed}, number ${number}`;
    const text = even ? mutate(random, texts) : generate(random);
    if (!compareOne(text, name, even ? mutants : fragments, tell)) return;
    if (number % 1000 === 0) tell({ counts, generated: number, ended: false });
  }
  tell({ counts, generated: share.count, ended: true });
}

function compareSource(
  { name, documents }: Source,
  { index, jobs }: Share,
  count: Count,
  tell: (told: Told) => void,
): boolean {
  return documents.every(
    ({ path, text }, number) => number % jobs !== index || compareOne(text, `${name}/${path}`, count, tell),
  );
}

/** Whether the readers agree about a text; tells where they do not, with the smallest form of it that is found. */
function compareOne(text: string, name: string, count: Count, tell: (told: Told) => void): boolean {
  count.documents += 1;
  count.bytes += Buffer.byteLength(text);
  if (!compareReaders(text)) return true;
  const smallest = shrink(text);
  const { fact, fast, reference } = compareReaders(smallest)!;
  const readings = `fast      ${JSON.stringify(fast)}\nreference ${JSON.stringify(reference)}`;
  const said = `${name}: the readers disagree about ${fact} of\n${JSON.stringify(smallest)}\n${readings}`;
  tell({ disagreement: said });
  return false;
}

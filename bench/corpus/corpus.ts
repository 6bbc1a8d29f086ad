import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHANGE_DEFECTS, type Change, change, written } from './change.js';
import { openHeader } from './header.js';
import { NOTE_DEFECTS, note } from './note.js';
import { type Defect, Page, type PlantedRule, sha256, type Written } from './page.js';
import { type Random, seeded } from './random.js';
import { paragraph } from './words.js';

/** What a corpus is made of. */
export interface CorpusOptions {
  readonly documents: number;
  readonly seed: number;
  /** Share of the documents with one planted defect, 0 to 1. */
  readonly defects: number;
}

/** One document of the corpus. */
export interface CorpusFile {
  readonly path: string;
  readonly text: string;
  readonly defect: Defect | null;
}

const FOLDER = 100;
const LAW = 'dev/laws/dieu44-trien-khai/governed-migration-protocol-2026-05-10.md';
/** How many documents back a reference may go, so that a corpus of any size is made in little memory. */
const REACH = 2000;

/**
 * The documents of a corpus, one at a time: a law, and folders of about a hundred documents each, with one change
 * (DDL, package, two reviews), notes that pin and cite earlier documents, and an index. The last document lists the
 * indexes. The same options give the same bytes.
 */
export function* corpus({ documents, seed, defects }: CorpusOptions): Generator<CorpusFile> {
  const random = seeded(seed);
  const law = lawFile();
  yield law;
  if (documents === 1) return;
  const state = { law: describe(law), known: [describe(law)], indexes: [] as Written[] };
  let left = documents - 2;
  for (let number = 0; left > 0; number++) {
    const size = Math.min(FOLDER, left);
    yield* folder(random, state, { number, size, defects });
    left -= size;
  }
  yield finished(indexPage('knowledge/README.md', 'overview', day(0), state.indexes, random));
}

interface State {
  readonly law: Written;
  readonly known: Written[];
  readonly indexes: Written[];
}

interface FolderOptions {
  readonly number: number;
  readonly size: number;
  readonly defects: number;
}

function* folder(random: Random, state: State, options: FolderOptions): Generator<CorpusFile> {
  const name = `c${String(options.number).padStart(4, '0')}`;
  const path = `knowledge/changes/${name}/`;
  const date = day(options.number);
  const listed: Written[] = [];
  const plant = (rules: readonly PlantedRule[]) =>
    random.next() < options.defects ? random.pick(rules) : null;
  const finish = (page: Page) => {
    listed.push(written(page));
    return finished(page);
  };
  if (options.size > 4) {
    const planted = Object.fromEntries(
      Object.entries(CHANGE_DEFECTS).map(([part, rules]) => [part, plant(rules)]),
    ) as Record<keyof Change, PlantedRule | null>;
    const made = change(random, { folder: path, change: `ledger-${name}`, date, law: state.law, planted });
    for (const page of [made.ddl, made.ddlReview, made.commandPackage, made.packageReview])
      yield finish(page);
  }
  for (let number = listed.length; number < options.size - 1; number++) {
    const file = `${path}ledger-${name}-report-${String(number).padStart(3, '0')}-${date}.md`;
    const place = { path: file, change: `ledger-${name}`, date, number, known: state.known };
    const { page, written: done } = note(random, { ...place, planted: plant(NOTE_DEFECTS) });
    listed.push(done);
    state.known.push(done);
    yield finished(page);
  }
  state.known.splice(0, state.known.length - REACH);
  const index = indexPage(`${path}README.md`, `ledger-${name}`, date, listed, random);
  state.indexes.push(written(index));
  yield finished(index);
}

function finished(page: Page): CorpusFile {
  if (page.planted && !page.defect) throw new Error(`${page.path} has no place for ${page.planted}`);
  return { path: page.path, text: page.text(), defect: page.defect };
}

/** A note that links to documents in its folder or below. */
function indexPage(
  path: string,
  name: string,
  date: string,
  listed: readonly Written[],
  random: Random,
): Page {
  const page = new Page(path, null);
  openHeader(page, { kind: 'note', change: name, date, author: 'migration agent', phase: 'overview' });
  page.add('---', '', `# Index of ${name}`, '', '## §1 — Purpose', '', ...paragraph(random, 2), '');
  page.add('## §2 — Documents', '');
  const here = dirname(path).length + 1;
  for (const target of listed) page.add(`- [${target.title}](${target.path.slice(here)})`);
  return page;
}

/** The protocol of this repository, as the law of the corpus. */
function lawFile(): CorpusFile {
  const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const text = readFileSync(join(repository, 'knowledge', LAW), 'utf8');
  return { path: `knowledge/${LAW}`, text, defect: null };
}

function describe({ path, text }: CorpusFile): Written {
  return { path, title: 'Governed migration protocol', sha256: sha256(text), anchors: ['1--purpose'] };
}

/** A calendar date that grows with the folders, from the law's date on. */
function day(folder: number): string {
  return new Date(Date.UTC(2026, 4, 10 + folder)).toISOString().slice(0, 10);
}

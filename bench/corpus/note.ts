import { openHeader, pin } from './header.js';
import { Page, type PlantedRule, sha256, type Written } from './page.js';
import type { Random } from './random.js';
import { paragraph, sentence } from './words.js';

/** Rules that a note can be made to break. */
export const NOTE_DEFECTS: readonly PlantedRule[] = [
  'abbreviated-digest',
  'document-digest-matches',
  'document-path-matches',
  'front-matter-schema',
  'malformed-table',
  'no-broken-anchor',
  'no-broken-reference',
  'no-empty-glob',
  'no-stale-revision',
];

const SUBJECTS = [
  'dry run',
  'window',
  'backup',
  'inventory',
  'verification',
  'handover',
  'snapshot',
] as const;

/** Anchors of the sections that every note has, as GitHub makes them. */
const ANCHORS = ['1--what-this-is-about', '3--artefacts', '4--results', '6--notes'] as const;

/** Where a note stands, and what it may refer to: documents that are written already, at least one. */
export interface NotePlace {
  readonly path: string;
  readonly change: string;
  readonly date: string;
  readonly number: number;
  readonly known: readonly Written[];
  readonly planted: PlantedRule | null;
}

/** A note of about 10 KB in the shape of an execution report. */
export function note(random: Random, place: NotePlace): { page: Page; written: Written } {
  const page = new Page(place.path, place.planted);
  const title = `${place.change} — ${random.pick(SUBJECTS)} report ${place.number}`;
  const read = [random.pick(place.known), random.pick(place.known)] as const;
  openHeader(page, { ...place, kind: 'note', author: 'migration agent', phase: 'reporting' });
  page.add('considered:');
  for (const target of read[0] === read[1] ? [read[0]] : read) pin(page, target, '  - ');
  page.add('---', '', `# ${title}`);
  about(page, random, read[0]);
  status(page, random, place);
  artefacts(page, random);
  results(page, random);
  fences(page, random);
  observations(page, random, place);
  references(page, random, place, read);
  return {
    page,
    written: { path: place.path, title, sha256: sha256(page.text()), anchors: ANCHORS },
  };
}

function about(page: Page, random: Random, target: Written): void {
  page.add('', '## §1 — What this is about', '', ...paragraph(random, 4), '');
  const path = page.slot('no-broken-reference', target.path, target.path.replace('.md', '-final.md'));
  page.add(`It goes on from \`${path}\` (r1), and`, 'changes nothing of what that document says.');
}

function status(page: Page, random: Random, { date }: NotePlace): void {
  page.add('', '## §2 — Status', '');
  const minute = () => String(random.between(10, 59));
  page.add('```yaml', 'execution_status: success', 'migration_rc: 0', 'rollback_executed: false');
  page.add(`run_started: ${date}T05:${minute()}:16Z`, `production_identity: 77110509848281${random.hex(5)}`);
  for (const field of ['deploy', 'vector_mutation', 'alias_rows', 'scope_expansion', 'backfill'])
    page.add(`no_${field}: true`);
  page.add('```');
}

function artefacts(page: Page, random: Random): void {
  page.add('', '## §3 — Artefacts');
  const digest = random.hex(64);
  const rows = ['prebackup.dump', 'schema.txt', 'rowcounts.txt', 'extracted.sql', 'execution.log'].map(
    (name, index) => [
      `${name} (C-0${index})`,
      `/var/backups/run/${random.hex(8)}-${name}`,
      String(random.between(1000, 90_000_000)),
      index === 0 ? digest : random.hex(64),
    ],
  );
  page.table(['Artefact', 'Path', 'Size', 'SHA-256'], rows);
  const short = `${digest.slice(0, 8)}…${digest.slice(-6)}`;
  page.add('');
  // An abbreviation needs a digit and a letter to be one.
  const other = `0f${digest.slice(2, 8)}…00ff00`;
  page.add(
    `The backup ${page.slot('abbreviated-digest', short, other)} was read in full after it was stored.`,
  );
}

function results(page: Page, random: Random): void {
  const count = random.between(24, 40);
  page.add('', '## §4 — Results', '', sentence(random));
  const rows = Array.from({ length: count }, (_, index) => {
    const value = random.next() < 0.3 ? `app_ledger.${random.hex(6)}` : String(random.between(0, 5000));
    const id = `V-${String(index + 1).padStart(2, '0')}`;
    return [id, random.pick(CHECKED), value, value, 'PASS'];
  });
  page.table(['ID', 'Check', 'Expected', 'Observed', 'Result'], rows);
}

const CHECKED = [
  'rows of the ledger',
  'rows of the journal \\| newest change',
  'indexes, as before',
  'no trigger on the new table',
  'foreign keys inside the schema',
  'the alias table exists',
  'sequence value, not advanced',
  'grants to the reading role',
] as const;

function fences(page: Page, random: Random): void {
  page.add('', '## §5 — What was asked', '', ...paragraph(random, 2), '');
  page.add('```sql', 'SELECT count(*), max(l.recorded_at)', `FROM app_ledger.l${random.hex(6)} AS l`);
  page.add(`WHERE l.amount > ${random.between(1, 900)}`, 'ORDER BY 1;', '```', '');
  page.add('```text', `BEGIN / CREATE TABLE / COMMIT, ${random.between(3, 80)} ms`, '```');
}

function observations(page: Page, random: Random, { known, path }: NotePlace): void {
  page.add('', '## §6 — Notes', '');
  for (let number = random.between(6, 10); number > 0; number--) {
    const target = random.pick(known);
    page.add(`- ${sentence(random)}`);
    const anchor = random.pick(target.anchors);
    const link = `${upTo(path)}${target.path}#${page.slot('no-broken-anchor', anchor, `${anchor}-there`)}`;
    page.add(`  Compare [${target.title}](${link}).`);
  }
  page.add(
    '',
    '> A remark of the reviewer:',
    `> ${sentence(random)}`,
    '',
    '1. First reading',
    '   - done',
    '',
  );
  for (let number = random.between(3, 5); number > 0; number--) page.add(...paragraph(random, 5), '');
  page.add('### What follows', '', ...paragraph(random, 2));
}

function references(page: Page, random: Random, { path, known }: NotePlace, read: readonly Written[]): void {
  const some = random.pick(known).path.replace(/\d(?:-\d{4}-\d\d-\d\d)?\.md$/, '*.md');
  page.add('', '## §7 — Cross-references', '');
  for (const [index, target] of read.entries())
    page.add(
      page.slot(
        'no-stale-revision',
        `read_${index} (r1): ${target.path}`,
        `read_${index} (r3): ${target.path}`,
      ),
    );
  // A set of documents, such as the parts of one report, is named in a few notes only.
  if (random.next() < 0.2 || page.planted === 'no-empty-glob')
    page.add(page.slot('no-empty-glob', `set: ${some}`, `set: ${some.replace('*', 'lost-*')}`));
  page.add('', `End of \`${path}\`.`);
}

/** The way from a document's folder to the root of the corpus, for a relative link. */
export function upTo(path: string): string {
  return '../'.repeat(path.split('/').length - 1);
}

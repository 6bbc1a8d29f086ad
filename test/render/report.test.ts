import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Nodes, Root, RootContent, Table } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { schemaErrors } from '../../src/load/schemas.js';
import { readFrontMatter } from '../../src/parse/front-matter.js';
import { frontMatterLines } from '../../src/parse/front-matter-lines.js';
import { parseDocument } from '../../src/parse/parse-document.js';
import { SourceText } from '../../src/parse/source-text.js';
import type { JournalLine } from '../../src/record/events.js';
import { foldJournal, type RunRecord } from '../../src/record/record.js';
import { readRecord } from '../../src/record/store.js';
import { encodeTerminal } from '../../src/render/encode.js';
import { renderReport } from '../../src/render/report.js';
import { COMMITTED, journalLines, REPOSITORY, textOf } from '../record/committed.js';

/*
 * The reports of the committed records, and of records in which everything that a database or an author decides is hostile.
 * What that is follows from the schema: every text that it lets through is changed.
 */

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).freeze();

const SECTIONS = [
  'Authorization chain',
  'Execution status',
  'Artefacts (chain of custody)',
  'Command sequence',
  'Preflight',
  'Migration',
  'Verification',
  'Created objects',
  'Non-scope confirmation',
  'Rollback status',
  'Final state',
  'Next step',
  'Cross-references',
];

const load = (path: string) => readRecord(join(REPOSITORY, path));

describe.each(COMMITTED)('the report of the committed $name', ({ record, report }) => {
  it('is the committed report, byte for byte, and the same again', () => {
    const { record: run, sha256: digest } = load(record);
    const text = renderReport(run, digest);
    expect(text).toBe(readFileSync(join(REPOSITORY, report), 'utf8'));
    expect(renderReport(run, digest)).toBe(text);
    expect(text.endsWith('\n') && !text.endsWith('\n\n')).toBe(true);
  });

  it('has its thirteen sections, in order', () => {
    const titles = sections(textOf(report)).map((title) => title.replace(/ \(\d+ of .*\)$/, ''));
    expect(titles).toEqual(SECTIONS.map((title, index) => `§${index + 1} — ${title}`));
  });

  it('has front matter that its schema accepts', () => {
    const { header, problems } = parseDocument(report, Buffer.from(textOf(report)));
    expect(problems).toEqual([]);
    expect(schemaErrors(header?.data.kind as 'execution-report', header?.data)).toEqual([]);
  });

  it('depends on nothing but the record and its digest', () => {
    const { record: run } = load(record);
    const [one, other] = ['1', '2'].map((digit) => renderReport(run, digit.repeat(64)).split('\n'));
    const changed = one!.filter((line, index) => line !== other![index]);
    expect(changed).toHaveLength(2);
    for (const line of changed) expect(line).toContain('1'.repeat(64));
  });
});

/** A record in which everything happened: a rehearsal, a refusal, notices, a rollback, and few rows of each kind. */
function eventful(): RunRecord {
  const whole = load(COMMITTED[0]!.record).record;
  const run = load(COMMITTED[1]!.record).record;
  const record = shortened(whole) as Mutable<RunRecord>;
  record.steps = [...record.steps, ...whole.steps.slice(-1)];
  const migration = structuredClone(record.migration!);
  const delta = whole.plan.derived.filter(({ subject }) => subject === 'catalogue-delta');
  record.plan = { ...record.plan, derived: [...record.plan.derived, ...delta] };
  const moments = ['preflight', 'in-transaction', 'after-commit'];
  const few = moments.flatMap((moment) =>
    record.checks.filter((check) => check.moment === moment).slice(0, 3),
  );
  const seen = whole.checks.filter(({ id, moment }) => id === delta[0]!.id && moment === 'after-commit');
  record.checks = [...few, ...seen, { ...few[0]!, id: 'D-ROLLBACK', moment: 'after-rollback' }];
  record.earlier = structuredClone(run.earlier);
  record.chain = structuredClone(run.chain);
  const [first] = migration.statements;
  record.migration = {
    ...migration,
    statements: [{ ...first!, notices: ['NOTICE 00000: one', 'WARNING 01000: two'] }],
    refused: { unit: 'migration', number: 3, line: 7, column: 1, message: 'refused' },
  };
  record.rollback = { ...migration, unit: 'rollback', tag: 'ROLLBACK', outcome: 'not-committed' };
  record.status = 'failed';
  return record;
}

/** A copy in which no list has more than three items. */
function shortened<T>(value: T): T {
  if (Array.isArray(value)) return value.slice(0, 3).map(shortened) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shortened(child)])) as T;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Where a record's schema lets any text through, and where it lets any path of a document through. */
function freeTexts(record: RunRecord): { anything: string[][]; paths: string[][] } {
  const leaves: string[][] = [];
  const visit = (value: unknown, path: string[]) => {
    if (typeof value === 'string') leaves.push(path);
    else if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
  };
  visit(record, []);
  const accepts = new Map<string, 'anything' | 'path' | 'neither'>();
  const judge = (path: string[]) => {
    // Items of one list are alike, but for texts that are words of the notation in some of them.
    const kind = `${path.join('.').replace(/(?<=\.)\d+(?=\.|$)/g, '*')}`;
    const known = accepts.get(kind);
    if (known) return known;
    const allows = (text: string) =>
      schemaErrors(
        'record',
        changed(record, [path], () => text),
      ).length === 0;
    const found = allows('any | \u0007text') ? 'anything' : allows(HOSTILE_PATH) ? 'path' : 'neither';
    accepts.set(kind, found);
    return found;
  };
  return {
    anything: leaves.filter((path) => judge(path) === 'anything'),
    paths: leaves.filter((path) => judge(path) === 'path'),
  };
}

/** A copy of a record with other texts at some places. */
function changed(
  record: RunRecord,
  places: readonly string[][],
  text: (place: string[]) => string,
): RunRecord {
  const copy = structuredClone(record);
  for (const place of places) {
    const parent = place.slice(0, -1).reduce((at, key) => (at as never)[key], copy as unknown);
    (parent as { [key: string]: string })[place.at(-1)!] = text(place);
  }
  return copy;
}

/** A path of a document may hold anything but white space and backslashes. */
const HOSTILE_PATH = 'a|b/`c`/<img/src=x>*_~[x](y)&amp;#{%{{}}.md';

const HOSTILE: readonly string[] = [
  'a | b | c',
  '|---|---|',
  'end |\n| --- |\nafter',
  'line\nbreak\r\nand\rreturn',
  '\n\n## §99 — Forged\n\n- status: succeeded\n',
  '\n\n---\n\n***\n\n===\n',
  '```\ncode\n```',
  '`a` ``b`` `',
  '~~~\nx',
  '    indented',
  '<b>bold</b><script>alert(1)</script>',
  '<!-- hidden',
  '--> shown <![CDATA[ x ]]>',
  '[a](javascript:alert(1)) ![b](c) [d]: e [^1]',
  '<https://a.bc> https://a.bc www.a.bc a@b.cd',
  '**strong** _em_ ~~gone~~ # 1. - + > =',
  '&lt;b&gt; &#124; &amp;amp;',
  '\\| \\\\| \\',
  '{{ run.status }} {% raw %} {%- include "x" -%}',
  '\'; " \u2019 % @ ! & * ? : - - x',
  '\u001b[31mred\u001b[0m \u001b]8;;x\u0007y\u0007 \b\u007f\u0085\u009b1m',
  '\u202eright to left\u2066 \u200b \u2028 \u2029 \u00a0 \ufeff',
  'lone \ud800 and \udc00, 日本, 😀',
  'true',
  'null',
  '---',
  '- x: y',
  'key: value: [a, {b',
  '#comment',
  '  spaces  ',
  'long '.repeat(400),
];

describe.each(COMMITTED)('the report of the committed $name, had it died', (committed) => {
  const raw = journalLines(committed);
  const lines = raw.map((line) => JSON.parse(line) as JournalLine);

  it('after any event, is a report of thirteen sections that a person has to read', () => {
    for (let count = 1; count < lines.length; count += count < 30 ? 1 : 6) {
      const record = foldJournal({ lines: lines.slice(0, count), head: sha256(raw[count - 1]!) });
      const text = renderReport(record, sha256('record'));
      expect(sections(text), `after event ${count}`).toHaveLength(SECTIONS.length);
      expect(text).toContain('- execution_status: indeterminate\n');
      expect(text).toContain('A person is needed');
      expectFrontMatter(text, record);
      // What was not answered is not counted as passed.
      const passed = record.checks.filter(
        ({ moment, verdict }) => moment === 'after-commit' && verdict === 'PASS',
      );
      expect(sections(text)[6]).toContain(`(${passed.length} of `);
    }
  });
});

describe('a record with hostile text wherever its schema lets it', () => {
  const record = eventful();
  const { anything, paths } = freeTexts(record);
  const benign = changed(
    changed(record, anything, () => 'word'),
    paths,
    () => 'word/word.md',
  );

  it('is a record, and much of it is free', () => {
    expect(schemaErrors('record', JSON.parse(JSON.stringify(record)))).toEqual([]);
    expect(anything.length).toBeGreaterThan(100);
    expect(paths.length).toBeGreaterThan(10);
    const free = new Set(anything.map((path) => path.at(-1)));
    for (const name of [
      'title',
      'message',
      'observed',
      'detail',
      'reason',
      'statement',
      'text',
      'author',
      'role',
    ])
      expect([...free, ...anything.map((path) => path.at(-2))]).toContain(name);
  });

  const plain = renderReport(benign, sha256('record'));
  const plainBlocks = blocks(parser.parse(plain) as Root);

  const expectSame = (hostile: RunRecord) => {
    expect(schemaErrors('record', JSON.parse(JSON.stringify(hostile)))).toEqual([]);
    const text = renderReport(hostile, sha256('record'));
    const tree = parser.parse(text) as Root;
    expect(blocks(tree)).toEqual(plainBlocks);
    expect(sections(text)).toEqual(sections(plain));
    expectEvenTables(tree);
    expect(dangerous(tree)).toEqual([]);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expectFrontMatter(text, hostile);
  };

  it.each(HOSTILE)('renders %j to the same blocks, tables and front matter', (text) => {
    expectSame(
      changed(
        changed(record, anything, () => text),
        paths,
        () => HOSTILE_PATH,
      ),
    );
  });

  it('renders a different text at every place to the same', () => {
    let next = 7;
    const pick = () => {
      next = (next * 48_271) % 2_147_483_647;
      return HOSTILE[next % HOSTILE.length]! + HOSTILE[(next >> 8) % HOSTILE.length]!;
    };
    for (let count = 0; count < 8; count++)
      expectSame(changed(changed(record, anything, pick), paths, () => HOSTILE_PATH));
  });

  it('renders a record in which nothing happened', () => {
    const torn: RunRecord = {
      ...benign,
      status: 'indeterminate',
      finishedAt: null,
      migration: null,
      rollback: null,
      backup: null,
      checks: [],
      artefacts: [],
      chain: [],
      identity: { before: null, after: null },
    };
    const text = renderReport(torn, sha256('record'));
    expect(sections(text)).toHaveLength(SECTIONS.length);
    expect(text).toContain('A person is needed');
    expectEvenTables(parser.parse(text) as Root);
    expectFrontMatter(text, torn);
  });
});

/** Headings of the second level, as text. */
function sections(text: string): string[] {
  return text.split('\n').flatMap((line) => /^## (.*)$/.exec(line)?.[1] ?? []);
}

/** The block structure: kinds, depths, numbers of rows and cells; no text. */
function blocks(node: Root | RootContent): unknown {
  const depth = node.type === 'heading' ? node.depth : undefined;
  if (
    node.type === 'paragraph' ||
    node.type === 'tableCell' ||
    node.type === 'heading' ||
    !('children' in node)
  )
    return depth === undefined ? node.type : [node.type, depth];
  return [node.type, ...(node.children as RootContent[]).map(blocks)];
}

function all(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? (node.children as Nodes[]).flatMap(all) : [])];
}

function expectEvenTables(tree: Root): void {
  const tables = all(tree).filter((node): node is Table => node.type === 'table');
  expect(tables.length).toBeGreaterThan(2);
  for (const { children } of tables)
    expect(new Set(children.map((row) => row.children.length)).size, JSON.stringify(children[0])).toBe(1);
}

/** Everything that only the templates may make, or nobody; a link without a place is the reader's own reading of text. */
function dangerous(tree: Root): string[] {
  const allowed = new Set([
    'root',
    'yaml',
    'heading',
    'paragraph',
    'list',
    'listItem',
    'table',
    'tableRow',
    'tableCell',
    'text',
  ]);
  const found = all(tree).filter(
    (node) => !allowed.has(node.type) && !(node.type === 'link' && !node.position),
  );
  // The one code span is the template's: the digest of the record.
  return found.flatMap((node) =>
    node.type === 'inlineCode' && node.value === sha256('record') ? [] : [node.type],
  );
}

function expectFrontMatter(text: string, { mode, plan }: RunRecord): void {
  const source = new SourceText(Buffer.from(text));
  const { header, problems } = readFrontMatter(source, frontMatterLines(source)!);
  expect(problems).toEqual([]);
  const kind = mode === 'rehearsal' ? 'dry-run-report' : 'execution-report';
  expect(header?.data.kind).toBe(kind);
  expect(schemaErrors(kind, header?.data)).toEqual([]);
  const [pin] = header!.values.filter(({ path }) => path === 'package.document');
  expect(pin?.value).toBe(encodeTerminal(plan.package.path));
}

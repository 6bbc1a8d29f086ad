import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ajvDraft04 from 'ajv-draft-04';
import ajvFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Log } from 'sarif';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { Diagnostic, Edit, RelatedPlace, Severity } from '../../src/base/diagnostic.js';
import type { Range } from '../../src/base/position.js';
import { RULES } from '../../src/check/rules/index.js';
import { encodeTerminal, showUnprintable } from '../../src/render/encode.js';
import { type Findings, type OutputFormat, renderFindings } from '../../src/render/formats/index.js';

function validator(schema: string) {
  const text = readFileSync(join(import.meta.dirname, 'schemas', schema), 'utf8');
  const ajv = new ajvDraft04.default({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(text));
  return (data: unknown) => {
    validate(data);
    return validate.errors ?? [];
  };
}

const sarifErrors = validator('sarif-schema-2.1.0.json');
const rdjsonErrors = validator('DiagnosticResult.json');

function span(line: number, from: number, to: number, endLine = line): Range {
  return { start: { line, column: from }, end: { line: endLine, column: to } };
}

function finding(rest: Partial<Diagnostic> = {}): Diagnostic {
  return {
    ruleId: 'malformed-table',
    severity: 'error',
    message: 'something is wrong',
    file: 'knowledge/a.md',
    position: span(3, 5, 8),
    ...rest,
  };
}

function findings(diagnostics: readonly Diagnostic[], rest: Partial<Findings> = {}): Findings {
  return {
    diagnostics,
    documents: [...new Set(diagnostics.map(({ file }) => file))],
    rules: RULES,
    lineOf: () => 'one two three four',
    placeOf: (path) => path,
    version: '1.2.3',
    ...rest,
  };
}

/** What every output has to carry unharmed: line ends, its own syntax, colours, controls, marks that reorder text. */
const HOSTILE =
  'a\nb\r\nc%25%0A::error file=x::y,z:%\u001b[31mred\u001b[0m\u0000\u0007]]><x>&amp;"\'\u202e\ud800\uffff [l](https://x.y) {0}';

/** A path with everything that a file name can hold. */
const HOSTILE_PATH = 'know ledge/a,b:c%41&<">\'#?[x](y)\n\u001b[31mé.md';

const hostile = finding({
  message: HOSTILE,
  file: HOSTILE_PATH,
  expected: HOSTILE,
  observed: HOSTILE,
  help: HOSTILE,
  related: [{ file: HOSTILE_PATH, position: span(1, 1, 2), message: HOSTILE }],
});

/** As the runner of GitHub Actions reads a command. */
function readCommand(line: string) {
  const [, command, list, data] = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line) ?? [];
  const plain = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const value = (text: string) => plain(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
  const properties = Object.fromEntries(
    (list ?? '').split(',').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), value(pair.slice(at + 1))];
    }),
  );
  return { command, properties, message: plain(data ?? '') };
}

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly file: string;
  readonly failure: string | null;
  readonly text: string;
}

/** Reads JUnit XML with a parser that accepts nothing but well-formed XML 1.0. */
function readJunit(xml: string): { readonly suites: string[]; readonly cases: TestCase[] } {
  const parser = new SaxesParser({ defaultXMLVersion: '1.0', forceXMLVersion: true });
  const suites: string[] = [];
  const cases: { suite: string; name: string; file: string; failure: string | null; text: string }[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes: read }) => {
    const attributes = read as Record<string, string>;
    if (name === 'testsuite') suites.push(attributes.name!);
    if (name === 'testcase')
      cases.push({
        suite: suites.at(-1)!,
        name: attributes.name!,
        file: attributes.file!,
        failure: null,
        text: '',
      });
    if (name === 'failure') cases.at(-1)!.failure = attributes.message!;
  });
  parser.on('text', (text) => {
    if (cases.length > 0) cases.at(-1)!.text += text;
  });
  parser.write(xml).close();
  return { suites, cases };
}

const render = async (
  format: OutputFormat,
  diagnostics: readonly Diagnostic[],
  rest: Partial<Findings> = {},
) => renderFindings(format, findings(diagnostics, rest));
const json = async <T>(...args: Parameters<typeof render>) => JSON.parse(await render(...args)) as T;
const sarif = (diagnostics: readonly Diagnostic[], rest: Partial<Findings> = {}) =>
  json<Log>('sarif', diagnostics, rest);

describe('SARIF', () => {
  it('holds rules, place, related places, fix and fingerprint, by the published schema', async () => {
    const log = await sarif([
      finding({
        expected: 'two cells',
        related: [{ file: 'knowledge/b c.md', position: span(1, 1, 4), message: 'the header' }],
        fix: { title: 'write the cell', kind: 'safe', edits: [{ position: span(3, 5, 8), text: 'a | b' }] },
      }),
    ]);
    expect(sarifErrors(log)).toEqual([]);
    const [run] = log.runs;
    expect(run!.columnKind).toBe('utf16CodeUnits');
    expect(run!.tool.driver).toMatchObject({ name: 'probatum', semanticVersion: '1.2.3' });
    const rules = run!.tool.driver.rules!;
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    const rule = RULES.find(({ id }) => id === 'malformed-table')!;
    const place = (uri: string, from: number, to: number, line: number) => ({
      artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
      region: { startLine: line, startColumn: from, endLine: line, endColumn: to },
    });
    const [result] = run!.results!;
    expect(rules[result!.ruleIndex!]).toEqual({
      id: rule.id,
      shortDescription: { text: rule.what },
      fullDescription: { text: `${rule.what} ${rule.why}` },
      help: { text: rule.fix },
      defaultConfiguration: { level: 'error' },
    });
    expect(result).toEqual({
      ruleId: rule.id,
      ruleIndex: expect.any(Number),
      level: 'error',
      message: { text: 'something is wrong\nexpected: two cells\nsee: knowledge/b c.md:1:1 the header' },
      locations: [{ physicalLocation: place('knowledge/a.md', 5, 8, 3) }],
      relatedLocations: [
        { id: 0, physicalLocation: place('knowledge/b%20c.md', 1, 4, 1), message: { text: 'the header' } },
      ],
      partialFingerprints: { primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{64}:1$/) },
      fixes: [
        {
          description: { text: 'write the cell' },
          artifactChanges: [
            {
              artifactLocation: { uri: 'knowledge/a.md', uriBaseId: '%SRCROOT%' },
              replacements: [
                { deletedRegion: place('', 5, 8, 3).region, insertedContent: { text: 'a | b' } },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each<[Severity, string]>([
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'note'],
  ])('calls %s the level %s', async (severity, level) => {
    expect((await sarif([finding({ severity })])).runs[0]!.results![0]!.level).toBe(level);
  });

  it('names what is no rule of the list, as verify finds it', async () => {
    const log = await sarif([finding({ ruleId: 'report-matches-record' })]);
    const [run] = log.runs;
    expect(run!.tool.driver.rules![run!.results![0]!.ruleIndex!]).toEqual({ id: 'report-matches-record' });
    expect(sarifErrors(log)).toEqual([]);
  });

  it('keeps its fingerprint when lines move, and has another for another finding', async () => {
    const prints = async (...all: Diagnostic[]) =>
      (await sarif(all)).runs[0]!.results!.map(({ partialFingerprints }) =>
        Object.values(partialFingerprints!).join(),
      );
    const [first] = await prints(finding());
    expect(await prints(finding({ position: span(90, 5, 8) }))).toEqual([first]);
    const others = await prints(
      finding(),
      finding({ position: span(9, 5, 8) }),
      finding({ file: 'knowledge/b.md' }),
      finding({ ruleId: 'encoding' }),
      finding({ message: 'another thing' }),
    );
    expect(others[0]).toBe(first);
    expect(new Set(others).size).toBe(5);
    const edited = (await sarif([finding()], { lineOf: () => 'another line' })).runs[0]!.results![0]!;
    expect(Object.values(edited.partialFingerprints!)).not.toEqual([first]);
  });

  it('lets no text become a link, and no path leave its place', async () => {
    const log = await sarif([hostile]);
    expect(sarifErrors(log)).toEqual([]);
    const [result] = log.runs[0]!.results!;
    expect(result!.message.text).toContain('[l\\](https://x.y)');
    expect(result!.message.text).not.toMatch(/[^\\]\]\(/);
    const { uri } = result!.locations![0]!.physicalLocation!.artifactLocation!;
    expect(decodeURIComponent(uri!)).toBe(HOSTILE_PATH);
    expect(uri).toMatch(/^[A-Za-z0-9\-._~!'()*%/]+$/);
  });
});

describe('fixes', () => {
  const edits: readonly Edit[] = [
    { position: span(3, 1, 4), text: 'ONE' },
    { position: span(3, 5, 8), text: '' },
    { position: span(3, 14, 14), text: '!' },
  ];

  it('that confirm a reading are offered by no button', async () => {
    const one = finding({ fix: { title: 'write the digest', kind: 'digests', edits } });
    for (const format of ['sarif', 'rdjson'] as const)
      expect(await render(format, [one])).toBe(await render(format, [finding()]));
  });

  it('of several edits are one suggestion of reviewdog', async () => {
    const one = finding({ fix: { title: 'write it', kind: 'safe', edits } });
    expect(await json('rdjson', [one])).toMatchObject({
      diagnostics: [{ suggestions: [{ range: span(3, 1, 14), text: 'ONE  three!' }] }],
    });
    const far = finding({
      fix: { title: 'write it', kind: 'safe', edits: [...edits, { position: span(4, 1, 1), text: 'x' }] },
    });
    expect(await render('rdjson', [far])).toBe(await render('rdjson', [finding()]));
  });
});

describe('the diagnostic format of reviewdog', () => {
  it('counts columns in bytes of UTF-8', async () => {
    const one = finding({
      position: span(1, 4, 5),
      related: [{ file: 'b.md', position: span(1, 2, 2), message: 'm' }],
    });
    const data = await json('rdjson', [one], { lineOf: () => 'a\u{10400}b' });
    expect(data).toEqual({
      source: { name: 'probatum' },
      diagnostics: [
        {
          message: 'something is wrong\nsee: b.md:1:2 m',
          location: { path: 'knowledge/a.md', range: span(1, 6, 7) },
          severity: 'ERROR',
          code: { value: 'malformed-table' },
          related_locations: [{ message: 'm', location: { path: 'b.md', range: span(1, 2, 2) } }],
        },
      ],
    });
    expect(rdjsonErrors(data)).toEqual([]);
  });
});

describe('workflow commands of GitHub', () => {
  it('are one line each, with columns only where the span has one line', async () => {
    const text = await render('github', [
      finding({ help: 'do it' }),
      finding({ severity: 'warning', position: span(1, 2, 3, 4) }),
      finding({ severity: 'info' }),
    ]);
    expect(text).toBe(
      `::error file=knowledge/a.md,line=3,endLine=3,col=5,endColumn=8,title=malformed-table::something is wrong%0Ahelp: do it
::warning file=knowledge/a.md,line=1,endLine=4,title=malformed-table::something is wrong
::notice file=knowledge/a.md,line=3,endLine=3,col=5,endColumn=8,title=malformed-table::something is wrong
`,
    );
  });

  it('cannot be made by what a document says', async () => {
    const lines = (await render('github', [hostile])).split('\n');
    expect(lines).toHaveLength(2);
    expect(readCommand(lines[0]!)).toEqual({
      command: 'error',
      properties: {
        file: showUnprintable(HOSTILE_PATH),
        line: '3',
        endLine: '3',
        col: '5',
        endColumn: '8',
        title: 'malformed-table',
      },
      message: expect.stringContaining(encodeTerminal(HOSTILE)),
    });
  });
});

describe('the Code Quality report of GitLab', () => {
  it('has for each finding a fingerprint of its own that lines above do not change', async () => {
    const report = (...all: Diagnostic[]) => json<{ fingerprint: string }[]>('gitlab', all);
    const two = await report(finding(), finding({ severity: 'warning', position: span(4, 1, 2, 6) }));
    expect(two).toEqual([
      {
        description: 'something is wrong',
        check_name: 'malformed-table',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: 'major',
        location: { path: 'knowledge/a.md', lines: { begin: 3, end: 3 } },
      },
      {
        description: 'something is wrong',
        check_name: 'malformed-table',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: 'minor',
        location: { path: 'knowledge/a.md', lines: { begin: 4, end: 6 } },
      },
    ]);
    expect(two[0]!.fingerprint).not.toBe(two[1]!.fingerprint);
    const [moved] = await report(finding({ position: span(70, 5, 8) }));
    expect(moved!.fingerprint).toBe(two[0]!.fingerprint);
  });
});

describe('JUnit XML', () => {
  it('has a suite for each document, failures for errors, and passes for all else', async () => {
    const text = await render(
      'junit',
      [finding(), finding({ position: span(9, 1, 2) }), finding({ severity: 'warning', file: 'b.md' })],
      { documents: ['b.md', 'c.md', 'knowledge/a.md'] },
    );
    expect(text).toContain('<testsuites name="probatum" tests="4" failures="2" errors="0">');
    const { suites, cases } = readJunit(text);
    expect(suites).toEqual(['b.md', 'c.md', 'knowledge/a.md']);
    expect(cases.map(({ suite, name, failure }) => [suite, name, failure])).toEqual([
      ['b.md', 'malformed-table: something is wrong', null],
      ['c.md', 'no findings', null],
      ['knowledge/a.md', 'malformed-table: something is wrong', 'something is wrong'],
      ['knowledge/a.md', 'malformed-table: something is wrong (2)', 'something is wrong'],
    ]);
    expect(cases[3]!.text).toContain(' --> knowledge/a.md:9:1\n9 | one two three four\n  | ^\n');
  });

  it('is well-formed whatever a document says', async () => {
    const { suites, cases } = readJunit(await render('junit', [hostile]));
    expect(suites).toEqual([showUnprintable(HOSTILE_PATH)]);
    expect(cases).toMatchObject([{ failure: encodeTerminal(HOSTILE), file: showUnprintable(HOSTILE_PATH) }]);
    expect(cases[0]!.text).toContain(`= help: ${encodeTerminal(HOSTILE)}`);
  });
});

describe('every output', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ maxLength: 20 }),
    fc
      .array(
        fc.constantFrom(
          '\n',
          '\r',
          '%',
          '%0A',
          '::',
          ',',
          ']]>',
          '<',
          '&',
          '"',
          '\u001b[31m',
          '\ud800',
          '](',
          '\0',
        ),
      )
      .map((parts) => parts.join('')),
  );
  const point = fc.record({ line: fc.integer({ min: 1, max: 50 }), column: fc.integer({ min: 1, max: 30 }) });
  const range = fc
    .tuple(point, point)
    .map(([a, b]) =>
      a.line < b.line || (a.line === b.line && a.column <= b.column)
        ? { start: a, end: b }
        : { start: b, end: a },
    );
  const file = text.filter((value) => value !== '');
  const related: fc.Arbitrary<RelatedPlace> = fc.record({ file, position: range, message: text });
  const diagnostic = fc.record(
    {
      ruleId: fc.constantFrom('malformed-table', 'encoding', 'report-matches-record'),
      severity: fc.constantFrom<Severity>('error', 'warning', 'info'),
      message: text,
      file,
      position: range,
      expected: text,
      observed: text,
      help: text,
      related: fc.array(related, { maxLength: 3 }),
      fix: fc.record({
        title: text,
        kind: fc.constantFrom('safe' as const, 'digests' as const),
        edits: fc.array(fc.record({ position: range, text }), { minLength: 1, maxLength: 1 }),
      }),
    },
    { requiredKeys: ['ruleId', 'severity', 'message', 'file', 'position'] },
  );

  it('can be read, and loses no finding', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(diagnostic, { maxLength: 6 }), text, async (list, line) => {
        const found = list as Diagnostic[];
        const rest = { lineOf: () => line };
        const messages = found.map(({ message }) => encodeTerminal(message));

        const log = await sarif(found, rest);
        expect(sarifErrors(log)).toEqual([]);
        const results = log.runs[0]!.results!;
        const bare = (value: string) => value.replaceAll('\\', '');
        expect(results.map(({ message }) => bare(message.text!.split('\n')[0]!))).toEqual(messages.map(bare));
        for (const { message } of results) expect(message.text).not.toMatch(/(?<!\\)(?:\\\\)*\]\(/);
        const prints = results.map(({ ruleId, partialFingerprints }) => [ruleId, partialFingerprints]);
        expect(new Set(prints.map((one) => JSON.stringify(one))).size).toBe(found.length);

        const rdjson = await json<{ diagnostics: { message: string }[] }>('rdjson', found, rest);
        expect(rdjsonErrors(rdjson)).toEqual([]);
        expect(rdjson.diagnostics.map(({ message }) => message.split('\n')[0])).toEqual(messages);

        const quality = await json<{ description: string; fingerprint: string }[]>('gitlab', found, rest);
        expect(quality.map(({ description }) => description.split('\n')[0])).toEqual(messages);
        expect(new Set(quality.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);

        const commands = (await render('github', found, rest)).split('\n').slice(0, -1).map(readCommand);
        expect(commands.map(({ message }) => message.split('\n')[0])).toEqual(messages);

        const { cases } = readJunit(await render('junit', found, rest));
        const keys = new Set(cases.map(({ file, name }) => JSON.stringify([file, name])));
        expect(keys.size).toBe(cases.length);
        expect(cases.length).toBe(found.length);
        const failed = cases.flatMap(({ failure }) => (failure === null ? [] : [failure]));
        const errors = found.filter(({ severity }) => severity === 'error');
        expect(failed.sort()).toEqual(errors.map(({ message }) => encodeTerminal(message)).sort());
      }),
      { numRuns: 300 },
    );
  });

  it('holds no control character but line ends', async () => {
    for (const format of ['sarif', 'junit', 'github', 'gitlab', 'rdjson'] as const)
      expect(await render(format, [hostile], { lineOf: () => HOSTILE }), format).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Surrogate}/u,
      );
  });
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { sha256 } from '../../src/base/digest.js';
import { UsageError } from '../../src/base/usage-error.js';
import { loadConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';
import { temporaryFolders } from '../cli/probatum.js';

const folder = temporaryFolders();

const NOTE = '---\nkind: note\n---\n';
const BROKEN = `${NOTE}\nSee knowledge/nothing.md.\n`;
const ABBREVIATED = `${NOTE}\nThe digest is 023a3be5…e93eab.\n`;

/** Compiles a corpus with a configuration, plugins and all. */
async function lint(config: string, files: { readonly [path: string]: string }) {
  const root = folder({ 'probatum.config.yaml': config, ...files });
  try {
    const { diagnostics, suppressed } = await compile(loadConfig(root), {}, true);
    return { refused: '', found: diagnostics, suppressed };
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'bad-configuration') throw error;
    return { refused: error.message, found: [], suppressed: [] };
  }
}

const short = (found: readonly Diagnostic[]) =>
  found.map(({ ruleId, severity, file }) => `${file} ${ruleId} ${severity}`);

describe('severities', () => {
  const files = { 'knowledge/a.md': BROKEN, 'knowledge/old/b.md': BROKEN };

  it('of a rule hold for the corpus', async () => {
    const off = await lint('rules: { no-broken-reference: off }\n', files);
    expect(off).toEqual({ refused: '', found: [], suppressed: [] });
    const { found } = await lint('rules: { no-broken-reference: info }\n', files);
    expect(short(found)).toEqual([
      'knowledge/a.md no-broken-reference info',
      'knowledge/old/b.md no-broken-reference info',
    ]);
  });

  it('of a folder count more than those of the corpus, and the last one counts', async () => {
    const config = `rules: { no-broken-reference: off }
overrides:
  - files: [knowledge/**]
    rules: { no-broken-reference: error }
  - files: [knowledge/old/**, knowledge/older/**]
    rules: { no-broken-reference: warning }
`;
    expect(short((await lint(config, files)).found)).toEqual([
      'knowledge/a.md no-broken-reference error',
      'knowledge/old/b.md no-broken-reference warning',
    ]);
  });

  it('of a kind hold for documents of that kind only', async () => {
    const config = `overrides:
  - files: ['**']
    kind: note
    rules: { no-broken-reference: off }
`;
    const legacy =
      'document_path: knowledge/b.md\nrevision: r1\ndate: 2026-01-01\n\nSee knowledge/nothing.md.\n';
    const { found } = await lint(config, { 'knowledge/a.md': BROKEN, 'knowledge/b.md': legacy });
    expect(short(found)).toEqual([
      'knowledge/b.md front-matter-required warning',
      'knowledge/b.md no-broken-reference error',
    ]);
  });

  it('can be raised where they cannot be lowered', async () => {
    const legacy = 'document_path: knowledge/a.md\nrevision: r1\ndate: 2026-01-01\n';
    const { found } = await lint('rules: { front-matter-required: error }\n', { 'knowledge/a.md': legacy });
    expect(short(found)).toEqual(['knowledge/a.md front-matter-required error']);
  });

  it.each([
    'encoding',
    'readable',
    'front-matter-yaml',
    'front-matter-required',
    'front-matter-schema',
    'plugin-failed',
    'document-digest-matches',
    'sql-digest-matches',
    'abbreviated-digest',
    'review-required',
    'separation-of-duties',
    'binding-covered',
    'no-self-advance',
  ])('of %s cannot be lowered, in the corpus or in a folder', async (rule) => {
    const text = `rules:\n  ${rule}: off\noverrides:\n  - files: [knowledge/**]\n    rules:\n      ${rule}: warning\n`;
    const { refused } = await lint(text, { 'knowledge/a.md': ABBREVIATED });
    expect(refused).toContain(
      `  probatum.config.yaml:2:3 rules.${rule}: not one of the allowed values, expected error: this rule cannot be lowered\n`,
    );
    expect(refused).toContain(
      `  probatum.config.yaml:6:7 overrides.0.rules.${rule}: not one of the allowed values`,
    );
  });
});

describe('kinds by folder', () => {
  const config = 'kinds:\n  - files: [knowledge/notes/**]\n    kind: note\n';
  const plain = '# §1 — Title\n\nText, §9 and knowledge/nothing.md.\n';

  it('make notes of documents without front matter', async () => {
    const { found } = await lint(config, { 'knowledge/a.md': plain, 'knowledge/notes/a.md': plain });
    expect(short(found)).toEqual([
      'knowledge/a.md front-matter-required error',
      'knowledge/a.md no-undefined-id error',
      'knowledge/a.md no-broken-reference error',
      'knowledge/notes/a.md no-broken-reference error',
    ]);
  });

  it('make notes of documents whose front matter names no kind, and of no others', async () => {
    const files = {
      'knowledge/notes/a.md': '---\ntitle: A page\ntags: [a, b]\n---\n',
      'knowledge/notes/b.md': '---\nkind: review\n---\n',
      'knowledge/notes/c.md': '---\nkind: page\n---\n',
      'knowledge/notes/d.md': '---\nkind: [note]\n---\n',
      'knowledge/notes/e.md': '---\nrevision: 7\n---\n',
      'knowledge/notes/f.md': '---\ntitle: a\ntitle: b\n---\n',
    };
    const { found } = await lint(config, files);
    expect([...new Set(short(found))]).toEqual([
      'knowledge/notes/b.md front-matter-schema error',
      'knowledge/notes/c.md front-matter-schema error',
      'knowledge/notes/d.md front-matter-schema error',
      'knowledge/notes/e.md front-matter-schema error',
      'knowledge/notes/f.md front-matter-yaml error',
    ]);
  });

  it.each(['ddl', 'command-package', 'review', 'law', 'execution-report', 'page'])(
    'make no %s of anything',
    async (kind) => {
      const text = `kinds:\n  - files: [knowledge/**]\n    kind: ${kind}\n`;
      const { refused } = await lint(text, { 'knowledge/a.md': plain });
      expect(refused).toContain(
        `probatum.config.yaml:3:5 kinds.0.kind: no kind "${kind}" here, expected note`,
      );
    },
  );
});

const DECISION = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  allOf: [{ $ref: 'https://schemas.probatum.invalid/common.schema.json' }],
  required: ['decision'],
  unevaluatedProperties: false,
  properties: {
    decision: { enum: ['accepted', 'rejected'] },
    replaces: { $ref: 'https://schemas.probatum.invalid/common.schema.json#/$defs/pin' },
  },
});
const CUSTOM = 'customKinds:\n  decision-record:\n    schema: ./schemas/decision.schema.json\n';
const record = (name: string, lines: string) =>
  `---\nkind: decision-record\ndocument_path: knowledge/${name}\nchange: c\nrevision: r1\ndate: 2026-01-01\n${lines}---\n`;

describe("a kind of the team's own", () => {
  const schema = { 'schemas/decision.schema.json': DECISION };

  it('is judged by its schema, at the place of the value', async () => {
    const { found } = await lint(CUSTOM, {
      ...schema,
      'knowledge/a.md': record('a.md', 'decision: accepted\n'),
      'knowledge/b.md': record('b.md', 'decision: perhaps\nextra: 1\n'),
      'knowledge/c.md': record('c.md', ''),
    });
    expect(
      found.map(({ file, message, position }) => [file, position.start.line, position.start.column, message]),
    ).toEqual([
      ['knowledge/b.md', 7, 11, 'decision: not one of the allowed values'],
      ['knowledge/b.md', 8, 1, 'unknown key "extra"'],
      ['knowledge/c.md', 1, 1, 'missing key "decision"'],
    ]);
  });

  it('has its references, digests and ids checked as those of other governed documents', async () => {
    const pin = `replaces:\n  document: knowledge/old.md\n  revision: r1\n  sha256: ${'0'.repeat(64)}\n`;
    const { found } = await lint(CUSTOM, {
      ...schema,
      'knowledge/a.md': `${record('a.md', `decision: accepted\n${pin}`)}\n# §1 — Title\n\nSee §9 and knowledge/none.md.\n`,
      'knowledge/old.md': record('old.md', 'decision: rejected\n')
        .replace('revision: r1', 'revision: r2')
        .replace('2026-01-01', '2026-01-02'),
    });
    expect(short(found)).toEqual([
      'knowledge/a.md date-order error',
      'knowledge/a.md no-stale-revision error',
      'knowledge/a.md document-digest-matches error',
      'knowledge/a.md no-undefined-id error',
      'knowledge/a.md no-broken-reference error',
    ]);
  });

  it('has the sections that the team asks for, under the kind or by its name', async () => {
    const config = `${CUSTOM}    requiredSections: [Context]
requiredSections:
  decision-record: [Decision]
  note: [Summary]
`;
    const { found } = await lint(config, {
      ...schema,
      'knowledge/a.md': `${record('a.md', 'decision: accepted\n')}\n# Decision\n`,
      'knowledge/b.md': `${record('b.md', 'decision: accepted\n')}\n# Context\n\n# Decision\n`,
      'knowledge/c.md': NOTE,
    });
    expect(found.map(({ file, message }) => [file, message])).toEqual([
      ['knowledge/a.md', 'no section "Context", which every decision-record has to have'],
      ['knowledge/c.md', 'no section "Summary", which every note has to have'],
    ]);
  });

  it('holds no SQL that runs, and is not what a field of the format asks for', async () => {
    const { found } = await lint(CUSTOM, {
      ...schema,
      'knowledge/a.md': `${record('a.md', 'decision: accepted\n')}\n\`\`\`sql migration\nCREATE TABLE a.b (c int);\n\`\`\`\n`,
    });
    expect(found.map(({ message }) => message)).toContain(
      '"sql migration" fence in a document of kind "decision-record", expected ddl',
    );
  });

  it('may be given to a folder; what its schema requires has to be said all the same', async () => {
    const config = `${CUSTOM}kinds:\n  - files: [knowledge/decisions/**]\n    kind: decision-record\n`;
    const { found } = await lint(config, {
      'schemas/decision.schema.json': JSON.stringify({ type: 'object', required: ['decision'] }),
      'knowledge/decisions/a.md': '# Without\n',
      'knowledge/decisions/b.md': '---\ndecision: yes\n---\n',
    });
    expect(found.map(({ file, message }) => [file, message])).toEqual([
      ['knowledge/decisions/a.md', 'missing key "decision"'],
    ]);
  });

  it('says of a document that its schema refers to itself without end, where only its keys lead there', async () => {
    const { found } = await lint(CUSTOM, {
      'schemas/decision.schema.json': JSON.stringify({
        properties: { x: { $ref: '#/$defs/loop' } },
        $defs: { loop: { allOf: [{ $ref: '#/$defs/loop' }] } },
      }),
      'knowledge/a.md': record('a.md', 'x: 1\n'),
      'knowledge/b.md': record('b.md', ''),
    });
    expect(found.map(({ file, message }) => [file, message])).toEqual([
      ['knowledge/a.md', expect.stringContaining('its schema refers to itself without end')],
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /is no JSON: /],
    ['no object', '[]', /is no usable schema: it is not an object/],
    ['no schema', '{ "type": "mapping" }', /is no usable schema: /],
    ['an unknown keyword', '{ "requird": [] }', /is no usable schema: .*unknown keyword: "requird"/],
    ['a schema that is not there', '{ "$ref": "other.schema.json" }', /is no usable schema: can't resolve/],
    ['another draft', '{ "$schema": "http://json-schema.org/draft-04/schema#" }', /is no usable schema: /],
    ['a loop', '{ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/a" } } }', /refers to itself/],
    ['itself alone', '{ "$ref": "#" }', /is no usable schema: it refers to itself without end/],
    ['a promise', '{ "$async": true, "type": "object" }', /is no usable schema: "\$async" is not allowed/],
  ])('is refused where its file holds %s', async (_, text, message) => {
    const { refused } = await lint(CUSTOM, {
      'schemas/decision.schema.json': text,
      'knowledge/a.md': NOTE,
    });
    expect(refused).toContain('  probatum.config.yaml:3:5 ./schemas/decision.schema.json ');
    expect(refused).toMatch(message);
  });

  it('is refused where its file is not there, or leads out of the root', async () => {
    const missing = await lint(CUSTOM, { 'knowledge/a.md': NOTE });
    expect(missing.refused).toContain(
      'probatum.config.yaml:3:5 cannot read ./schemas/decision.schema.json: ENOENT',
    );
    const outside = folder({ 'decision.schema.json': DECISION });
    const cwd = folder({ 'probatum.config.yaml': CUSTOM, 'knowledge/a.md': NOTE });
    mkdirSync(join(cwd, 'schemas'));
    symlinkSync(join(outside, 'decision.schema.json'), join(cwd, 'schemas/decision.schema.json'));
    expect(() => loadConfig(cwd)).toThrow('leads out of the folder of the configuration');
  });

  it.each(['note', 'ddl', 'review'])('may not take the name %s of a kind of the format', async (kind) => {
    const { refused } = await lint(CUSTOM.replace('decision-record', kind), {
      ...schema,
      'knowledge/a.md': NOTE,
    });
    expect(refused).toContain(
      `probatum.config.yaml:2:3 customKinds.${kind}: "${kind}" is a kind of the format`,
    );
  });
});

describe('the configuration file', () => {
  it('names its schema for editors, as a key or as a comment', async () => {
    const key = '$schema: ./node_modules/probatum/schemas/config.schema.json\n';
    const comment = '# yaml-language-server: $schema=./node_modules/probatum/schemas/config.schema.json\n';
    for (const text of [key, comment])
      expect((await lint(text, { 'knowledge/a.md': NOTE })).refused, text).toBe('');
  });

  it.each<[string, string]>([
    ['corpus: [a.md]\nrule: {}\n', '2:1 rule: unknown key "rule"'],
    ['rules:\n  no-broken-refrence: off\n', '2:3 rules.no-broken-refrence: unknown key'],
    [
      'rules:\n  no-broken-reference: fatal\n',
      '2:3 rules.no-broken-reference: not one of the allowed values',
    ],
    ['rules:\n  team/no-todo: off\n', '2:3 rules.team/no-todo: no rule "team/no-todo"'],
    ['rules:\n  __proto__: off\n', '2:3 rules.__proto__: unknown key'],
    ['overrides:\n  - rules: {}\n', '2:5 overrides.0.files: missing key "files"'],
    [
      'overrides:\n  - files: [../**]\n    rules: {}\n',
      '2:13 overrides.0.files.0: does not have the form that is required here, expected a glob from',
    ],
    [
      'overrides:\n  - files: [a]\n    kind: page\n    rules: {}\n',
      '3:5 overrides.0.kind: no kind "page" here',
    ],
    ['requiredSections:\n  page: [A]\n', '2:3 requiredSections.page: no kind "page" here'],
    ['requiredSections:\n  Note: [A]\n', '2:3 requiredSections.Note: unexpected key "Note"'],
    [
      'customKinds:\n  a:\n    schema: ../a.json\n',
      '3:5 customKinds.a.schema: does not have the form that is required here, expected a path from',
    ],
    [
      'plugins:\n  - /tmp/rules.mjs\n',
      '2:5 plugins.0: does not have the form that is required here, expected a path of a .js or .mjs file',
    ],
    [
      'plugins:\n  - a/../../rules.mjs\n',
      '2:5 plugins.0: does not have the form that is required here, expected a path of a .js or .mjs file',
    ],
    [
      'targets:\n  my db:\n    engine: pglite\n',
      '2:3 targets.my db: unexpected key "my db", expected letters, digits, ".", "_" and "-"',
    ],
    ['plugins:\n  - rules.mjs\n', '2:5 cannot read rules.mjs: ENOENT'],
    ['corpus: &a [x.md]\nignore: *a\n', '2:9 YAML anchor or alias: write the value out'],
    ['corpus: &a [x.md]\n', '1:12 YAML anchor or alias: write the value out'],
    ['ignore: !!seq [a.md]\n', '1:15 YAML tag: values are plain text; remove the tag'],
    ['corpus: [x.md]\ncorpus: [y.md]\n', '2:1 Map keys must be unique'],
    ['rules: !own {}\n', '1:8 Unresolved tag'],
  ])('is refused where it says %j', async (text, message) => {
    const { refused } = await lint(text, { 'knowledge/a.md': NOTE, 'x.md': NOTE });
    expect(refused).toContain(`probatum.config.yaml:${message}`);
  });
});

describe('a plugin', () => {
  const PLUGIN = `export const rules = [
  {
    id: 'team/no-todo',
    scope: 'document',
    group: 'document',
    severity: 'error',
    what: 'What.',
    why: 'Why.',
    fix: 'Fix.',
    check() {},
  },
];
`;

  it.each<[string, string, string]>([
    ['does not load', "throw new Error('no luck');", 'no luck'],
    ['gives no rules', 'export const rule = 1;', 'expected a list of rules as default export or as "rules"'],
    [
      'takes an id of ours',
      PLUGIN.replace('team/no-todo', 'encoding'),
      'id must be of the form team/no-todo',
    ],
    ['gives a rule twice', `${PLUGIN}rules.push(rules[0]);`, 'team/no-todo is there twice'],
    ['has no function', PLUGIN.replace('check(', 'judge('), 'check must be a function'],
    [
      'has another scope',
      PLUGIN.replace("scope: 'document'", "scope: 'runner'"),
      'scope must be document or corpus',
    ],
  ])('is refused where it %s', async (_, text, message) => {
    const { refused } = await lint('plugins: [./rules/no-todo.mjs]\n', {
      'knowledge/a.md': NOTE,
      'rules/no-todo.mjs': text,
    });
    expect(refused).toContain('  probatum.config.yaml:1:11 ./rules/no-todo.mjs: ');
    expect(refused).toContain(message);
  });

  it('is known by its bytes', () => {
    const config = 'plugins: [./rules/no-todo.mjs]\n';
    const root = folder({ 'probatum.config.yaml': config, 'rules/no-todo.mjs': PLUGIN });
    const [first] = loadConfig(root).plugins;
    writeFileSync(join(root, 'rules/no-todo.mjs'), `${PLUGIN}// changed`);
    const [second] = loadConfig(root).plugins;
    expect(first).toEqual({
      path: './rules/no-todo.mjs',
      digest: sha256(PLUGIN),
      isWhole: true,
      url: expect.any(String),
    });
    expect(second?.digest).toBe(sha256(`${PLUGIN}// changed`));
    expect(second?.url).not.toBe(first?.url);
  });
});

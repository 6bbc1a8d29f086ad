import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/*
 * The order of the passes (docs/architecture.md), enforced: every import of src/ is read here. The tables below are the
 * whole law. A package or an exception that nothing uses any more fails too, so that they cannot grow old.
 */

const SRC = join(import.meta.dirname, '../../src');

/** What the files of a folder may import. Files at the top of src/ stand under their own names. */
interface Allowance {
  /** Other folders, or files at the top. */
  readonly from: readonly string[];
  readonly packages?: readonly string[];
  /** Modules of Node that reach outside: files, processes, the network, the clock. */
  readonly outside?: readonly string[];
}

const ALLOWED: Readonly<Record<string, Allowance>> = {
  // Files of this package itself, wherever it is installed.
  base: { from: [], packages: ['canonicalize', 'picomatch'], outside: ['node:fs', 'node:fs/promises'] },
  load: {
    from: ['base'],
    packages: ['ajv/dist/2020.js', 'ajv-formats', 'picomatch', 'yaml'],
    outside: ['node:child_process', 'node:fs', 'node:fs/promises'],
  },
  parse: {
    from: ['base'],
    packages: [
      'decode-named-character-reference',
      'github-slugger',
      'mdast',
      'mdast-util-to-string',
      'remark-frontmatter',
      'remark-gfm',
      'remark-parse',
      'unified',
      'yaml',
    ],
    // The parser's workers, which are ended at a time limit.
    outside: ['node:os', 'node:worker_threads'],
  },
  sql: {
    from: ['base', 'parse'],
    packages: ['libpg-query', 'libpg-query-13', 'libpg-query-15', 'libpg-query-16', 'libpg-query-17'],
  },
  model: { from: ['base', 'parse', 'sql'] },
  check: { from: ['base', 'parse', 'sql', 'model'] },
  engine: {
    from: ['base', 'load', 'parse', 'sql', 'model', 'check', 'team-rules.ts', 'version.ts'],
    // Facts are read in threads, which are told to keep their memory small, and kept in files.
    outside: ['node:fs', 'node:os', 'node:v8', 'node:worker_threads', 'node:zlib'],
  },
  squawk: {
    from: ['base', 'sql'],
    outside: ['node:child_process', 'node:fs', 'node:os'],
  },
  authority: {
    from: ['base', 'load'],
    // OpenSSH signs and verifies, and reads files.
    outside: ['node:child_process', 'node:fs', 'node:os'],
  },
  plan: { from: ['base', 'parse', 'sql', 'model'] },
  record: { from: ['base', 'load', 'plan'], outside: ['node:fs'] },
  target: {
    from: ['base', 'load'],
    packages: ['@electric-sql/pglite', 'pg'],
    outside: [
      'node:child_process',
      'node:fs',
      'node:fs/promises',
      'node:net',
      'node:os',
      'node:stream',
      'node:stream/promises',
      'node:tls',
      'node:zlib',
    ],
  },
  execute: {
    from: ['base', 'plan', 'record', 'sql', 'target', 'version.ts'],
    outside: ['node:fs', 'node:perf_hooks', 'node:timers/promises'],
  },
  render: { from: ['base', 'model', 'plan', 'record'], packages: ['liquidjs', 'sarif'] },
  'team-rules.ts': { from: ['base', 'load', 'model', 'check'] },
  'pipeline.ts': {
    from: ['base', 'load', 'parse', 'sql', 'model', 'check', 'engine', 'squawk', 'plan', 'team-rules.ts'],
  },
  'incremental.ts': { from: ['load', 'engine', 'pipeline.ts', 'team-rules.ts'] },
  'api.ts': { from: ['base', 'load', 'pipeline.ts'] },
  fix: {
    from: ['base', 'load', 'parse', 'sql', 'model', 'check', 'engine', 'pipeline.ts', 'incremental.ts'],
    packages: ['diff'],
    outside: ['node:child_process', 'node:fs/promises'],
  },
  lsp: {
    from: [
      'base',
      'load',
      'parse',
      'sql',
      'model',
      'check',
      'render',
      'pipeline.ts',
      'incremental.ts',
      'version.ts',
    ],
    packages: ['vscode-languageserver-textdocument', 'vscode-languageserver/node'],
    // What is in an editor is compared with what is on disk.
    outside: ['node:fs/promises'],
  },
  commands: {
    from: [
      'authority',
      'base',
      'load',
      'parse',
      'model',
      'check',
      'plan',
      'record',
      'target',
      'execute',
      'render',
      'lsp',
      'pipeline.ts',
      'incremental.ts',
      'fix',
      'version.ts',
    ],
    packages: ['chokidar', 'picocolors', 'yocto-spinner'],
    outside: ['node:fs', 'node:fs/promises'],
  },
  demo: {
    from: ['base', 'load', 'parse', 'model', 'target', 'execute', 'pipeline.ts', 'commands'],
    outside: ['node:fs', 'node:os'],
  },
  'version.ts': { from: ['base'], outside: ['node:fs'] },
  'command-options.ts': { from: [], packages: ['commander'] },
  'command-examples.ts': { from: [] },
  'cli.ts': {
    from: ['base', 'commands', 'demo', 'command-options.ts', 'command-examples.ts', 'version.ts'],
    packages: ['commander'],
  },
  // Runs the file that the build makes of cli.ts, and keeps what V8 made of it.
  'start.ts': { from: ['kept-code.ts'], outside: ['node:v8'] },
  'start-thread.ts': { from: ['kept-code.ts', 'engine'], outside: ['node:worker_threads'] },
  'kept-code.ts': { from: [], outside: ['node:fs', 'node:v8', 'node:vm', 'node:zlib'] },
  'index.ts': {
    from: ['base', 'load', 'parse', 'model', 'check', 'plan', 'record', 'render', 'pipeline.ts', 'api.ts'],
  },
};

/** Modules of Node that only calculate. */
const PURE = ['node:buffer', 'node:crypto', 'node:path', 'node:url', 'node:util', 'node:module'];

/** Single imports against the tables above, each with its reason. */
const EXCEPTIONS: readonly { readonly file: string; readonly imports: string; readonly why: string }[] = [
  {
    file: 'check/rules/front-matter-schema.ts',
    imports: 'load/schemas.ts',
    why: "the rule judges by the package's own schemas, which are data of the tool and not of a corpus",
  },
  {
    file: 'render/config-schema.ts',
    imports: 'check/rule.ts',
    why: 'the schema of the configuration lists the rules; only their type is needed',
  },
  {
    file: 'render/config-schema.ts',
    imports: 'check/protected-rules.ts',
    why: 'the schema offers for a rule what the rule may be made to weigh',
  },
  {
    file: 'render/rules.ts',
    imports: 'check/rule.ts',
    why: 'the reference page is made from the rules themselves; only their type is needed',
  },
];

/** In a target nothing of the loader but the types of the configuration; it never reads one. */
const TYPES_ONLY_OF_LOAD = 'load/config-types.ts';

/** Folders whose files are equals: none imports another, but for what holds them together. */
const SIBLINGS: Readonly<Record<string, readonly string[]>> = {
  'check/rules': [],
  'execute/steps': ['step.ts', 'summary.ts'],
  'execute/gates': ['gate.ts'],
};

/** Circles of types alone, which are erased: a part and the whole that names it. */
const TYPE_CIRCLES: readonly (readonly string[])[] = [
  ['model/columns.ts', 'model/model.ts', 'model/offers.ts', 'model/references.ts'],
  ['target/catalogue-delta.ts', 'target/catalogue.ts'],
];

interface Import {
  /** Path below src/. */
  readonly file: string;
  /** Path below src/, or the name of a package or of a module of Node. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
  /** Whether it is imported while the program runs, by those who need it. */
  readonly lazy: boolean;
}

const FILES = (readdirSync(SRC, { recursive: true }) as string[])
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort();

const IMPORTS = FILES.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found: { specifier: string; typeOnly: boolean; lazy: boolean }[] = [];
  for (const [, type, names, specifier] of text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:([^;'"]*?)\s*from\s*)?'([^']+)'/gm,
  ))
    found.push({
      specifier: specifier!,
      typeOnly: type !== undefined || namesTypesOnly(names ?? ''),
      lazy: false,
    });
  for (const [, specifier] of text.matchAll(/\bimport\(\s*'([^']+)'/g))
    found.push({ specifier: specifier!, typeOnly: false, lazy: true });
  // A worker is an import by another name.
  for (const [, name] of text.matchAll(/new Worker\(workerFile\('([^']+)'\)/g)) {
    const program = FILES.find((path) => path.endsWith(`/${name}.ts`))!;
    found.push({ specifier: posix.join('..', program), typeOnly: false, lazy: true });
  }
  return found.map(({ specifier, ...how }) => {
    const own = specifier.startsWith('.');
    const target = own
      ? posix.normalize(posix.join(posix.dirname(file), specifier)).replace(/\.js$/, '.ts')
      : specifier;
    return { file, target, own, ...how };
  });
}

function namesTypesOnly(names: string): boolean {
  const list = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  return list?.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim())) ?? false;
}

/** The pass that a file belongs to. */
function passOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}

const excepted = ({ file, target }: Import) =>
  EXCEPTIONS.some((one) => one.file === file && one.imports === target);

const shown = ({ file, target }: Import) => `${file} imports ${target}`;

describe('the imports of src/', () => {
  it('are all found, and name files that exist', () => {
    expect(IMPORTS.length).toBeGreaterThan(300);
    expect(IMPORTS.filter(({ own, target }) => own && !FILES.includes(target)).map(shown)).toEqual([]);
  });

  it('every pass stands in the table, and nothing else', () => {
    expect(Object.keys(ALLOWED).sort()).toEqual([...new Set(FILES.map(passOf))].sort());
  });

  it('point to earlier passes only', () => {
    const wrong = IMPORTS.filter((one) => {
      const [from, to] = [passOf(one.file), passOf(one.target)];
      return one.own && from !== to && !ALLOWED[from]!.from.includes(to) && !excepted(one);
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('the passes of the table have an order', () => {
    const done = new Set<string>();
    let left = Object.keys(ALLOWED);
    while (left.length > 0) {
      const ready = left.filter((pass) => ALLOWED[pass]!.from.every((other) => done.has(other)));
      expect(ready, `none of ${left.join(', ')} comes first`).not.toEqual([]);
      for (const pass of ready) done.add(pass);
      left = left.filter((pass) => !done.has(pass));
    }
  });

  it('name only the packages of their pass', () => {
    const wrong = IMPORTS.filter(
      ({ file, target, own }) =>
        !own && !target.startsWith('node:') && !(ALLOWED[passOf(file)]!.packages ?? []).includes(target),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('reach outside only where a pass may', () => {
    const wrong = IMPORTS.filter(
      ({ file, target }) =>
        target.startsWith('node:') &&
        !PURE.includes(target) &&
        !(ALLOWED[passOf(file)]!.outside ?? []).includes(target),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('a target takes the types of the configuration, never the loader', () => {
    const loaded = IMPORTS.filter(
      ({ file, target }) => passOf(file) === 'target' && passOf(target) === 'load',
    );
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter(({ target }) => target !== TYPES_ONLY_OF_LOAD).map(shown)).toEqual([]);
  });

  it.each(Object.entries(SIBLINGS))('files of %s do not import each other', (folder, shared) => {
    const inside = IMPORTS.filter(
      ({ file, target }) => dirname(file) === folder && dirname(target) === folder,
    );
    const list = `${folder}/index.ts`;
    const wrong = inside.filter(
      ({ file, target }) => file !== list && !shared.includes(posix.basename(target)),
    );
    expect(wrong.map(shown)).toEqual([]);
    const listed = inside.filter(({ file }) => file === list).map(({ target }) => posix.basename(target));
    const equals = FILES.filter((file) => dirname(file) === folder && file !== list).map((file) =>
      posix.basename(file),
    );
    expect(equals.filter((file) => !shared.includes(file) && !listed.includes(file))).toEqual([]);
  });

  it('go in no circle, but for types that are listed', () => {
    expect(circles(IMPORTS.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
    expect(circles(IMPORTS)).toEqual(TYPE_CIRCLES);
  });

  it('no package and no exception is left over', () => {
    const names = (pass: string, target: string) =>
      IMPORTS.some((one) => passOf(one.file) === pass && one.target === target);
    const idle = Object.entries(ALLOWED).flatMap(([pass, { packages = [] }]) =>
      packages.filter((target) => !names(pass, target)).map((target) => `${pass}: ${target}`),
    );
    expect(idle).toEqual([]);
    const used = ({ file, imports }: (typeof EXCEPTIONS)[number]) =>
      IMPORTS.some((one) => one.file === file && one.target === imports);
    expect(EXCEPTIONS.filter((one) => !used(one))).toEqual([]);
  });
});

describe('what else the order promises', () => {
  it('only the command line ends the process', () => {
    const ending = FILES.filter((file) => /\bprocess\.exit\b/.test(readFileSync(join(SRC, file), 'utf8')));
    expect(ending).toEqual(['cli.ts']);
  });

  it('lint loads nothing that reads, judges or writes otherwise before there is a need for it', () => {
    const early = new Set(['commands/lint.ts']);
    for (const file of early)
      for (const one of IMPORTS) if (one.file === file && !one.typeOnly && !one.lazy) early.add(one.target);
    const needed = [...early].filter(
      (one) => !one.startsWith('node:') && !/^(?:base|load|engine)\//.test(one),
    );
    expect(needed.sort()).toEqual([
      'canonicalize',
      'commands/corpus.ts',
      'commands/findings.ts',
      'commands/lint-selection.ts',
      'commands/lint.ts',
      'commands/spinner.ts',
      'commands/terminal.ts',
      'commands/write-file.ts',
      'incremental.ts',
      'parse/source-text.ts',
      'picocolors',
      'picomatch',
      'render/code-frame.ts',
      'render/counted.ts',
      'render/diagnostics.ts',
      'render/display-width.ts',
      'render/encode.ts',
      'version.ts',
    ]);
    const engine = [...early].filter((one) => /^(?:load\/git|engine\/)/.test(one));
    expect(engine.sort()).toEqual([
      'engine/blocks.ts',
      'engine/cache.ts',
      'engine/columns.ts',
      'engine/compiler.ts',
      'engine/fact-store.ts',
      'engine/findings.ts',
      'engine/index-file.ts',
      'engine/key-columns.ts',
      'engine/let-go.ts',
      'engine/open-cache.ts',
      'engine/outside.ts',
    ]);
  });

  it('the command line loads every command only when it is asked for', () => {
    const early = IMPORTS.filter(
      ({ file, target }) => file === 'cli.ts' && /^(?:commands|demo)\//.test(target),
    ).map(({ target }) => target);
    const text = readFileSync(join(SRC, 'cli.ts'), 'utf8');
    const lazy = [...text.matchAll(/\bimport\('\.\/([^']+)\.js'\)/g)].map(([, path]) => `${path}.ts`);
    expect(early.filter((target) => !lazy.includes(target))).toEqual(['commands/terminal.ts']);
  });
});

/** Groups of files that import each other, directly or not, in the order of their names. */
function circles(imports: readonly Import[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { file, target, own } of imports)
    if (own) next.set(file, (next.get(file) ?? new Set()).add(target));
  const reach = new Map<string, Set<string>>();
  for (const file of FILES) {
    const seen = new Set<string>();
    const open = [...(next.get(file) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(next.get(at) ?? []));
    }
    reach.set(file, seen);
  }
  const groups = FILES.filter((file) => reach.get(file)!.has(file)).map((file) =>
    FILES.filter((other) => reach.get(file)!.has(other) && reach.get(other)?.has(file)),
  );
  return [...new Map(groups.map((group) => [group[0]!, group])).values()];
}

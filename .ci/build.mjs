// Builds dist/ beside the declarations that tsc writes: programs and library as bundles, validators from the schemas.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

// Programs and data that packages load from their own folders stay packages.
const OLDER_GRAMMARS = ['libpg-query-13', 'libpg-query-15', 'libpg-query-16', 'libpg-query-17'];
const PACKAGES = ['@electric-sql/pglite', 'libpg-query', ...OLDER_GRAMMARS];
// What pg would load in other places than ours: it asks for both only where it is told to.
const NEVER_LOADED = ['pg-native', 'pg-cloudflare'];

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: [...PACKAGES, ...NEVER_LOADED],
  metafile: true,
  logLevel: 'warning',
};

/** What `lint` loads of dist/ becomes part of the program (src/base/built-file.ts); each is still read when it is asked for. */
const LINTED = ['authorization', 'command-package', 'common', 'config', 'ddl', 'dry-run-report', 'execution-report', 'law', 'note', 'review'];
const BUILT_FILES = {
  name: 'built files',
  setup({ onLoad }) {
    onLoad({ filter: /built-file\.ts$/ }, () => {
      const names = ['yaml.cjs', ...LINTED.map((name) => `validators/${name}.cjs`)];
      const parts = names.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(join(dist, name))})`);
      const contents = `import { createRequire } from 'node:module';
        const PARTS = { ${parts.join(', ')} };
        export const builtFile = (name) => PARTS[name]?.() ?? createRequire(import.meta.url)(\`./\${name}\`);`;
      return { contents, loader: 'js', resolveDir: dist };
    });
  },
};

/** Modules of Node that take long to load, and that a run where nothing has changed does without. */
const ON_DEMAND = {
  name: 'on demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:child_process|crypto|worker_threads)$/ }, ({ path, namespace }) =>
      namespace === 'on-demand' ? { path, external: true } : { path, namespace: 'on-demand' },
    );
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => {
      const names = Object.keys(require(path)).filter((name) => /^[A-Za-z]\w*$/.test(name));
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name}; }`);
      return { contents: `module.exports = { ${getters.join(', ')} };`, loader: 'js' };
    });
  },
};

/** The program of `lint` is without the other commands: half of the text, and of what V8 has to take up again. */
const ONLY_LINT = {
  name: 'only lint',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(?:commands|demo)\// }, ({ path, importer, kind }) =>
      importer === join(root, 'src/cli.ts') && kind === 'dynamic-import' && path !== './commands/lint.js'
        ? { path, namespace: 'only-lint' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'only-lint' }, ({ path }) => {
      const message = JSON.stringify(`${path} is no part of the program of lint`);
      return { contents: `throw new Error(${message});`, loader: 'js' };
    });
  },
};

await compileSchemas();
await bundleYaml();
/** What is part of something that was bundled. */
const bundled = new Set();
const PROGRAM = await bundleProgram('src/cli.ts', 'program');
const LINT = await bundleProgram('src/cli.ts', 'lint', [ONLY_LINT]);
await bundleStart('src/start.ts', 'cli.js', { PROGRAM, LINT });
const THREAD = await bundleProgram('src/engine/bulk-worker.ts', 'thread');
await bundleStart('src/start-thread.ts', 'bulk-worker.js', { PROGRAM: THREAD });
await bundleLibrary();
writeLicences();
writeDigest();

/** A program as one file, named by its digest. @returns its name */
async function bundleProgram(entry, name, plugins = []) {
  const { metafile, outputFiles } = await build({
    ...COMMON,
    entryPoints: [entry],
    format: 'cjs',
    // To find out whether it runs at Cloudflare, pg makes a Response, for which Node loads a whole HTTP client.
    define: { 'import.meta.url': '__url', Response: 'undefined' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [BUILT_FILES, ON_DEMAND, ...plugins],
    write: false,
  });
  for (const input of Object.keys(metafile.inputs)) bundled.add(input);
  const contents = inAscii(importedByStart(outputFiles[0].text));
  const program = `${name}-${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.cjs`;
  writeFileSync(join(dist, program), contents);
  return program;
}

/** What starts programs (src/kept-code.ts), with their names. */
async function bundleStart(entry, outfile, programs) {
  const define = Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, JSON.stringify(file)]));
  await build({ ...COMMON, entryPoints: [entry], outfile: join(dist, outfile), format: 'esm', define });
}

/** Code that V8 has kept cannot import by itself (Node 20 forgets whose it is): what starts it does that for it. */
function importedByStart(text) {
  const known = new RegExp(`\\bimport\\((?=(?:${PACKAGES.map((name) => JSON.stringify(name)).join('|')}|url)\\))`, 'g');
  const replaced = text.replace(known, '__import(');
  if (/[^.\w$]import\(/.test(replaced)) throw new Error('an import() of the program that src/start.ts does not know');
  return replaced;
}

/** Text of one byte a character, which V8 reads as it is: esbuild leaves other characters in regular expressions. */
function inAscii(text) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(text)) throw new Error('a raw text with characters that cannot be escaped');
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundleLibrary() {
  const { metafile, outputFiles } = await build({
    ...COMMON,
    entryPoints: ['src/index.ts', 'src/parse/parse-worker.ts'],
    write: false,
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    // Bundled CommonJS asks for modules of Node by require.
    banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
  });
  mkdirSync(join(dist, 'chunks'));
  for (const { path, text } of outputFiles) writeFileSync(path, inAscii(text));
  for (const input of Object.keys(metafile.inputs)) bundled.add(input);
}

/** One validator a schema, each a file that is loaded when a document of its kind is met. */
async function compileSchemas() {
  const { Ajv2020 } = require('ajv/dist/2020.js');
  const standaloneCode = require('ajv/dist/standalone').default;
  const addFormats = require('ajv-formats').default;
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: false,
    ownProperties: true,
    strict: true,
    // A kind adds to the common schema: what it requires may be defined there.
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    code: { source: true },
  });
  addFormats(ajv);
  const names = readdirSync(join(root, 'schemas')).map((file) => file.replace(/\.schema\.json$/, ''));
  for (const name of names)
    ajv.addSchema(JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')), name);
  mkdirSync(join(dist, 'validators'));
  for (const name of names) {
    const contents = standaloneCode(ajv, { validate: name });
    await build({
      stdin: { contents, resolveDir: root },
      outfile: join(dist, 'validators', `${name}.cjs`),
      bundle: true,
      minify: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
    });
  }
}

/** The reader of YAML as one file that is loaded at once where a configuration is read, whose reading waits for nothing. */
async function bundleYaml() {
  const names = 'isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit';
  await build({
    stdin: { contents: `export { ${names} } from 'yaml';`, resolveDir: root },
    outfile: join(dist, 'yaml.cjs'),
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

/** One digest of all code: what was found by other code is not used again (src/engine/open-cache.ts). */
function writeDigest() {
  const hash = createHash('sha256');
  const files = readdirSync(dist, { recursive: true }).filter((name) => /\.c?js$/.test(name));
  for (const name of files.sort()) hash.update(`${name}\n`).update(readFileSync(join(dist, name)));
  writeFileSync(join(dist, 'build.txt'), hash.digest('hex'));
}

/** What is bundled brings its licence along. */
function writeLicences() {
  const folders = new Set();
  for (const input of bundled) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file && existsSync(join(root, folder, file)) ? readFileSync(join(root, folder, file), 'utf8') : '';
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  writeFileSync(join(dist, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

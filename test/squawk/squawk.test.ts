import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { incrementalCompile } from '../../src/incremental.js';
import { loadConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';

/*
 * squawk's packages for other platforms are not everywhere, so that it cannot be a dependency. A program in its
 * place answers as squawk 2.66 does: lines and columns from 0, columns in bytes, 1 as exit code where it finds something.
 */

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const DOCUMENT = `---
kind: ddl
document_path: knowledge/a.sql.md
change: c1
revision: r1
date: 2026-01-01
scope:
  creates: [app.item]
  alters: []
  drops: []
  writes_rows: []
depends_on: []
---

\`\`\`sql migration
CREATE TABLE app.item (
    é int, n int
);
\`\`\`

Text.

\`\`\`sql migration
COMMENT ON TABLE app.item
IS 'x';
\`\`\`
`;

/** Answers for each script with what its lines hold: the type int, and a statement over two lines. */
const ANSWERING = `#!${process.execPath}
const { readFileSync, appendFileSync } = require('node:fs');
const files = process.argv.filter((one) => one.endsWith('.sql'));
appendFileSync('calls', files.length + '\\n');
const found = files.flatMap((file) =>
  readFileSync(file).toString('latin1').split('\\n').flatMap((text, line) => {
    const at = (word, lines) => {
      const column = text.indexOf(word);
      const place = { file, line, column, line_end: line + lines, column_end: lines ? 2 : column + word.length };
      return column < 0 ? [] : [{ ...place, level: 'Warning', message: 'about ' + word, help: null, rule_name: word }];
    };
    return [...at('int,', 0), ...at('COMMENT', 1)];
  }),
);
process.stdout.write(JSON.stringify(found));
process.exitCode = found.length > 0 ? 1 : 0;
`;

function corpus(config: string, program: string | null): string {
  const root = mkdtempSync(join(tmpdir(), 'probatum-squawk-test-'));
  folders.push(root);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('probatum.config.yaml', config);
  write('knowledge/a.sql.md', DOCUMENT);
  write('knowledge/b.sql.md', DOCUMENT.replaceAll('knowledge/a', 'knowledge/b'));
  if (program !== null) {
    const folder = `node_modules/@squawk-cli/${process.platform}-${process.arch}`;
    write(`${folder}/package.json`, '{}');
    write(`${folder}/bin/squawk`, program);
    chmodSync(join(root, folder, 'bin/squawk'), 0o755);
  }
  return root;
}

describe.skipIf(process.platform === 'win32')('squawk', () => {
  it('is not asked unless the configuration says so', async () => {
    const root = corpus('squawk: false\n', ANSWERING);
    const { diagnostics } = await compile(loadConfig(root), {}, true);
    expect(diagnostics).toEqual([]);
    expect(existsSync(join(root, 'calls'))).toBe(false);
  });

  it.each<[string, (root: string) => ReturnType<ReturnType<typeof incrementalCompile>>]>([
    ['compile', (root) => compile(loadConfig(root), {}, true)],
    ['incrementalCompile', (root) => incrementalCompile(loadConfig(root), false, true)()],
  ])('is asked once for all migrations, and shown at its places in the documents: %s', async (_, read) => {
    const root = corpus('squawk: true\n', ANSWERING);
    const { diagnostics } = await read(root);
    const shown = diagnostics.map(({ ruleId, severity, file, message, position: { start, end } }) => [
      `${severity} ${ruleId} ${file} ${start.line}:${start.column}-${end.line}:${end.column}`,
      message,
    ]);
    expect(shown).toEqual(
      ['a', 'b'].flatMap((name) => [
        [`warning lock-hazard knowledge/${name}.sql.md 17:7-17:11`, 'about int, (squawk: int,)'],
        [`warning lock-hazard knowledge/${name}.sql.md 24:1-24:26`, 'about COMMENT (squawk: COMMENT)'],
      ]),
    );
    expect(readFileSync(join(root, 'calls'), 'utf8')).toBe('2\n');
  });

  it.each<[string, string | null, RegExp]>([
    ['is not installed', null, /squawk is not installed in/],
    [
      'says something else',
      `#!${process.execPath}\nprocess.stdout.write('error');\n`,
      /did not answer as expected: error/,
    ],
    [
      'fails',
      `#!${process.execPath}\nprocess.stderr.write('no'); process.exitCode = 2;\n`,
      /did not answer as expected: no/,
    ],
  ])('stops the command where it %s', async (_, program, message) => {
    const root = corpus('squawk: true\n', program);
    // What decides over a run starts no program of the corpus.
    expect((await compile(loadConfig(root))).diagnostics).toEqual([]);
    await expect(compile(loadConfig(root), {}, true)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'missing-tool',
      message: expect.stringMatching(message),
      help: expect.stringContaining('squawk-cli'),
    });
  });
});

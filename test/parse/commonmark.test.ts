import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Code, Nodes } from 'mdast';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import type { Fence } from '../../src/parse/document.js';
import { parseDocument } from '../../src/parse/parse-document.js';

/*
 * Extraction against every example of the CommonMark specification. The oracle is the syntax tree's value, which the
 * extraction itself never reads, and the lines that `sed` prints.
 */

interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
}

const { tests } = createRequire(import.meta.url)('commonmark-spec') as { tests: readonly Example[] };
const examples = tests.map((test) => ({ ...test, markdown: test.markdown.replaceAll('→', '\t') }));
const plain = unified().use(remarkParse);

/** Their first line is `---`: front matter here, a thematic break in CommonMark. Neither holds a fence. */
const FRONT_MATTER_EXAMPLES = examples.filter(({ markdown }) => /^---[ \t]*\n/.test(markdown));

function fencedCode(markdown: string): Code[] {
  const found: Code[] = [];
  const walk = (node: Nodes) => {
    if (node.type === 'code') {
      const { start, end } = node.position!;
      if (/^(?:```|~~~)/.test(markdown.slice(start.offset, end.offset))) found.push(node);
    }
    if ('children' in node) for (const child of node.children) walk(child as Nodes);
  };
  walk(plain.parse(markdown));
  return found;
}

/** What `sed -n 'A,Bp'` prints: whole lines with their line ends. */
function lines(markdown: string, first: number, last: number): string {
  const all = markdown.split(/(?<=\n)/);
  return last < first ? '' : all.slice(first - 1, last).join('');
}

function fencesOf(markdown: string): readonly Fence[] {
  return parseDocument('example.md', Buffer.from(markdown)).fences;
}

describe('fences of the CommonMark examples', () => {
  it('has the examples', () => {
    expect(examples.length).toBe(652);
    expect(FRONT_MATTER_EXAMPLES.map(({ number }) => number)).toMatchInlineSnapshot(`
      [
        96,
        98,
      ]
    `);
  });

  it('finds as many fences as there are fenced code nodes', () => {
    const counts = examples.map(({ number, markdown }) => [number, fencesOf(markdown).length]);
    const expected = examples.map(({ number, markdown }) => [number, fencedCode(markdown).length]);
    expect(counts).toEqual(expected);
    expect(counts.filter(([, count]) => count! > 0).length).toBeGreaterThan(30);
  });

  it('has the bytes of the value, and the digest of the lines', () => {
    let compared = 0;
    for (const { number, markdown } of examples) {
      const bytes = Buffer.from(markdown);
      const nodes = fencedCode(markdown);
      for (const [index, fence] of fencesOf(markdown).entries()) {
        expect(fence.digest, `example ${number}`).toBe(sha256(bytes.subarray(fence.start, fence.end)));
        if (!fence.atRoot || !fence.closed) continue;
        compared += 1;
        const text = bytes.toString('utf8', fence.start, fence.end);
        expect(text.replace(/\n$/, ''), `example ${number}`).toBe(nodes[index]!.value);
        expect(fence.digest, `example ${number}`).toBe(
          sha256(lines(markdown, fence.firstLine, fence.lastLine)),
        );
        expect(fence.position.start).toEqual({ line: fence.firstLine - 1, column: 1 });
      }
    }
    expect(compared).toMatchInlineSnapshot(`20`);
  });

  it('names the fences that it leaves to the reader, and why', () => {
    const left = examples.flatMap(({ number, markdown }) =>
      fencesOf(markdown).flatMap((fence) => {
        const why = [fence.atRoot ? '' : 'not at root', fence.closed ? '' : 'not closed'].filter(Boolean);
        return why.length > 0 ? [`${number}: ${why.join(', ')}`] : [];
      }),
    );
    expect(left).toMatchInlineSnapshot(`
      [
        "126: not closed",
        "127: not closed",
        "128: not at root, not closed",
        "131: not at root",
        "132: not at root",
        "133: not at root",
        "136: not at root",
        "137: not closed",
        "139: not closed",
        "237: not at root, not closed",
        "237: not closed",
        "263: not at root",
        "278: not at root",
        "318: not at root",
        "321: not at root",
        "324: not at root",
      ]
    `);
  });
});

describe('sed and sha256sum', () => {
  const folder = mkdtempSync(join(tmpdir(), 'probatum-sed-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('print the digest of a fence', () => {
    const sample = examples
      .flatMap(({ markdown }) => fencesOf(markdown).map((fence) => ({ markdown, fence })))
      .filter(({ fence }) => fence.atRoot && fence.closed && fence.lastLine >= fence.firstLine);
    expect(sample.length).toBeGreaterThan(15);
    for (const [index, { markdown, fence }] of sample.entries()) {
      const file = join(folder, `${index}.md`);
      writeFileSync(file, markdown);
      const script = `sed -n '${fence.firstLine},${fence.lastLine}p' "$1" | sha256sum`;
      const printed = execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' });
      expect(printed.slice(0, 64)).toBe(fence.digest);
    }
  });
});

describe('what closes a fence', () => {
  const one = (markdown: string) => fencesOf(markdown)[0]!;
  const text = (markdown: string) => {
    const { start, end } = one(markdown);
    return Buffer.from(markdown).toString('utf8', start, end);
  };

  it.each([
    ['markers at the end of a line of text', '```sql migration\nDROP TABLE a.b; ```\n'],
    ['markers after a quote sign that is text', '```sql migration\n> ```\n'],
    ['fewer markers', '````sql migration\na\n```\n'],
    ['other markers', '```sql migration\na\n~~~\n'],
    ['markers with text behind them', '```sql migration\na\n``` end\n'],
    ['markers that are indented by four blanks', '```sql migration\na\n    ```\n'],
  ])('not %s', (_, markdown) => {
    expect(one(markdown)).toMatchObject({ closed: false, role: 'migration' });
    expect(text(markdown)).toBe(markdown.slice(markdown.indexOf('\n') + 1));
  });

  it.each([
    ['more markers', '```sql migration\na\n`````\n'],
    ['markers with blanks behind them', '```sql migration\na\n```  \t\n'],
    ['markers that are indented by up to three blanks', '```sql migration\na\n   ```\n'],
    ['the last line of a file without a line end', '```sql migration\na\n```'],
  ])('%s', (_, markdown) => {
    expect(one(markdown)).toMatchObject({ closed: true, atRoot: true, firstLine: 2, lastLine: 2 });
    expect(text(markdown)).toBe('a\n');
  });

  it('holds nothing where the closing line follows at once', () => {
    expect(one('```sql migration\n```\n')).toMatchObject({ closed: true, firstLine: 2, lastLine: 1 });
    expect(one('```sql migration\n```\n').digest).toBe(sha256(''));
  });

  it('ends with its container where it is not closed', () => {
    expect(one('- ```sql\n  SELECT 1;\n\nafter\n')).toMatchObject({
      closed: false,
      atRoot: false,
      lastLine: 3,
    });
    expect(text('- ```sql\n  SELECT 1;\n\nafter\n')).toBe('  SELECT 1;\n\n');
    expect(text('> ```sql\n> SELECT 1;\nafter\n')).toBe('> SELECT 1;\n');
  });

  it('is a fence in a nested list too, and not at the root', () => {
    expect(one('- a\n  - b\n\n    ```sql migration\n    SELECT 1;\n    ```\n')).toMatchObject({
      atRoot: false,
      closed: true,
      role: 'migration',
    });
  });
});

describe('the role', () => {
  const roleOf = (info: string) => {
    const { role, info: seen } = fencesOf(`\`\`\`${info}\nSELECT 1;\n\`\`\`\n`)[0]!;
    return { role, seen };
  };

  it.each(['sql migration', 'sql\tmigration', 'sql   migration  ', ' sql migration'])(
    'is read from %j',
    (info) => {
      expect(roleOf(info).role).toBe('migration');
    },
  );

  it.each([
    'sql migr&#97;tion',
    'sql migratio\\n',
    's&#113;l migration',
    'sql migration\u00a0',
    'sql\u00a0migration',
    'sql migration\u200b',
    'SQL migration',
    'sql Migration',
    'sql migration title=x',
    'sql, migration',
  ])('is not read from %j', (info) => {
    expect(roleOf(info)).toEqual({ role: null, seen: info });
  });

  it('is none for the fence whose info string begins with other markers', () => {
    expect(fencesOf('```~sql migration\n```\n')[0]).toMatchObject({ info: '~sql migration', role: null });
  });
});

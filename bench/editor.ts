/**
 * How long an author waits: from a change in the editor to the findings of the text that it made, and to a hover, in a
 * corpus of notes that name each other. Run by `npm run bench:editor [-- DOCUMENTS]`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { HoverRequest } from 'vscode-languageserver-protocol/node';
import { EXAMPLE } from '../src/demo/example.js';
import { Editor } from '../test/lsp/client.js';

const count = Number(process.argv[2] ?? 300);
const CHANGES = 20;
const root = mkdtempSync(join(tmpdir(), 'probatum-bench-'));
const name = (number: number) => `knowledge/note-${String(number).padStart(5, '0')}.md`;

function writeCorpus(): number {
  const report = readFileSync(join(import.meta.dirname, '..', EXAMPLE.executionReport), 'utf8');
  const body = report.slice(report.indexOf('\n## §1')).slice(0, 10_000);
  mkdirSync(join(root, 'knowledge'));
  let bytes = 0;
  for (let number = 0; number < count; number++) {
    const named = [1, 2, 3].map((step) => name((number + step * 7) % count)).join(', ');
    const text = `---\nkind: note\n---\n\n# Note ${number}\n\nSee ${named}.\n${body}\n`;
    bytes += Buffer.byteLength(text);
    writeFileSync(join(root, name(number)), text);
  }
  return bytes;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const shown = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;

try {
  const bytes = writeCorpus();
  const started = performance.now();
  const editor = await Editor.start(root);
  await editor.compiled(1, 600_000);
  const first = performance.now() - started;
  await editor.open(name(0));
  const toFindings: number[] = [];
  const toHover: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    const [from, to] =
      change % 2 === 0
        ? ['See knowledge/note', 'See knowledge/none']
        : ['See knowledge/none', 'See knowledge/note'];
    const start = performance.now();
    const version = await editor.change(name(0), from, to);
    await editor.until('findings', () => editor.published.some((one) => one.version === version), 60_000);
    toFindings.push(performance.now() - start);
    const again = performance.now();
    await editor.change(name(0), '# Note', '# Note, again');
    await editor.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: editor.uri(name(0)) },
      position: { line: 6, character: 6 },
    });
    toHover.push(performance.now() - again);
  }
  await editor.stop();
  console.log(
    `${count} documents, ${(bytes / 1e6).toFixed(1)} MB, Node ${process.version}, ${cpus().length} cores`,
  );
  console.log(`start to first findings     ${shown(first)}`);
  console.log(
    `change to findings          ${shown(median(toFindings))}, of which 120 ms wait for the next key`,
  );
  console.log(`change to hover             ${shown(median(toHover))}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

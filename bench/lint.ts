/**
 * Speed of `probatum lint` as a ratio to the physical limit: reading and hashing the same files. The corpus is made
 * deterministically from the example's own documents. Run by `npm run bench [-- DOCUMENTS]`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { EXAMPLE } from '../src/demo/example.js';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const count = Number(process.argv[2] ?? 300);
const root = mkdtempSync(join(tmpdir(), 'probatum-bench-'));

/** Notes of about 10 KB: the body of the example's report with a front matter of their own. */
function writeCorpus(): number {
  const report = readFileSync(join(repository, EXAMPLE.executionReport), 'utf8');
  const body = report.slice(report.indexOf('\n## §1')).slice(0, 10_000);
  const folder = join(root, 'knowledge');
  mkdirSync(folder);
  let bytes = 0;
  for (let number = 0; number < count; number++) {
    const text = `---\nkind: note\n---\n\n# Note ${number}\n${body}\n`;
    bytes += Buffer.byteLength(text);
    writeFileSync(join(folder, `note-${String(number).padStart(5, '0')}.md`), text);
  }
  return bytes;
}

function median(run: () => void, times: number): number {
  const walls = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return walls.sort((a, b) => a - b)[Math.floor(times / 2)] as number;
}

function readAndHash(): void {
  const folder = join(root, 'knowledge');
  for (const name of readdirSync(folder))
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
}

function lint(): void {
  try {
    execFileSync(
      process.execPath,
      [join(repository, 'dist', 'cli.js'), '--root', root, 'lint', '--format', 'json'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        maxBuffer: 1 << 30,
      },
    );
  } catch (error) {
    // Findings are no failure here: the notes refer to documents that are not in this corpus.
    if ((error as { status?: number }).status !== 1) throw error;
  }
}

try {
  const bytes = writeCorpus();
  const bare = median(() => execFileSync(process.execPath, ['-e', '0']), 5);
  const limit = median(readAndHash, 5);
  const whole = median(lint, 3);
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
  console.log(
    `${count} documents, ${(bytes / 1e6).toFixed(1)} MB, Node ${process.version}, ${cpus().length} cores`,
  );
  console.log(`read and hash      ${seconds(limit)}`);
  console.log(`bare node          ${seconds(bare)}`);
  console.log(`lint, whole        ${seconds(whole)}  ${(whole / limit).toFixed(0)} x read and hash`);
  console.log(`per document       ${((whole - bare) / count).toFixed(1)} ms`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

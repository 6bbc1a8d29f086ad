// The physical limit of a linter: reads and hashes every Markdown file below a folder, and prints the milliseconds.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const start = performance.now();
for (const entry of readdirSync(process.argv[2], { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.md')) continue;
  createHash('sha256')
    .update(readFileSync(join(entry.parentPath, entry.name)))
    .digest();
}
console.log(performance.now() - start);

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cachedDataVersionTag, getHeapCodeStatistics } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/*
 * Runs programs that the build makes one file each of. What V8 made of their text is kept beside them, as compiling it
 * takes longer than checking a document. Whoever can write there can write the program as well: no other folder will do,
 * as what is kept is run. Where the folder is not ours to write, every start takes a little longer.
 */

/** What V8 made of a program. */
interface Kept {
  /** Let go once it is used. */
  code?: Buffer;
  /** Size of the code that it has. */
  readonly size: number;
}

const HEAD = 8;
/** How much more code than was kept is kept anew: it only grows, so that this ends soon. */
const GROWTH = 1.03;

/**
 * Runs a program.
 * @param use what it is started for: each use has code of its own, as that of another would be read in vain; null keeps none
 * @returns keeps the code that there is by now, if that is worth it
 */
export function runKept(file: string, use: string | null): () => void {
  const tag = cachedDataVersionTag();
  // V8 refuses what another version of it made, or other flags.
  const keptFile = `${file}.${tag.toString(16)}-${use}`;
  const kept = use ? readKept(keptFile) : null;
  const script = new Script(
    `(function (require, module, exports, __filename, __dirname, __import) {${readFileSync(file, 'latin1')}\n})`,
    {
      filename: file,
      ...(kept?.code ? { cachedData: kept.code } : {}),
    },
  );
  if (kept) delete kept.code;
  const own = { exports: {} };
  const load = (specifier: string): Promise<unknown> => import(specifier);
  script.runInThisContext()(createRequire(file), own, own.exports, file, dirname(file), load);
  return () => {
    // What is made under flags that were set since is refused at the next start.
    if (use && cachedDataVersionTag() === tag) keep(keptFile, script, kept);
  };
}

function readKept(keptFile: string): Kept | null {
  try {
    const bytes = readFileSync(keptFile);
    const code = bytes.subarray(HEAD);
    return bytes.readUInt32LE(0) === crc32(code) ? { code, size: bytes.readUInt32LE(4) } : null;
  } catch {
    return null;
  }
}

/** Another start may have compiled less: one where nothing had changed, or threads did the work. */
function keep(keptFile: string, script: Script, kept: Kept | null): void {
  const size = getHeapCodeStatistics().bytecode_and_metadata_size;
  if (kept && !script.cachedDataRejected && size <= kept.size * GROWTH) return;
  try {
    const code = script.createCachedData();
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(crc32(code), 0);
    head.writeUInt32LE(size, 4);
    const temporary = `${keptFile}.${process.pid}-${process.hrtime.bigint()}`;
    writeFileSync(temporary, Buffer.concat([head, code]));
    renameSync(temporary, keptFile);
  } catch {
    // The folder is not ours to write.
  }
}

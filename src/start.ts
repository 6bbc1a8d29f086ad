#!/usr/bin/env node
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag, getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/*
 * Starts the program, which the build makes one file of. What V8 made of its text is kept beside it, as compiling it
 * takes longer than checking a document. Whoever can write there can write the program as well: no other folder will do,
 * as what is kept is run. Where the folder is not ours to write, every start takes a little longer.
 */

/** Name of the program with the digest of its text in it, so that nothing is ever run that was made of another text. */
declare const PROGRAM: string;

/** What V8 made of the program. */
interface Kept {
  /** Let go once it is used. */
  code?: Buffer;
  /** Size of the code that it has. */
  readonly size: number;
}

const HEAD = 8;
/** How much more code than was kept is kept anew: it only grows, so that this ends soon. */
const GROWTH = 1.03;

/** Commands whose start matters; each has code of its own, as that of another would be read in vain. */
const command = ['lint', 'run'].find((one) => process.argv.includes(one));
// These use the grammars of SQL too little for their code to be compiled a second time: 0.1 s and 45 MB for the linter, 1 s
// of the processor for a plan, which asks those of older servers, too.
if (['lint', 'plan', 'run'].some((one) => process.argv.includes(one))) setFlagsFromString('--liftoff-only');

const file = join(dirname(fileURLToPath(import.meta.url)), PROGRAM);
// V8 refuses what another version of it made, or other flags.
const keptFile = `${file}.${cachedDataVersionTag().toString(16)}-${command}`;
const kept = command ? readKept() : null;
const script = new Script(
  `(function (require, module, exports, __filename, __dirname, __import) {${readFileSync(file, 'latin1')}\n})`,
  {
    filename: file,
    ...(kept?.code ? { cachedData: kept.code } : {}),
  },
);
if (kept) delete kept.code;
if (command) process.on('exit', keep);
const own = { exports: {} };
const load = (specifier: string): Promise<unknown> => import(specifier);
script.runInThisContext()(createRequire(file), own, own.exports, file, dirname(file), load);

function readKept(): Kept | null {
  try {
    const bytes = readFileSync(keptFile);
    const code = bytes.subarray(HEAD);
    return bytes.readUInt32LE(0) === crc32(code) ? { code, size: bytes.readUInt32LE(4) } : null;
  } catch {
    return null;
  }
}

/** Another start may have compiled less: one where nothing had changed, or threads did the work. */
function keep(): void {
  const size = getHeapCodeStatistics().bytecode_and_metadata_size;
  if (kept && !script.cachedDataRejected && size <= kept.size * GROWTH) return;
  try {
    const code = script.createCachedData();
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(crc32(code), 0);
    head.writeUInt32LE(size, 4);
    const temporary = `${keptFile}.${process.pid}`;
    writeFileSync(temporary, Buffer.concat([head, code]));
    renameSync(temporary, keptFile);
  } catch {
    // The folder is not ours to write.
  }
}

#!/usr/bin/env node
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runKept } from './kept-code.js';

/** Names of the program, and of that with `lint` only, with the digest of their text in them: never is anything run that was made of another text. */
declare const PROGRAM: string;
declare const LINT: string;

/** Commands whose start matters. */
const command = ['lint', 'run'].find((one) => process.argv.includes(one)) ?? null;
// With options before it, it is a command of the whole program.
const program = process.argv[2] === 'lint' ? LINT : PROGRAM;
// These use the grammars of SQL too little for their code to be compiled a second time: 0.1 s and 45 MB for the linter, 1 s
// of the processor for a plan, which asks those of older servers, too.
if (['lint', 'plan', 'run'].some((one) => process.argv.includes(one))) setFlagsFromString('--liftoff-only');

const keep = runKept(join(dirname(fileURLToPath(import.meta.url)), program), command);
if (command) process.on('exit', keep);

#!/usr/bin/env node
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runKept } from './kept-code.js';

/** Name of the program with the digest of its text in it, so that nothing is ever run that was made of another text. */
declare const PROGRAM: string;

/** Commands whose start matters. */
const command = ['lint', 'run'].find((one) => process.argv.includes(one)) ?? null;
// These use the grammars of SQL too little for their code to be compiled a second time: 0.1 s and 45 MB for the linter, 1 s
// of the processor for a plan, which asks those of older servers, too.
if (['lint', 'plan', 'run'].some((one) => process.argv.includes(one))) setFlagsFromString('--liftoff-only');

const keep = runKept(join(dirname(fileURLToPath(import.meta.url)), PROGRAM), command);
if (command) process.on('exit', keep);

import { showUnprintable } from '../render/encode.js';
import type { Terminal } from './terminal.js';

/** A unified difference for a terminal: coloured by line, and nothing in it steers the terminal. */
export function diffText(diff: string, colors: Terminal['colors']): string {
  const safe = showUnprintable(diff).replace(/\r(?!\n)/g, '\\u000d');
  return safe.replace(/^.*$/gm, (line) => {
    if (/^(?:---|\+\+\+) /.test(line)) return colors.bold(line);
    if (line.startsWith('@@')) return colors.cyan(line);
    if (line.startsWith('+')) return colors.green(line);
    return line.startsWith('-') ? colors.red(line) : line;
  });
}

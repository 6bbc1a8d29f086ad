import type { Diagnostic } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';

/** What the configuration names, and is not read. */
export interface LeftOut {
  /** Bytes that are no UTF-8 stand as `\xff`. */
  readonly path: string;
  /** A symbolic link, or a name that is no UTF-8. */
  readonly why: 'link' | 'name';
}

/** What there is to say of what stands in place of documents, or of folders that may hold some, and is not read. */
export function leftOutFiles(left: readonly LeftOut[]): Diagnostic[] {
  return left.map(({ path: file, why }) => ({
    ruleId: 'readable',
    file,
    position: FILE_START,
    ...SAID[why],
  }));
}

const SAID = {
  link: {
    severity: 'warning',
    message: 'a symbolic link, which is not followed: what it leads to is not judged',
    help: 'put the file itself in its place, or name it in "ignore" of the configuration',
  },
  name: {
    severity: 'error',
    message: 'a name that is no UTF-8: no document can name it, and it is not judged',
    help: 'rename it, or take its folder out of the globs of the corpus',
  },
} as const;

import type { Diagnostic } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';

/** What there is to say of symbolic links in place of documents, or of folders that may hold some. @param paths of the links */
export function unfollowedLinks(paths: readonly string[]): Diagnostic[] {
  return paths.map((file) => ({
    ruleId: 'readable',
    severity: 'warning',
    file,
    message: 'a symbolic link, which is not followed: what it leads to is not judged',
    position: FILE_START,
    help: 'put the file itself in its place, or name it in "ignore" of the configuration',
  }));
}

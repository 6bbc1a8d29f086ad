import picomatch from 'picomatch';

const matchers = new WeakMap<readonly string[], (path: string) => boolean>();

/** Whether one of the globs names a path of the corpus, in the grammar that the corpus' own globs have. */
export function matchesGlobs(globs: readonly string[], path: string): boolean {
  let matcher = matchers.get(globs);
  if (!matcher) {
    matcher = picomatch([...globs], { dot: true });
    matchers.set(globs, matcher);
  }
  return matcher(path);
}

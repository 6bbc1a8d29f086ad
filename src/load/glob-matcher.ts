import picomatch from 'picomatch';

// `folder/**/*.md`, as nearly every corpus is named.
const USUAL = /^((?:[\w-]+\/)*)\*\*\/\*(\.\w+)$/;
/** A path that needs no second look: no name of it starts with a dot, and none holds a line's end. */
const PLAIN = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/**
 * Whether a path is one that globs name, as picomatch says it. For globs of the usual form it is not asked about most
 * paths: its expressions take longer than listing the files.
 */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const matches = picomatch([...globs]);
  const usual = globs.flatMap((glob) => {
    const [, folder, ending] = USUAL.exec(glob) ?? [];
    return folder !== undefined && ending !== undefined ? [{ folder, ending }] : [];
  });
  const onlyUsual = usual.length === globs.length;
  return (path) => {
    const fitting = usual.filter(({ ending }) => path.endsWith(ending));
    if (onlyUsual && fitting.length === 0 && !path.endsWith('/')) return false;
    return (fitting.some(({ folder }) => path.startsWith(folder)) && PLAIN.test(path)) || matches(path);
  };
}

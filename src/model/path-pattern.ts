/** Whether a path is one of those that a pattern names. */
export type PathMatcher = (path: string) => boolean;

/**
 * Reads a path with `*` (anything within a folder) and `**` (anything). Whoever writes a document writes it, so it
 * becomes no regular expression, which could try forever: each part is looked for from where the one before it ended,
 * and its first place is as good as any later one.
 */
export function pathMatcher(pattern: string): PathMatcher {
  const stretches = pattern.split(/(?:\*\*\/?)+\**/).map((stretch) => stretch.split('*'));
  const first = stretches.shift()!;
  const last = stretches.pop();
  if (!last) return (path) => isRest(path, 0, first);
  return (path) => {
    let at = endOf(path, 0, first);
    for (const stretch of stretches) if (at >= 0) at = soonestEnd(path, at, stretch);
    return at >= 0 && isEnd(path, at, last);
  };
}

/** Parts of a pattern between two `**`; one `*` stands between each two of them. */
type Stretch = readonly string[];

/** Where a stretch that begins at an offset ends at the earliest; -1 where none begins there. */
function endOf(path: string, from: number, stretch: Stretch): number {
  if (!path.startsWith(stretch[0]!, from)) return -1;
  let at = from + stretch[0]!.length;
  let slash = -1;
  for (const part of stretch.slice(1)) {
    const found = path.indexOf(part, at);
    if (slash < at) slash = nextSlash(path, at);
    if (found < 0 || found > slash) return -1;
    at = found + part.length;
  }
  return at;
}

/** Whether a stretch is all that stands from an offset on. */
function isRest(path: string, from: number, stretch: Stretch): boolean {
  const last = stretch.at(-1)!;
  const end = path.length - last.length;
  if (!path.endsWith(last)) return false;
  if (stretch.length === 1) return from === end;
  const at = endOf(path, from, stretch.slice(0, -1));
  return at >= 0 && at <= end && end <= nextSlash(path, at);
}

/** Where a stretch ends at the earliest that begins at an offset or behind it; -1 where none does. */
function soonestEnd(path: string, from: number, stretch: Stretch): number {
  for (let at = from; at <= path.length; at++) {
    const end = endOf(path, at, stretch);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether a stretch ends a path that begins at an offset or behind it. */
function isEnd(path: string, from: number, stretch: Stretch): boolean {
  if (stretch.length === 1) return path.length - from >= stretch[0]!.length && path.endsWith(stretch[0]!);
  for (let at = from; at <= path.length; at++) if (isRest(path, at, stretch)) return true;
  return false;
}

/** Offset of the first `/` at an offset or behind it; infinity where there is none. */
function nextSlash(path: string, from: number): number {
  const at = path.indexOf('/', from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

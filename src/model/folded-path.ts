/**
 * A path as file systems compare it that ignore case and Unicode forms: NFC, with Unicode's full case folding (`ß` is
 * `ss`). The dotless `ı` has no other case there, though its capital letter here is an `I`.
 */
export function foldedPath(path: string): string {
  const folded = path.normalize('NFC').replace(/[^ı]+/g, (run) => run.toUpperCase().toLowerCase());
  return folded.normalize('NFC');
}

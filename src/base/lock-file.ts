/** Name of the file that has revision and digest of every governed document, at the root of the corpus. */
export const LOCK_FILE = 'probatum.lock';

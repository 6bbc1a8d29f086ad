/** Rules that no change of a document can make report, each with the reason. */
export const NOT_PLANTED: Readonly<Record<string, string>> = {
  'plugin-failed': 'it speaks of a rule of a plugin, and the corpus has none; its fixtures have',
};

/** What the patterns of our schemas of the configuration and of documents ask for, with an example. */
const WORDS: { readonly [pattern: string]: string } = {
  '^[1-9][0-9]*(ms|s|min)$': 'a number with ms, s or min, such as 30s',
  '^(0|[1-9][0-9]*)$': 'a whole number, such as 3600',
  '^[1-9][0-9]?$': 'a whole number from 1 to 99, such as 2',
  '^[a-z][a-z0-9]*(-[a-z0-9]+)*$': 'words in lower case joined by hyphens, such as meeting-notes',
  '^[a-z][a-z0-9-]*$': 'lower-case letters, digits and hyphens, such as release-manager',
  '^[A-Za-z0-9][A-Za-z0-9._-]*$':
    'letters, digits, ".", "_" and "-", a letter or digit first, such as orders-v0.2',
  '^r[1-9][0-9]*$': '"r" and a number from 1, such as r1',
  '^[0-9a-f]{64}$': '64 lower-case hex digits, as sha256sum prints them, such as 5b1f…',
  '^[0-9a-f]{32,64}$': '32 to 64 lower-case hex digits, such as "openssl rand -hex 16" prints',
  '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$':
    'a UUID in lower case, such as 0190c8a6-2f4e-7b0a-9d3c-5e1f7a2b4c6d',
  '^[A-Z][A-Za-z0-9-]*$': 'a capital letter followed by letters, digits and hyphens, such as PF-3',
  '^(?!.*(?:^|/)\\.{1,2}/)[^\\s/][^\\\\\\s]*\\.md$':
    'a path from the root, without blanks, "\\", "./" and "../", that ends in .md, such as knowledge/a.md',
  '^((schema|extension) \\S+|[^\\s.]+\\.[^\\s.]+(\\(.*\\))?)$':
    'a name with its schema, such as shop.orders or shop.total(numeric), or "schema shop", "extension citext"',
  '^(dynamic-sql|language [a-z_][a-z0-9_]*|extension [A-Za-z_][A-Za-z0-9_-]*)$':
    '"dynamic-sql", "language NAME" or "extension NAME", such as language plpython3u',
  '^[^\\s*?!,"]+$': 'one name without blanks, wildcards, "!", "," and quotes, such as anna@example.org',
  '^(?![\\s\\S]*\\u0000)(?!/|!|\\.{1,2}(?:/|$))(?!.*/\\.\\.(?:/|$)).+$':
    'a glob from the folder of the configuration that does not lead out of it, such as knowledge/**/*.md',
  '^(?![/\\\\]|[A-Za-z]:)(?!(?:.*/)?\\.\\.(?:/|$)).+$':
    'a path from the folder of the configuration that does not lead out of it, such as schemas/page.json',
  '^(?![/\\\\]|[A-Za-z]:)(?!(?:.*/)?\\.\\.(?:/|$)).+\\.m?js$':
    'a path of a .js or .mjs file from the folder of the configuration that does not lead out of it, such as rules/team.mjs',
};

/** What a pattern asks for; those of a team's own schemas, and of what no person writes, are shown as they are. */
export function patternWords(pattern: string): string {
  return Object.hasOwn(WORDS, pattern) ? WORDS[pattern]! : `text that matches ${pattern}`;
}

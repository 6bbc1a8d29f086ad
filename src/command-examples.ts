/* What the help of a command shows behind its options. */

export const LINT_EXAMPLES = `
Examples:
  probatum lint                       the whole corpus
  probatum lint --fix-dry-run         what a machine can put right, as a diff
  probatum lint --fix knowledge/x.md  put it right in one document
  probatum lint --fix=digests         also write digests as they are now: you have read what changed
`;

export const INIT_EXAMPLES = `
Ends with 0 where there is nothing to do or it was written, with 1 where changes were shown.

Examples:
  probatum init                       show what would be written
  probatum init --ci github --write   write it
`;

export const NEW_EXAMPLES = `
Examples:
  probatum new law
  probatum new ddl --change order-notes --after knowledge/base.sql.md
  probatum new command-package --change order-notes
  probatum new review --change order-notes --subject knowledge/order-notes-ddl-2026-05-16.sql.md
`;

export const PIN_EXAMPLES = `
Ends with 0 where there is nothing to do or it was written, with 1 where changes were shown.

Examples:
  probatum pin knowledge/package.md          what changed since it was pinned, by git's history
  probatum pin knowledge/package.md --write  say that it was read again
`;

export const ADOPT_EXAMPLES = `
Ends with 0 where there is nothing to do or it was written, with 1 where a difference was shown.

Examples:
  probatum adopt knowledge/old/report.md                   show the difference
  probatum adopt --kind review knowledge/old/*.md --write  write the documents
`;

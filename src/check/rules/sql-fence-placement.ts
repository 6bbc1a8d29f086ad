import { kindName } from '../../model/entry.js';
import type { Fence, FenceRole } from '../../parse/document.js';
import type { DocumentContext, DocumentRule } from '../rule.js';
import { ROLE_OWNERS } from '../sql-owners.js';
import { alternatives } from '../words.js';

export const sqlFencePlacement: DocumentRule = {
  id: 'sql-fence-placement',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A fence of executable SQL that is indented, nested, not closed, in a document of the wrong kind, or of a misspelt role.',
  why: 'Such SQL is not run, although it looks as if it were; and what runs must be easy to see and to extract.',
  fix: 'Start the fence at column 0, outside of lists and quotes, close it, and write it in the document that owns its role.',
  check(context) {
    const { document } = context.entry;
    // Where the front matter could not be read, the kind is not known, and that has been said.
    if (document.problems.length > 0) return;
    for (const fence of document.fences) {
      if (fence.role === null) judgeInfo(context, fence);
      else judgePlace(context, fence, fence.role);
    }
  },
};

const ROLES = Object.keys(ROLE_OWNERS);

function judgeInfo({ entry, report }: DocumentContext, { info, position }: Fence): void {
  const owner = entry.kind === 'ddl' || entry.kind === 'command-package';
  if (!owner || !/^sql\b/i.test(info) || /^sql$/i.test(info)) return;
  report({
    message: `"${info}" is no role of SQL: this fence is never run`,
    position,
    expected: alternatives(ROLES.map((role) => `sql ${role}`)),
    observed: info,
    help: 'correct the role, or write plain "sql" for SQL that is only shown',
  });
}

function judgePlace({ entry, report }: DocumentContext, fence: Fence, role: FenceRole): void {
  const { position } = fence;
  const owner = ROLE_OWNERS[role];
  if (!fence.atRoot)
    report({
      message: `"sql ${role}" fence is indented or nested, expected it at column 1 of the document's root`,
      position,
      help: 'move it out of the list, quote or indentation',
    });
  if (!fence.closed)
    report({
      message: `"sql ${role}" fence is not closed`,
      position,
      help: 'end it with a line that has as many of the same fence characters and nothing else',
    });
  if (entry.kind !== owner)
    report({
      message: `"sql ${role}" fence in a document of kind "${kindName(entry) ?? 'unknown'}", expected ${owner}`,
      position,
      expected: owner,
      observed: kindName(entry) ?? 'no known kind',
      help: `move it to the ${owner} document, or write plain "sql" for SQL that is only shown`,
    });
}

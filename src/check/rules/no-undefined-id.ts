import { compareText } from '../../base/diagnostic.js';
import { kindName } from '../../model/entry.js';
import { knownIds, undeclaredIds } from '../../model/ids.js';
import type { Model } from '../../model/model.js';
import type { CorpusRule } from '../rule.js';

export const noUndefinedId: CorpusRule = {
  id: 'no-undefined-id',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'An id (`C-06`, `PF-3`, `V-17`, `N1`) or section (`§7`) that neither this document nor one it names declares.',
  why: 'A reader who follows the id finds nothing, or a different thing of the same name.',
  fix: 'Correct the id, or name the document that declares it.',
  check({ entry, model, report }) {
    const { kind, document } = entry;
    if (kind === 'note' || (kindName(entry) === null && document.header?.origin === 'front-matter')) return;
    // A generated report shows values of the database, which may look like anything; its record speaks for it.
    if (kind === 'dry-run-report' || kind === 'execution-report') return;
    const mentions = entry.mentioned.ids.filter((mention) => mention.in !== 'yaml');
    if (mentions.length === 0) return;
    const undeclared = undeclaredIds(
      model,
      entry,
      mentions.map(({ value }) => value),
    );
    if (undeclared.size === 0) return;
    const known = knownIds(model, entry);
    for (const { kind: named, value, position } of mentions) {
      if (!undeclared.has(value)) continue;
      report({
        message: `${value} is not declared in this document or in one that it names`,
        position,
        help: named === 'id' ? idHelp(model, value, known) : sectionHelp(known),
      });
    }
  },
};

function idHelp(model: Model, id: string, known: ReadonlySet<string>): string {
  const near = [...known].filter((other) => isNear(other, id)).sort(compareText);
  if (near.length > 0) return `did you mean ${near.slice(0, 5).join(', ')}?`;
  const [owner] = model.declaring(id);
  return owner !== undefined
    ? `it is declared in "${owner}"; name that document here`
    : 'name the document that declares it';
}

function sectionHelp(known: ReadonlySet<string>): string {
  const sections = [...known].filter((id) => id.startsWith('§')).sort(bySectionNumber);
  return sections.length > 0
    ? `known sections: ${sections.join(', ')}`
    : 'a section is declared by a heading that starts with its number';
}

function bySectionNumber(a: string, b: string): number {
  return Number.parseFloat(a.slice(1)) - Number.parseFloat(b.slice(1)) || compareText(a, b);
}

/** One spelling of the other: a letter too many at the end, or a number written with other zeros. */
function isNear(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a) || plain(a) === plain(b);
}

function plain(id: string): string {
  return id.replace(/-0+(?=\d)/, '-').toLowerCase();
}

import { compareText } from '../../base/diagnostic.js';
import { firstNotBefore } from '../../base/search.js';
import { type Entry, kindName } from '../../model/entry.js';
import { idForm, idPrefix } from '../../model/id-forms.js';
import { knownIds, undeclaredIds } from '../../model/ids.js';
import type { Model } from '../../model/model.js';
import { foreignSections, placeOf } from '../foreign-sections.js';
import { corpusRule } from '../rule.js';

export const noUndefinedId = corpusRule<readonly string[]>({
  id: 'no-undefined-id',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'An id (`C-06`, `PF-3`, `V-17`, `N1`) or section (`§7`) that neither this document nor one it names declares.',
  why: 'A reader who follows the id finds nothing, or a different thing of the same name.',
  fix: 'Correct the id, or name the document that declares it.',
  collect: (entry) => (isJudged(entry) ? foreignSections(entry.document) : null),
  check({ entry, model, collected, report }) {
    const mentions = entry.mentioned.ids.filter(
      ({ in: place, position }) => place !== 'yaml' && !collected.includes(placeOf(position)),
    );
    if (mentions.length === 0) return;
    const undeclared = undeclaredIds(
      model,
      entry,
      mentions.map(({ value }) => value),
    );
    if (undeclared.size === 0) return;
    const known = new Known(knownIds(model, entry));
    for (const { kind: named, value, position } of mentions) {
      if (!undeclared.has(value) || !known.hasLike(value, model)) continue;
      report({
        message: `${value} is not declared in this document or in one that it names`,
        position,
        help: named === 'id' ? idHelp(model, value, known) : known.sectionHelp,
      });
    }
  },
});

function isJudged(entry: Entry): boolean {
  const { kind, document } = entry;
  if (kind === 'note' || (kindName(entry) === null && document.header?.origin === 'front-matter'))
    return false;
  // A generated report shows values of the database, which may look like anything; its record speaks for it.
  return kind !== 'dry-run-report' && kind !== 'execution-report';
}

function idHelp(model: Model, id: string, known: Known): string {
  const near = known.near(id);
  if (near.length > 0) return `did you mean ${near.join(', ')}?`;
  const [owner] = model.declaring(id);
  return owner !== undefined
    ? `it is declared in "${owner}"; name that document here`
    : 'name the document that declares it';
}

/** So many ids are offered. */
const MOST = 5;

/** Ids that a document may name, to be asked many times. */
class Known {
  private readonly sorted: readonly string[];
  private readonly byPlain = new Map<string, string[]>();
  private readonly lengths: ReadonlySet<number>;
  private readonly prefixes: ReadonlySet<string>;
  readonly sectionHelp: string;

  constructor(private readonly ids: ReadonlySet<string>) {
    this.sorted = [...ids].sort(compareText);
    this.lengths = new Set(this.sorted.map(({ length }) => length));
    for (const id of this.sorted) {
      const alike = this.byPlain.get(plain(id));
      if (alike) alike.push(id);
      else this.byPlain.set(plain(id), [id]);
    }
    this.prefixes = new Set(this.sorted.map(prefixOf));
    this.sectionHelp = sectionHelp(this.sorted);
  }

  /**
   * Whether there are others like it here, or at least ids of its form in the corpus: the G-7 countries, an N2 server and a
   * section of a book look like ids and are none.
   */
  hasLike(id: string, model: Model): boolean {
    return this.prefixes.has(prefixOf(id)) || (!id.startsWith('§') && model.hasIdsLike(idForm(id)));
  }

  /** Another spelling: a letter too many or too few at the end, or a number written with other zeros. */
  near(id: string): string[] {
    const first = firstNotBefore(this.sorted.length, (index) => this.sorted[index]! < id);
    const longer = this.sorted.slice(first, first + MOST).filter((other) => other.startsWith(id));
    const shorter = [...this.lengths].map((length) => id.slice(0, length)).filter((one) => this.ids.has(one));
    const alike = this.byPlain.get(plain(id))?.slice(0, MOST) ?? [];
    return [...new Set([...longer, ...shorter, ...alike])].sort(compareText).slice(0, MOST);
  }
}

function prefixOf(id: string): string {
  return id.startsWith('§') ? '§' : idPrefix(id);
}

function sectionHelp(sorted: readonly string[]): string {
  const sections = sorted.filter((id) => id.startsWith('§')).sort(bySectionNumber);
  return `known sections: ${sections.join(', ')}`;
}

function bySectionNumber(a: string, b: string): number {
  return Number.parseFloat(a.slice(1)) - Number.parseFloat(b.slice(1)) || compareText(a, b);
}

function plain(id: string): string {
  return id.replace(/-0+(?=\d)/, '-').toLowerCase();
}

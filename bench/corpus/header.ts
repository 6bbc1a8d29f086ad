import type { Page, Written } from './page.js';

/** What the front matter of every kind has in common. */
export interface Identity {
  readonly kind: 'note' | 'ddl' | 'command-package' | 'review';
  readonly change: string;
  readonly date: string;
  readonly author: string;
  readonly phase: string;
}

/** Opens the front matter; fields of the kind and the closing line follow. */
export function openHeader(page: Page, { kind, change, date, author, phase }: Identity): void {
  page.add('---', `kind: ${kind}`);
  const elsewhere = page.path.replace('knowledge/', 'knowledge/moved/');
  page.add(page.slot('document-path-matches', `document_path: ${page.path}`, `document_path: ${elsewhere}`));
  page.add(`change: ${change}`, 'revision: r1');
  page.add(page.slot('front-matter-schema', `date: ${date}`, `date: ${date.slice(0, 8)}42`));
  page.add(
    `author: ${author}`,
    'sovereign: change sovereign',
    `verifier: ${author === 'independent reviewer' ? 'change sovereign' : 'independent reviewer'}`,
    `phase: ${phase}`,
    'status: issued',
  );
}

/** A pin: the document, its revision and its digest, under a key that stands already. */
export function pin(page: Page, target: Written, lead: string): void {
  const rest = ' '.repeat(lead.length);
  page.add(`${lead}document: ${target.path}`);
  page.add(page.slot('no-stale-revision', `${rest}revision: r1`, `${rest}revision: r2`));
  const other = target.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  page.add(
    page.slot('document-digest-matches', `${rest}sha256: ${target.sha256}`, `${rest}sha256: ${other}`),
  );
}

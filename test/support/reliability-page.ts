import { readFileSync, writeFileSync } from 'node:fs';

/** Two programmes write the page docs/reliability.md, each its own part of it. */
const PAGE = new URL('../../docs/reliability.md', import.meta.url);

/** First line of the second part. */
export const TAMPERING = '## Tampering';

/** Writes the part before the one about tampering. */
export function writeFaults(text: string): void {
  const [, after = ''] = parts();
  writeFileSync(PAGE, `${text.trimEnd()}\n${after === '' ? '' : `\n${after}`}`);
}

/** Writes the part about tampering, which is the last one. */
export function writeTampering(text: string): void {
  const [before] = parts();
  writeFileSync(PAGE, `${before.trimEnd()}\n\n${text.trimEnd()}\n`);
}

function parts(): [string, string] {
  const page = readFileSync(PAGE, 'utf8');
  const at = page.indexOf(`\n${TAMPERING}\n`);
  return at < 0 ? [page, ''] : [page.slice(0, at + 1), page.slice(at + 1)];
}

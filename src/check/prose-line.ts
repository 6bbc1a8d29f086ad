import { firstNotBefore } from '../base/search.js';
import type { Document } from '../parse/document.js';

/** Text of a line of prose; undefined for any other line. */
export function proseAt({ prose }: Pick<Document, 'prose'>, line: number): string | undefined {
  const found = prose[firstNotBefore(prose.length, (index) => prose[index]!.line < line)];
  return found?.line === line ? found.text : undefined;
}

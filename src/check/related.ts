import type { RelatedPlace } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import { headerValue } from '../parse/document.js';

/** Another document as the place that explains a finding: at a field of its header, else at its start. */
export function relatedDocument({ document }: Entry, message: string, field?: string): RelatedPlace {
  const position = field === undefined ? undefined : headerValue(document, field)?.position;
  return { file: document.path, position: position ?? FILE_START, message };
}

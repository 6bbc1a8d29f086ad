import { headerText } from '../parse/document.js';
import type { Entry } from './entry.js';

/** Whether an authorization lets nothing run at any time: a new one is like that until somebody writes its window. */
export function neverOpens({ kind, document }: Entry): boolean {
  const [from, until] = ['not_before', 'expires'].map((key) => Date.parse(headerText(document, key) ?? ''));
  return kind === 'authorization' && from! >= until!;
}

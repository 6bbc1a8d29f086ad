import { headerText } from '../parse/document.js';
import type { Entry } from './entry.js';

/**
 * Whether an authorization lets nothing run at any time, as its window ended before the authorization was there, or ends
 * before it begins: a new one is like that until somebody writes its window.
 */
export function neverOpens({ kind, document }: Entry): boolean {
  const [from, until, written] = ['not_before', 'expires', 'date'].map((key) =>
    Date.parse(headerText(document, key) ?? ''),
  );
  return kind === 'authorization' && (from! >= until! || until! <= written!);
}

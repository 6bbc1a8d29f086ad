import { protocolOf, protocolProblems } from '../../model/protocol.js';
import { headerPosition } from '../../parse/document.js';
import type { DocumentRule } from '../rule.js';

export const protocolValid: DocumentRule = {
  id: 'protocol-valid',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A law whose protocol no run could follow: a step is missing, twice or out of order, or a gate guards nothing.',
  why: 'Each step rests on the evidence of those before it; a gate before a command that is never run is never asked.',
  fix: 'Give every step one command, in the order of the message, and every gate a command that the law has.',
  check({ entry, report }) {
    const protocol = entry.kind === 'law' ? protocolOf(entry) : null;
    if (!protocol) return;
    for (const { at, message } of protocolProblems(protocol))
      report({
        message,
        position: headerPosition(entry.document, at)!,
        help: 'a package that follows this law cannot be planned',
      });
  },
};

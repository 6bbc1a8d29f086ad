import { digestPins, type PinStep, pinsMet, pinWay } from '../../model/pin-walk.js';
import type { CorpusRule } from '../rule.js';

export const noReferenceCycle: CorpusRule = {
  id: 'no-reference-cycle',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A pin with a digest that leads back to its own document, directly or through other pins.',
  why: 'A document cannot hold a digest that depends on its own bytes: somewhere in the circle a digest is wrong, and always will be.',
  fix: 'Let the later document pin the earlier one, and take the pin in the other direction out.',
  check({ entry, model, report }) {
    const own = entry.document.path;
    if (![...pinsMet(model, entry)].some(({ to }) => to?.document.path === own)) return;
    for (const { pin, to } of digestPins(model, entry)) {
      const back = to && pinWay(model, to, entry);
      if (!back) continue;
      report({
        message:
          back.length === 0
            ? `${pin.key} pins this document itself`
            : `${pin.key} leads back to this document, through ${back.map(({ from }) => from.document.path).join(', ')}`,
        position: pin.pathPosition,
        related: back.map(next),
        help: 'a name of the other document in the text needs no digest',
      });
    }
  },
};

function next({ from, pin }: PinStep) {
  return { file: from.document.path, position: pin.pathPosition, message: `${pin.key} pins ${pin.path}` };
}

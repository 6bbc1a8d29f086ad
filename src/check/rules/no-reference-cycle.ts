import type { Entry } from '../../model/entry.js';
import { digestPins, type PinStep, pinWay } from '../../model/pin-walk.js';
import { headerText } from '../../parse/document.js';
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
    for (const { pin, to, holds } of digestPins(model, entry)) {
      // Digests cannot all hold around a circle: it is shown where it breaks.
      const back = to && !holds && pinWay(model, to, entry, isAsYoung(entry));
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

/** What leads to a document is as young as it is, or `date-order` says so: what is older need not be followed. */
function isAsYoung(entry: Entry): (step: PinStep) => boolean {
  const date = headerText(entry.document, 'date') ?? '';
  return ({ to }) => {
    const other = to && headerText(to.document, 'date');
    return other === undefined || other >= date;
  };
}

function next({ from, pin }: PinStep) {
  return { file: from.document.path, position: pin.pathPosition, message: `${pin.key} pins ${pin.path}` };
}

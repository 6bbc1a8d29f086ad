import { expect, it } from 'vitest';
import { foldedPath } from '../../src/model/folded-path.js';

it.each([
  ['knowledge/Plan.md', 'knowledge/PLAN.MD'],
  ['knowledge/caf\u00e9.md', 'knowledge/CAFE\u0301.md'],
  ['knowledge/straße.md', 'knowledge/STRASSE.md'],
  ['knowledge/ΟΔΟΣ.md', 'knowledge/οδος.md'],
  ['knowledge/\u212aelvin.md', 'knowledge/kelvin.md'],
  ['knowledge/điều-44.md', 'knowledge/ĐIỀU-44.md'],
])('%s and %s are one file where case does not count', (a, b) => {
  expect(foldedPath(a)).toBe(foldedPath(b));
});

it.each([
  ['knowledge/sır.md', 'knowledge/sir.md'],
  ['knowledge/a/b.md', 'knowledge/a-b.md'],
  ['knowledge/é.md', 'knowledge/e.md'],
])('%s and %s are two files everywhere', (a, b) => {
  expect(foldedPath(a)).not.toBe(foldedPath(b));
});

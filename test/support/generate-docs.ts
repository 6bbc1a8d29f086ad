/** Writes the pages of docs/ that follow from the code. Run by `npm run generate`; CI checks that nothing changes. */
import { writeFileSync } from 'node:fs';
import { RULES } from '../../src/check/rules/index.js';
import { rulesPage } from '../../src/render/rules.js';

writeFileSync(new URL('../../docs/rules.md', import.meta.url), rulesPage(RULES));

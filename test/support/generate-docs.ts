/** Writes the pages and schemas that follow from the code. Run by `npm run generate`; CI checks that nothing changes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { RULES } from '../../src/check/rules/index.js';
import { VERIFY_RULES } from '../../src/check/verify-rules.js';
import { ruleLevelsSchema } from '../../src/render/config-schema.js';
import { rulesPage } from '../../src/render/rules.js';
import { statementsPage } from './statements-page.js';

writeFileSync(new URL('../../docs/rules.md', import.meta.url), rulesPage(RULES, VERIFY_RULES));
writeFileSync(new URL('../../docs/statements.md', import.meta.url), statementsPage());

const file = new URL('../../schemas/config.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(file, 'utf8'));
schema.$defs.ruleLevels = ruleLevelsSchema(RULES);
writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);

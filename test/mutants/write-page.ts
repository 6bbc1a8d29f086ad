/** Plants all defects and writes what was found of them: `npm run planted`. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../src/check/rules/index.js';
import { NOT_PLANTED } from './not-planted.js';
import { REPOSITORY } from './originals.js';
import { mutants, type Outcome, runMutants } from './run.js';

const HEAD = `# Planted defects

\`npm run planted\` plants defects into the documents of \`knowledge/\`, one at a time, and compiles the corpus with each. A
defect counts as caught only if its rule reports it in the very line where it stands, or, where the defect is in what other
documents rest on, in the line of the other document that is no longer true. Where that is follows from the text, and not
from the parser. Mostly other rules find something as well: a changed document breaks the pins of those that name it.

The places are drawn by chance, the same ones in every run. \`test/mutants/\` holds the ways to plant, and fails in
\`npm test\` for every defect that is not caught, for every finding in a document that has nothing to do with it, and for any
finding without one. A defect that the rules do not know of is not in this table.
`;

function table(outcomes: readonly Outcome[]): string {
  const rows = RULES.map(({ id }) => {
    const own = outcomes.filter(({ mutant }) => mutant.rule === id);
    const ways = new Set(own.map(({ mutant }) => mutant.name)).size;
    const caught = own.filter((outcome) => outcome.caught).length;
    const reason = NOT_PLANTED[id];
    return reason === undefined
      ? `| \`${id}\` | ${ways} | ${own.length} | ${caught} |`
      : `| \`${id}\` | not planted: ${reason} | | |`;
  });
  return ['| Rule | Ways | Defects | Caught in the line |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const { outcomes, clean } = await runMutants(mutants());
const git = (...args: string[]) => execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' }).trim();
const changed = git('status', '--porcelain', '--', 'src', 'test', 'knowledge') === '' ? '' : ' with changes';
const caught = outcomes.filter((outcome) => outcome.caught).length;
const strays = outcomes.reduce((sum, outcome) => sum + outcome.strays.length, 0);
const findings = outcomes.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
const run = `Run on ${new Date().toISOString().slice(0, 10)} at commit \`${git('rev-parse', '--short', 'HEAD')}\`${changed}, Node ${process.version}.`;
const sums = [
  '| | |',
  '| --- | --- |',
  `| defects | ${outcomes.length} |`,
  `| caught by their rule in their line | ${caught} (${((100 * caught) / outcomes.length).toFixed(1)} %) |`,
  `| findings with them, of all rules | ${findings} |`,
  `| of these, in documents that have nothing to do with the defect | ${strays} |`,
  `| findings without any defect | ${clean.length} |`,
].join('\n');
writeFileSync(
  join(REPOSITORY, 'docs/planted-defects.md'),
  `${HEAD}\n${run}\n\n${sums}\n\n${table(outcomes)}\n`,
);
console.log(sums);

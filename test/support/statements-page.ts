import { OWN_STATEMENTS, type OwnStatement, SCRATCH_SERVER } from '../../src/execute/own-statements.js';

/** The page of all statements that the tool sends on its own account, from the list that a run is held to. */
export function statementsPage(): string {
  const sections = [...OWN_STATEMENTS, SCRATCH_SERVER].map(
    ({ where, statements }) => `## ${where}\n\n${byPurpose(statements).join('\n')}`,
  );
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const INTRODUCTION = `# Statements of the tool's own

<!-- Generated from the code by \`npm run generate\`; change it there. -->

Everything that \`run\`, \`resume\`, \`enroll\` and \`rehearse\` may send to a database besides the reviewed statements. A session lets nothing else
through: a text that is neither here nor a byte range of the reviewed fences ends the step as a fault of the tool, and is not sent.
\`test/execute/wire*.test.ts\` read the same from the wire: of runs, of runs that were killed and resumed, of \`enroll\` and of \`--prove-backup\`.

Each statement is one Parse, Bind, Describe, Execute and Sync of the extended protocol, unnamed, with its parameters as text. Where a
statement shows \`…\`, that part varies, and the text is held to a pattern. \`pg_dump\`, and \`pg_restore\` on a scratch server, have
connections of their own and what they send is not here; they name themselves so in \`pg_stat_activity\`, the tool's sessions \`probatum\`.
`;

/** One paragraph for all statements that follow each other for one purpose. */
function byPurpose(statements: readonly OwnStatement[]): string[] {
  const groups: OwnStatement[][] = [];
  for (const statement of statements) {
    const last = groups.at(-1);
    if (last?.at(0)?.purpose === statement.purpose) last.push(statement);
    else groups.push([statement]);
  }
  return groups.map((group) => {
    const texts = group.map(({ sql }) => `${sql.trim()};\n`).join('');
    return `${capital(group[0]!.purpose)}${details(group[0]!)}:\n\n\`\`\`sql\n${texts}\`\`\`\n`;
  });
}

function details({ parameters, since }: OwnStatement): string {
  const values = parameters.map((what, index) => `\`$${index + 1}\` is ${what}`);
  const version = since === null ? [] : [`from PostgreSQL ${Math.floor(since / 10_000)}`];
  const all = [...version, ...values];
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
